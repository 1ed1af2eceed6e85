import { readU16 } from "../wire/index.ts";
import type { RecordNumber } from "./ack.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import type { RecordSealer } from "./datagrams.ts";
import type { DtlsCrypto } from "./dtls-crypto.ts";
import { EpochKeys } from "./epoch-keys.ts";
import { updatedSecret } from "./key-schedule13.ts";
import {
  dtls12,
  maxPlaintextLength,
  maxSequence,
  recordHeaderLength,
  writeRecordHeader,
} from "./record.ts";
import type { OpenFault } from "./record-layer.ts";
import { ReplayWindow } from "./replay-window.ts";
import {
  type CipherRecord,
  unifiedHeaderLength,
  wholeSequence,
  writeUnifiedHeader,
} from "./unified-header.ts";

/** A record that was opened: what it is, and a view of what it carries. */
export interface OpenedRecord extends RecordNumber {
  readonly type: number;
  readonly plaintext: Uint8Array;
}

/** Epochs of the two kinds of keys; each KeyUpdate makes one more (RFC 9147 §6.1). */
export const handshakeEpoch = 2;
export const applicationEpoch = 3;

interface WriteEpoch {
  readonly keys: EpochKeys;
  next: number;
}

interface ReadEpoch {
  readonly epoch: number;
  readonly keys: EpochKeys;
  readonly replay: ReplayWindow;
  /** One more than the highest number that was opened. */
  expected: number;
}

/** Numbers, seals and opens the records of DTLS 1.3 (RFC 9147 §4). */
export class RecordLayer13 implements RecordSealer {
  readonly #crypto: DtlsCrypto;
  readonly #write = new Map<number, WriteEpoch>();
  /** The handshake's, the newest, and the one before: at most three. */
  #read: readonly ReadEpoch[] = [];
  #nextInClear = 0;
  #lastSequence = 0;

  constructor(crypto: DtlsCrypto) {
    this.#crypto = crypto;
  }

  /** The number of the record that was sealed last. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** How many records of an epoch were sealed. */
  sealed(epoch: number): number {
    return epoch === 0 ? this.#nextInClear : (this.#write.get(epoch)?.next ?? 0);
  }

  /** Goes on counting records in clear where somebody else has left off. */
  skipInClear(sequence: number): void {
    this.#nextInClear = sequence;
  }

  protectWrite(epoch: number, suite: CipherSuite13, secret: Uint8Array): void {
    this.#write.set(epoch, { keys: new EpochKeys(this.#crypto, suite, secret), next: 0 });
  }

  protectRead(epoch: number, suite: CipherSuite13, secret: Uint8Array): void {
    const keys = new EpochKeys(this.#crypto, suite, secret);
    const kept = this.#read.filter((one) => one.epoch === handshakeEpoch || one.epoch >= epoch - 1);
    this.#read = [{ epoch, keys, replay: new ReplayWindow(), expected: 0 }, ...kept];
  }

  /** Moves to the next epoch's keys for what we write (RFC 9147 §8). */
  updateWrite(epoch: number, suite: CipherSuite13): void {
    const before = this.#write.get(epoch - 1) as WriteEpoch;
    this.protectWrite(epoch, suite, updatedSecret(this.#crypto, suite, before.keys.secret));
    this.#write.delete(epoch - 2 === handshakeEpoch ? -1 : epoch - 2);
  }

  /** The same for what we read; the epoch before is still understood. */
  updateRead(epoch: number, suite: CipherSuite13): void {
    const before = this.#read.find((one) => one.epoch === epoch - 1) as ReadEpoch;
    this.protectRead(epoch, suite, updatedSecret(this.#crypto, suite, before.keys.secret));
  }

  overhead(epoch: number): number {
    return epoch === 0 ? recordHeaderLength : unifiedHeaderLength + EpochKeys.overhead;
  }

  seal(
    epoch: number,
    type: number,
    plaintext: Uint8Array,
    out: Uint8Array,
    outAt: number,
    version: number = dtls12,
  ): number {
    if (epoch === 0) {
      const sequence = this.#nextInClear;
      this.#nextInClear += 1;
      this.#lastSequence = sequence;
      out.set(plaintext, outAt + recordHeaderLength);
      writeRecordHeader(out, outAt, type, version, 0, sequence, plaintext.length);
      return recordHeaderLength + plaintext.length;
    }
    const write = this.#write.get(epoch);
    if (write === undefined || write.next > maxSequence) return 0;
    const sequence = write.next;
    write.next += 1;
    this.#lastSequence = sequence;
    const at = outAt + unifiedHeaderLength;
    const length = plaintext.length + EpochKeys.overhead;
    out.set(plaintext, at);
    out[at + plaintext.length] = type;
    writeUnifiedHeader(out, outAt, epoch, sequence, length);
    // The header as it is before its number is encrypted (RFC 9147 §4).
    write.keys.seal(sequence, out.subarray(outAt, at), out, at, plaintext.length + 1);
    write.keys.mask(out, outAt + 1, 2, at);
    return unifiedHeaderLength + length;
  }

  /** Whether there are keys for a record. */
  canOpen(record: CipherRecord): boolean {
    return this.#reader(record) !== undefined;
  }

  /** Opens a record in place. */
  open(record: CipherRecord): OpenedRecord | OpenFault {
    const reader = this.#reader(record);
    if (reader === undefined) return "forged";
    const { fragment, numberLength, headerLength } = record;
    const { epoch, keys, replay } = reader;
    keys.mask(fragment, 1, numberLength, headerLength);
    const bits = numberLength === 1 ? (fragment[1] as number) : readU16(fragment, 1);
    const sequence = wholeSequence(bits, numberLength, reader.expected);
    if (!replay.isFresh(sequence)) return "replayed";
    const sealed = fragment.subarray(headerLength);
    const opened = keys.open(sequence, fragment.subarray(0, headerLength), sealed);
    if (opened < 0) return "forged";
    // The content type is the last byte that is not padding (RFC 8446 §5.4).
    let end = opened - 1;
    while (end >= 0 && sealed[end] === 0) end -= 1;
    if (end < 0) return "forged";
    if (end > maxPlaintextLength) return "record-too-long";
    replay.mark(sequence);
    reader.expected = Math.max(reader.expected, sequence + 1);
    return { epoch, sequence, type: sealed[end] as number, plaintext: sealed.subarray(0, end) };
  }

  /** The newest epoch that ends in the record's two bits. */
  #reader(record: CipherRecord): ReadEpoch | undefined {
    return this.#read.find((one) => (one.epoch & 3) === record.epochBits);
  }
}
