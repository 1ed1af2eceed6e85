import { readU16, readU32 } from "../wire/index.ts";
import { Assembly, type LooseFragment } from "./assembly.ts";
import { dataFlag, iDataHeaderLength, readPayload } from "./data-chunk.ts";
import type { SkippedStream } from "./forward-tsn-chunk.ts";
import {
  type IncomingMessage,
  IncomingStreams,
  type Ledger,
  OVERHEAD,
} from "./incoming-streams.ts";
import type { AssemblyLimits, ChunkAssembler } from "./reassembly.ts";

/** A message of which some fragments are here. */
interface Partial {
  readonly streamId: number;
  readonly unordered: boolean;
  readonly mid: number;
  assembly: Assembly | undefined;
  readonly loose: Map<number, LooseFragment>;
}

/** I-DATA chunks (RFC 8260 §2.1): fragments carry their message's number and their own. */
export class InterleavedReassembly implements ChunkAssembler {
  readonly #streams: IncomingStreams;
  readonly #ledger: Ledger;
  readonly #limits: AssemblyLimits;
  readonly #deliver: (message: IncomingMessage) => void;
  readonly #partials = new Map<number, Map<number, Partial>>();
  #expectedLength = 0;

  constructor(limits: AssemblyLimits, ledger: Ledger, deliver: (message: IncomingMessage) => void) {
    this.#limits = limits;
    this.#ledger = ledger;
    this.#deliver = deliver;
    this.#streams = new IncomingStreams(true, ledger, deliver);
  }

  add(bytes: Uint8Array, at: number, length: number): boolean {
    const flags = bytes[at + 1] as number;
    const streamId = readU16(bytes, at + 8);
    const mid = readU32(bytes, at + 12);
    const word = readU32(bytes, at + 16);
    const unordered = (flags & dataFlag.unordered) !== 0;
    const first = (flags & dataFlag.beginning) !== 0;
    const last = (flags & dataFlag.end) !== 0;
    const from = at + iDataHeaderLength;
    const to = at + length;
    if (first && last) {
      this.#complete(unordered, mid, { streamId, ppid: word, bytes: readPayload(bytes, from, to) });
      return true;
    }
    const partial = this.#partial(streamId, unordered, mid);
    if (first && partial.assembly === undefined) {
      const identity = { streamId, unordered, order: mid, ppid: word, next: 0 };
      const guess = this.#limits.guess(this.#expectedLength);
      partial.assembly = new Assembly(identity, guess, this.#ledger);
    }
    const place = first ? 0 : word;
    if (partial.assembly?.next === place) return this.#grow(partial, bytes, from, to, last);
    if (partial.loose.has(place)) return true;
    partial.loose.set(place, { bytes: readPayload(bytes, from, to), last });
    this.#ledger.held += to - from + OVERHEAD;
    return true;
  }

  forward(_sequence: number, streams: readonly SkippedStream[]): void {
    for (const { streamId, unordered, order } of streams) {
      for (const partial of [...(this.#partials.get(key(streamId, unordered))?.values() ?? [])]) {
        if (((partial.mid - order) | 0) <= 0) this.#discard(partial);
      }
      if (!unordered) this.#streams.skip(streamId, order);
    }
  }

  reset(streamIds: readonly number[]): void {
    const keys =
      streamIds.length === 0
        ? [...this.#partials.keys()]
        : streamIds.flatMap((id) => [key(id, false), key(id, true)]);
    for (const one of keys) {
      for (const partial of [...(this.#partials.get(one)?.values() ?? [])]) this.#discard(partial);
    }
    this.#streams.reset(streamIds);
  }

  #grow(partial: Partial, source: Uint8Array, from: number, to: number, last: boolean): boolean {
    const assembly = partial.assembly as Assembly;
    assembly.append(source, from, to);
    let finished = last;
    while (!finished) {
      const fragment = partial.loose.get(assembly.next);
      if (fragment === undefined) break;
      this.#takeLoose(partial, assembly.next, fragment);
      assembly.append(fragment.bytes, 0, fragment.bytes.length);
      finished = fragment.last;
    }
    if (assembly.length > this.#limits.maxMessageSize) return false;
    if (!finished) return true;
    partial.assembly = undefined;
    this.#discard(partial);
    this.#expectedLength = assembly.length;
    const { streamId, ppid } = assembly;
    this.#complete(partial.unordered, partial.mid, { streamId, ppid, bytes: assembly.finish() });
    return true;
  }

  #complete(unordered: boolean, mid: number, message: IncomingMessage): void {
    if (unordered) this.#deliver(message);
    else this.#streams.complete(mid, message);
  }

  #partial(streamId: number, unordered: boolean, mid: number): Partial {
    let partials = this.#partials.get(key(streamId, unordered));
    if (partials === undefined) {
      partials = new Map();
      this.#partials.set(key(streamId, unordered), partials);
    }
    let partial = partials.get(mid);
    if (partial === undefined) {
      partial = { streamId, unordered, mid, assembly: undefined, loose: new Map() };
      partials.set(mid, partial);
    }
    return partial;
  }

  #discard(partial: Partial): void {
    partial.assembly?.discard();
    for (const [place, fragment] of partial.loose) this.#takeLoose(partial, place, fragment);
    const one = key(partial.streamId, partial.unordered);
    const partials = this.#partials.get(one);
    partials?.delete(partial.mid);
    if (partials?.size === 0) this.#partials.delete(one);
  }

  #takeLoose(partial: Partial, place: number, fragment: LooseFragment): void {
    partial.loose.delete(place);
    this.#ledger.held -= fragment.bytes.length + OVERHEAD;
  }
}

/** Ordered and unordered messages of a stream are numbered apart (RFC 8260 §2.1). */
function key(streamId: number, unordered: boolean): number {
  return 2 * streamId + (unordered ? 1 : 0);
}
