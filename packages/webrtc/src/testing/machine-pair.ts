import type { Instant, Machine } from "../wire/index.ts";
import { Link, type LinkOptions } from "./link.ts";
import type { Random } from "./random.ts";
import { Schedule } from "./schedule.ts";

/** Which of the two. */
export type Side = "a" | "b";

/** What lies between the two. */
export interface MachinePairOptions {
  /** How both directions treat datagrams; default: everything arrives, at once. */
  readonly link?: LinkOptions;
  /** Sees each datagram before the link does; answers what is sent in its place, if anything. */
  readonly tamper?: (packet: Uint8Array, from: Side, now: Instant) => Uint8Array | undefined;
}

/** Two machines that send each other datagrams in virtual time, without addresses between them. */
export class MachinePair<Event> {
  readonly events: Readonly<Record<Side, Event[]>> = { a: [], b: [] };
  readonly sent: Readonly<Record<Side, Uint8Array[]>> = { a: [], b: [] };
  now: Instant = 0;
  readonly #machines: Readonly<Record<Side, Machine<Uint8Array, Event>>>;
  readonly #links: Readonly<Record<Side, Link>>;
  readonly #options: MachinePairOptions;
  readonly #schedule = new Schedule();

  constructor(
    a: Machine<Uint8Array, Event>,
    b: Machine<Uint8Array, Event>,
    random: Random,
    options: MachinePairOptions = {},
  ) {
    this.#machines = { a, b };
    this.#links = {
      a: new Link(options.link ?? {}, random),
      b: new Link(options.link ?? {}, random),
    };
    this.#options = options;
  }

  /** Lets everything happen up to and at an instant; default: until nothing is pending any more. */
  run(until: Instant = Number.POSITIVE_INFINITY): void {
    for (;;) {
      this.#drain("a");
      this.#drain("b");
      const times = [this.#machines.a.deadline, this.#machines.b.deadline, this.#schedule.next];
      const next = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
      if (next > until || next === Number.POSITIVE_INFINITY) break;
      this.now = Math.max(this.now, next);
      this.#step();
    }
    if (until !== Number.POSITIVE_INFINITY) this.now = Math.max(this.now, until);
  }

  #step(): void {
    const arrival = this.#schedule.next;
    if (arrival !== undefined && arrival <= this.now) {
      this.#schedule.take()?.run();
      return;
    }
    for (const side of ["a", "b"] as const) {
      const { deadline } = this.#machines[side];
      if (deadline !== undefined && deadline <= this.now) {
        this.#machines[side].handleTimeout(this.now);
      }
    }
  }

  #drain(from: Side): void {
    const machine = this.#machines[from];
    for (let output = machine.poll(); output !== undefined; output = machine.poll()) {
      if (output.type === "event") this.events[from].push(output.event);
      else this.#send(output.packet, from);
    }
  }

  #send(packet: Uint8Array, from: Side): void {
    const { tamper } = this.#options;
    const sent = tamper === undefined ? packet : tamper(packet, from, this.now);
    if (sent === undefined) return;
    this.sent[from].push(sent.slice());
    const to = this.#machines[from === "a" ? "b" : "a"];
    for (const at of this.#links[from].arrivals(sent.length, this.now)) {
      // A copy for each arrival: who receives a packet may work in it.
      this.#schedule.at(at, () => to.receive(sent.slice(), this.now));
    }
  }
}
