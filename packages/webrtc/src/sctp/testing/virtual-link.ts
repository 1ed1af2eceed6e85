import type { Instant } from "../../wire/index.ts";
import { seeded } from "./seeded.ts";

/** How one direction of a link treats packets. */
export interface LinkSettings {
  readonly delayMs?: number;
  /** Unlimited where left out. */
  readonly mbitPerSecond?: number;
  /** How much may wait for the line before packets are dropped. */
  readonly queueBytes?: number;
  readonly loss?: number;
  readonly duplicates?: number;
  /** How often a packet is held back, by up to this long. */
  readonly reorder?: number;
  readonly reorderMs?: number;
  /** The machine at the end does something else now and then: what arrives meanwhile is looked at after that. */
  readonly stalls?: { readonly everyMs: number; readonly forMs: number };
  /** Larger packets vanish. */
  readonly mtu?: number;
}

/** One direction of a line, which several flows may share. */
export class Link {
  settings: LinkSettings;
  readonly #random: () => number;
  #busyUntil: Instant = 0;
  dropped = 0;

  constructor(settings: LinkSettings, seed = 1) {
    this.settings = settings;
    this.#random = seeded(seed);
  }

  /** When the packet arrives at the other end; more than once, or never. */
  transit(size: number, now: Instant): readonly Instant[] {
    const { delayMs = 0, loss = 0, duplicates = 0, reorder = 0, reorderMs = 10 } = this.settings;
    if (size > (this.settings.mtu ?? Number.POSITIVE_INFINITY)) return [];
    const left = this.#line(size, now);
    if (left === undefined || (loss > 0 && this.#random() < loss)) {
      this.dropped += 1;
      return [];
    }
    let arrival = left + delayMs;
    if (reorder > 0 && this.#random() < reorder) arrival += this.#random() * reorderMs;
    const { everyMs, forMs } = this.settings.stalls ?? { everyMs: 1, forMs: 0 };
    arrival += Math.max(0, forMs - (arrival % everyMs));
    if (duplicates > 0 && this.#random() < duplicates) return [arrival, arrival + 0.5];
    return [arrival];
  }

  #line(size: number, now: Instant): Instant | undefined {
    const { mbitPerSecond, queueBytes = Number.POSITIVE_INFINITY } = this.settings;
    if (mbitPerSecond === undefined) return now;
    const bytesPerMs = mbitPerSecond * 125;
    const waiting = Math.max(0, this.#busyUntil - now) * bytesPerMs;
    if (waiting + size > queueBytes) return undefined;
    this.#busyUntil = Math.max(now, this.#busyUntil) + size / bytesPerMs;
    return this.#busyUntil;
  }
}

/** What can stand at the end of a link. */
export interface Endpoint<Event> {
  receive(packet: Uint8Array, now: Instant): void;
  handleTimeout(now: Instant): void;
  pollInto(target: Uint8Array, headroom: number): number;
  pollEvent(): Event | undefined;
  readonly deadline: Instant | undefined;
}

interface Station {
  readonly endpoint: Endpoint<unknown>;
  readonly handle: (event: unknown, now: Instant) => void;
  link: Link;
  peer: Station | undefined;
  deadline: Instant | undefined;
}

interface Delivery {
  readonly at: Instant;
  readonly order: number;
  readonly packet: Uint8Array;
  readonly to: Station;
}

/** Endpoints, links and a clock that jumps from one thing that happens to the next. */
export class VirtualWorld {
  now: Instant = 0;
  packets = 0;
  readonly #stations: Station[] = [];
  readonly #heap: Delivery[] = [];
  readonly #buffer = new Uint8Array(65_536);
  #order = 0;

  /** Joins two endpoints by a link in each direction. */
  join<A, B>(
    a: { endpoint: Endpoint<A>; handle: (event: A, now: Instant) => void; link: Link },
    b: { endpoint: Endpoint<B>; handle: (event: B, now: Instant) => void; link: Link },
  ): void {
    const first = { ...a, peer: undefined, deadline: undefined } as unknown as Station;
    const second = { ...b, peer: first, deadline: undefined } as unknown as Station;
    first.peer = second;
    this.#stations.push(first, second);
    this.drain();
  }

  /** To be called after an endpoint was used from outside. */
  drain(): void {
    for (const station of this.#stations) this.#drain(station);
  }

  /** Runs until nothing is pending, `until` is reached, or `done` says so. */
  run(until: Instant, done?: () => boolean): void {
    while (done?.() !== true) {
      let due: Station | undefined;
      let at = this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
      for (const station of this.#stations) {
        if (station.deadline !== undefined && station.deadline < at) {
          due = station;
          at = station.deadline;
        }
      }
      if (at > until || at === Number.POSITIVE_INFINITY) {
        if (until < Number.POSITIVE_INFINITY) this.now = until;
        return;
      }
      this.now = Math.max(this.now, at);
      if (due !== undefined) {
        due.endpoint.handleTimeout(this.now);
        this.#drain(due);
      } else {
        const { packet, to } = this.#pop();
        to.endpoint.receive(packet, this.now);
        this.#drain(to);
      }
    }
  }

  #drain(station: Station): void {
    const { endpoint } = station;
    for (;;) {
      const event = endpoint.pollEvent();
      if (event !== undefined) {
        station.handle(event, this.now);
        continue;
      }
      const length = endpoint.pollInto(this.#buffer, 0);
      if (length === 0) break;
      this.packets += 1;
      const packet = this.#buffer.slice(0, length);
      for (const at of station.link.transit(length, this.now)) {
        this.#push({ at, order: this.#order++, packet, to: station.peer as Station });
      }
    }
    station.deadline = endpoint.deadline;
  }

  #push(delivery: Delivery): void {
    const heap = this.#heap;
    let i = heap.push(delivery) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(delivery, heap[parent] as Delivery)) break;
      heap[i] = heap[parent] as Delivery;
      i = parent;
    }
    heap[i] = delivery;
  }

  #pop(): Delivery {
    const heap = this.#heap;
    const top = heap[0] as Delivery;
    const last = heap.pop() as Delivery;
    if (heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Delivery, heap[child] as Delivery)) {
        child += 1;
      }
      if (!before(heap[child] as Delivery, last)) break;
      heap[i] = heap[child] as Delivery;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function before(a: Delivery, b: Delivery): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
