import type { Instant, Machine } from "../wire/index.ts";
import { Host } from "./host.ts";
import type { LinkOptions } from "./link.ts";
import { Nat, type NatOptions } from "./nat.ts";
import { Network } from "./network.ts";
import { Random } from "./random.ts";
import { Schedule } from "./schedule.ts";

/**
 * Hosts, wires and NATs in virtual time: the clock jumps from one thing to do to the next, so that
 * hours pass in milliseconds, and everything that is chance comes from one seed, so that a run that
 * failed can be run again.
 */
export class World {
  readonly random: Random;
  /** The network that everybody reaches. */
  readonly internet: Network = new Network();
  readonly #schedule = new Schedule();
  #now: Instant = 0;
  #homes = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  get now(): Instant {
    return this.#now;
  }

  /** A host on the internet. */
  host(ips: readonly string[], link: LinkOptions = {}): Host {
    return new Host(this, this.internet, ips, link);
  }

  /**
   * A host in a home of its own behind a NAT. All homes use the same private addresses, as in life.
   * With `outer` the NAT stands behind another one (carrier-grade NAT). With `ipv6` the host has an address
   * of that kind as well, which the NAT leaves as it is and guards with its filter.
   */
  hostBehind(
    options: NatOptions,
    link: LinkOptions = {},
    outer: Network = this.internet,
    ipv6?: string,
  ): { host: Host; nat: Nat; lan: Network } {
    const lan = new Network();
    this.#homes += 1;
    const ip = outer === this.internet ? `198.51.100.${this.#homes}` : `100.64.0.${this.#homes}`;
    const nat = new Nat(lan, outer, ip, options, this.random, () => this.#now);
    const ips = ["192.168.1.2"];
    if (ipv6 !== undefined) {
      nat.route(ipv6);
      ips.push(ipv6);
    }
    return { host: new Host(this, lan, ips, link), nat, lan };
  }

  /** Does something at an instant; the function that comes back calls it off. */
  at(at: Instant, run: () => void): () => void {
    return this.#schedule.at(Math.max(at, this.#now), run);
  }

  /**
   * Keeps a machine going: drains it, and wakes it at its deadline. Call the function that comes back
   * after everything that is done to the machine. The machine lives by `clock`, which may be ahead of the world's.
   */
  drive<Packet, Event>(
    machine: Machine<Packet, Event>,
    send: (packet: Packet) => void,
    on: (event: Event) => void,
    clock: () => Instant = () => this.#now,
  ): () => void {
    let cancel: (() => void) | undefined;
    const drain = (): void => {
      for (let output = machine.poll(); output !== undefined; output = machine.poll()) {
        if (output.type === "packet") send(output.packet);
        else on(output.event);
      }
      cancel?.();
      cancel = undefined;
      if (machine.deadline === undefined) return;
      cancel = this.at(machine.deadline - (clock() - this.#now), () => {
        machine.handleTimeout(clock());
        drain();
      });
    };
    drain();
    return drain;
  }

  /** Lets time pass until the condition holds, or the instant comes; tells whether it held. */
  runUntil(until: Instant, condition: () => boolean = () => false): boolean {
    let stepsAtOnce = 0;
    for (;;) {
      if (condition()) return true;
      const next = this.#schedule.next;
      if (next === undefined || next > until) break;
      const task = this.#schedule.take();
      if (task === undefined) break;
      stepsAtOnce = task.at === this.#now ? stepsAtOnce + 1 : 0;
      // A machine whose deadline never moves would keep the world at one instant for ever.
      if (stepsAtOnce > 1_000_000) throw new Error(`time stands still at ${this.#now} ms`);
      this.#now = task.at;
      task.run();
    }
    this.#now = Math.max(this.#now, until);
    return condition();
  }

  /** Lets some time pass. */
  run(durationMs: number): void {
    this.runUntil(this.#now + durationMs);
  }
}
