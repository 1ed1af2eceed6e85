import type { Output } from "./machine.ts";

/** The queue behind a machine's `poll`: what the last call produced, in the order it was produced. */
export class Outputs<Packet, Event> {
  #items: Output<Packet, Event>[] = [];
  #next = 0;

  packet(packet: Packet): void {
    this.#items.push({ type: "packet", packet });
  }

  event(event: Event): void {
    this.#items.push({ type: "event", event });
  }

  poll(): Output<Packet, Event> | undefined {
    const item = this.#items[this.#next];
    if (item === undefined) {
      this.#items.length = 0;
      this.#next = 0;
      return undefined;
    }
    this.#next += 1;
    return item;
  }
}
