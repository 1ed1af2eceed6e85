import type { Pair } from "../ice/index.ts";

/** Bytes and packets of the session, without the checks of ICE. */
export interface TransportCounters {
  packetsSent: number;
  packetsReceived: number;
  bytesSent: number;
  bytesReceived: number;
}

/** Which pairs the packets of a session went over: what was counted while one of them was selected is its own. */
export class PairTraffic {
  readonly #total: Readonly<TransportCounters>;
  readonly #before = new WeakMap<Pair, Readonly<TransportCounters>>();
  #selected: { readonly pair: Pair; readonly since: Readonly<TransportCounters> } | undefined;

  constructor(total: Readonly<TransportCounters>) {
    this.#total = total;
  }

  select(pair: Pair): void {
    const last = this.#selected?.pair;
    if (last !== undefined) this.#before.set(last, this.of(last));
    this.#selected = { pair, since: { ...this.#total } };
  }

  of(pair: Pair): TransportCounters {
    const before = this.#before.get(pair) ?? nothing;
    if (this.#selected?.pair !== pair) return { ...before };
    const { since } = this.#selected;
    const sum = (name: keyof TransportCounters): number =>
      before[name] + this.#total[name] - since[name];
    return {
      packetsSent: sum("packetsSent"),
      packetsReceived: sum("packetsReceived"),
      bytesSent: sum("bytesSent"),
      bytesReceived: sum("bytesReceived"),
    };
  }
}

const nothing: TransportCounters = {
  packetsSent: 0,
  packetsReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
};
