import { readU16, readU32 } from "../wire/index.ts";
import { Assembly, type LooseFragment } from "./assembly.ts";
import { dataFlag, dataHeaderLength, readPayload } from "./data-chunk.ts";
import type { SkippedStream } from "./forward-tsn-chunk.ts";
import {
  type IncomingMessage,
  IncomingStreams,
  type Ledger,
  OVERHEAD,
} from "./incoming-streams.ts";

/** What puts chunks together to messages, for either kind of data chunk. */
export interface ChunkAssembler {
  /** Takes the chunk at `bytes[at, at + length)`; `false` where the message grows beyond all agreement. */
  add(bytes: Uint8Array, at: number, length: number, sequence: number): boolean;
  /** Chunks up to `sequence` will not come any more (RFC 3758 §3.6, RFC 8260 §2.3.1). */
  forward(sequence: number, streams: readonly SkippedStream[]): void;
  /** The peer has reset these streams, or all (RFC 6525 §5.2.2). */
  reset(streamIds: readonly number[]): void;
}

interface DataFragment extends LooseFragment {
  readonly streamId: number;
}

/**
 * DATA chunks (RFC 9260 §6.9): the fragments of a message have consecutive TSNs.
 *
 * A message grows from its first fragment on; fragments that come too early lie loose by their
 * place until the message has grown up to them. Each chunk is touched once or twice, whatever its
 * order of arrival.
 */
export class Reassembly implements ChunkAssembler {
  readonly #streams: IncomingStreams;
  readonly #ledger: Ledger;
  readonly #limits: AssemblyLimits;
  readonly #deliver: (message: IncomingMessage) => void;
  /** Messages under way, by the place of the fragment that they wait for. */
  readonly #growing = new Map<number, Assembly>();
  readonly #loose = new Map<number, DataFragment>();
  #expectedLength = 0;

  constructor(limits: AssemblyLimits, ledger: Ledger, deliver: (message: IncomingMessage) => void) {
    this.#limits = limits;
    this.#ledger = ledger;
    this.#deliver = deliver;
    this.#streams = new IncomingStreams(false, ledger, deliver);
  }

  add(bytes: Uint8Array, at: number, length: number, sequence: number): boolean {
    const flags = bytes[at + 1] as number;
    const streamId = readU16(bytes, at + 8);
    const from = at + dataHeaderLength;
    const to = at + length;
    const first = (flags & dataFlag.beginning) !== 0;
    const last = (flags & dataFlag.end) !== 0;
    if (first && last) {
      const unordered = (flags & dataFlag.unordered) !== 0;
      const message = {
        streamId,
        ppid: readU32(bytes, at + 12),
        bytes: readPayload(bytes, from, to),
      };
      if (unordered) this.#deliver(message);
      else this.#streams.complete(readU16(bytes, at + 10), message);
      return true;
    }
    const assembly = first
      ? this.#begin(bytes, at, streamId, sequence)
      : this.#growing.get(sequence);
    if (assembly === undefined || assembly.streamId !== streamId) {
      this.#loose.set(sequence, { streamId, bytes: readPayload(bytes, from, to), last });
      this.#ledger.held += to - from + OVERHEAD;
      return true;
    }
    this.#growing.delete(sequence);
    return this.#grow(assembly, bytes, from, to, last);
  }

  forward(sequence: number, streams: readonly SkippedStream[]): void {
    for (const [next, assembly] of this.#growing) {
      if (next > sequence) continue;
      assembly.discard();
      this.#growing.delete(next);
    }
    for (const place of this.#loose.keys()) if (place <= sequence) this.#takeLoose(place);
    for (const { streamId, order } of streams) this.#streams.skip(streamId, order);
  }

  reset(streamIds: readonly number[]): void {
    this.#streams.reset(streamIds);
  }

  #begin(bytes: Uint8Array, at: number, streamId: number, sequence: number): Assembly {
    // A message that waited for this place was given up by its sender.
    this.#growing.get(sequence)?.discard();
    const identity = {
      streamId,
      unordered: ((bytes[at + 1] as number) & dataFlag.unordered) !== 0,
      order: readU16(bytes, at + 10),
      ppid: readU32(bytes, at + 12),
      next: sequence,
    };
    return new Assembly(identity, this.#limits.guess(this.#expectedLength), this.#ledger);
  }

  #grow(assembly: Assembly, source: Uint8Array, from: number, to: number, last: boolean): boolean {
    assembly.append(source, from, to);
    let finished = last;
    while (!finished) {
      const fragment = this.#loose.get(assembly.next);
      if (fragment === undefined || fragment.streamId !== assembly.streamId) break;
      this.#takeLoose(assembly.next);
      assembly.append(fragment.bytes, 0, fragment.bytes.length);
      finished = fragment.last;
    }
    if (assembly.length > this.#limits.maxMessageSize) return false;
    if (!finished) {
      this.#growing.set(assembly.next, assembly);
      return true;
    }
    this.#expectedLength = assembly.length;
    const message = {
      streamId: assembly.streamId,
      ppid: assembly.ppid,
      bytes: assembly.finish(),
    };
    if (assembly.unordered) this.#deliver(message);
    else this.#streams.complete(assembly.order, message);
    return true;
  }

  #takeLoose(place: number): void {
    const fragment = this.#loose.get(place) as DataFragment;
    this.#loose.delete(place);
    this.#ledger.held -= fragment.bytes.length + OVERHEAD;
  }
}

/** How large a message may be, and how large it may be taken to be before it is known. */
export class AssemblyLimits {
  readonly maxMessageSize: number;
  readonly #ledger: Ledger;

  constructor(maxMessageSize: number, ledger: Ledger) {
    this.maxMessageSize = maxMessageSize;
    this.#ledger = ledger;
  }

  /**
   * The size that a message is given room for when its first fragment comes: that of the one
   * before, as messages of a transfer are of one size, unless much is held already.
   */
  guess(previousLength: number): number {
    const room = this.maxMessageSize - this.#ledger.held;
    return previousLength <= room ? previousLength : 0;
  }
}
