import { assertInternal, defineInterface, type internal } from "./web-idl.ts";

/** W3C webrtc-stats §8: what every entry has, and what it has of its own. */
export interface RTCStats {
  readonly id: string;
  readonly type: string;
  readonly timestamp: number;
  readonly [name: string]: unknown;
}

/** W3C webrtc §8.4: a map that is only read (Web IDL §3.7.11). */
export class RTCStatsReport implements ReadonlyMap<string, RTCStats> {
  readonly #entries: ReadonlyMap<string, RTCStats>;

  constructor(...made: [key: typeof internal, entries: ReadonlyMap<string, RTCStats>]) {
    assertInternal(made[0]);
    [, this.#entries] = made;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): RTCStats | undefined {
    return this.#entries.get(id);
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  forEach(
    callback: (value: RTCStats, id: string, report: ReadonlyMap<string, RTCStats>) => void,
    thisArg?: unknown,
  ): void {
    for (const [id, value] of this.#entries) callback.call(thisArg, value, id, this);
  }

  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  values(): MapIterator<RTCStats> {
    return this.#entries.values();
  }

  entries(): MapIterator<[string, RTCStats]> {
    return this.#entries.entries();
  }

  declare [Symbol.iterator]: () => MapIterator<[string, RTCStats]>;
}

defineInterface(RTCStatsReport);
// The same function under both names.
Object.defineProperty(RTCStatsReport.prototype, Symbol.iterator, {
  value: RTCStatsReport.prototype.entries,
  configurable: true,
  writable: true,
});
