import { writeU16, writeU48 } from "../wire/index.ts";
import {
  type DtlsRecord,
  type dtls10,
  dtls12,
  maxPlaintextLength,
  maxSequence,
  recordHeaderLength,
  writeRecordHeader,
} from "./record.ts";
import type { RecordProtection } from "./record-protection.ts";
import { ReplayWindow } from "./replay-window.ts";

/** Why a record was not opened. */
export type OpenFault = "replayed" | "forged" | "record-too-long" | "bad-version";

/** A session has two epochs: in clear, and under the keys of its one handshake. */
export type Epoch = 0 | 1;

/** Numbers, seals and opens records (RFC 6347 §4.1). Epoch 0 is in clear, epoch 1 under keys. */
export class RecordLayer {
  #write: RecordProtection | undefined;
  #read: RecordProtection | undefined;
  readonly #nextSequence: [number, number] = [0, 0];
  readonly #replay = new ReplayWindow();
  readonly #number: Uint8Array = new Uint8Array(8);

  /** Gives epoch 1 its keys. */
  protect(write: RecordProtection, read: RecordProtection): void {
    this.#write = write;
    this.#read = read;
  }

  get isProtected(): boolean {
    return this.#read !== undefined;
  }

  /** How much longer a record of an epoch is than what it carries. */
  overhead(epoch: number): number {
    return recordHeaderLength + (epoch === 0 ? 0 : (this.#write?.overhead ?? 0));
  }

  /** Starts an epoch's numbers later, behind those that a stateless answer has used. */
  skipTo(epoch: Epoch, sequence: number): void {
    this.#nextSequence[epoch] = Math.max(this.#nextSequence[epoch], sequence);
  }

  /** Writes a whole record at `outAt`; answers its length, or 0 when the epoch's numbers are used up. */
  seal(
    epoch: number,
    type: number,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
    version: typeof dtls10 | typeof dtls12 = dtls12,
  ): number {
    const sequence = this.#nextSequence[epoch as Epoch];
    if (sequence > maxSequence) return 0;
    this.#nextSequence[epoch as Epoch] = sequence + 1;
    const at = outAt + recordHeaderLength;
    let length = plaintext.length;
    if (epoch === 0 || this.#write === undefined) {
      out.set(plaintext, at);
    } else {
      length = this.#write.seal(type, this.#numbered(epoch, sequence), plaintext, out, at);
    }
    writeRecordHeader(out, outAt, type, version, epoch, sequence, length);
    return recordHeaderLength + length;
  }

  /**
   * Opens a record in place; answers a view of its plaintext in the packet it came in.
   * Without a MAC there is nothing a replay window could trust, so epoch 0 has none.
   */
  open(record: DtlsRecord): Uint8Array | OpenFault {
    if (record.epoch === 0 || this.#read === undefined) {
      return record.fragment.length > maxPlaintextLength ? "record-too-long" : record.fragment;
    }
    if (record.version !== dtls12) return "bad-version";
    if (!this.#replay.isFresh(record.sequence)) return "replayed";
    const { fragment } = record;
    const number = this.#numbered(record.epoch, record.sequence);
    const length = this.#read.open(record.type, number, fragment, fragment, 0);
    if (length < 0) return "forged";
    if (length > maxPlaintextLength) return "record-too-long";
    this.#replay.mark(record.sequence);
    return fragment.subarray(0, length);
  }

  #numbered(epoch: number, sequence: number): Uint8Array {
    writeU16(this.#number, 0, epoch);
    writeU48(this.#number, 2, sequence);
    return this.#number;
  }
}
