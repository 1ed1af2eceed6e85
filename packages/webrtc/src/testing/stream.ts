import type { Host } from "./host.ts";
import type { World } from "./world.ts";

/** What one end of a connection is told. */
export interface StreamHandlers {
  received(bytes: Uint8Array): void;
  /** It broke, or the other end has closed it. */
  ended(): void;
}

/** Who is at an end. */
export type StreamSide = "client" | "server";

/** How long TCP waits before it sends again what the network did not carry. */
const retryMs = 200;

/**
 * A connection of TCP from a host to a server: bytes in order, late rather than never, in pieces that
 * are not the sender's. While the host is cut off they wait.
 */
export class Stream {
  readonly #world: World;
  readonly #host: Host;
  readonly #delayMs: number;
  readonly #handlers = new Map<StreamSide, StreamHandlers>();
  readonly #underWay: Record<StreamSide, Uint8Array[]> = { client: [], server: [] };
  #isOver = false;

  constructor(world: World, host: Host, delayMs: number) {
    this.#world = world;
    this.#host = host;
    this.#delayMs = delayMs;
  }

  /** Who hears what arrives at an end. */
  attach(side: StreamSide, handlers: StreamHandlers): void {
    this.#handlers.set(side, handlers);
  }

  /** Sends to the other end. */
  send(from: StreamSide, bytes: Uint8Array): void {
    if (this.#isOver || bytes.length === 0) return;
    const to = from === "client" ? "server" : "client";
    const queue = this.#underWay[to];
    const { random } = this.#world;
    const cut = random.chance(0.2) ? random.between(0, bytes.length) : 0;
    for (const piece of [bytes.slice(0, cut), bytes.slice(cut)]) {
      if (piece.length > 0) queue.push(piece);
      if (piece.length > 0) this.#world.at(this.#world.now + this.#delayMs, () => this.#arrive(to));
    }
  }

  /** It breaks, or this end closes it: what is under way is lost. */
  end(by?: StreamSide): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const [side, handlers] of this.#handlers) {
      if (side !== by) this.#world.at(this.#world.now + this.#delayMs, () => handlers.ended());
    }
  }

  #arrive(to: StreamSide): void {
    if (this.#isOver || this.#underWay[to].length === 0) return;
    if (this.#host.isCut) {
      this.#world.at(this.#world.now + retryMs, () => this.#arrive(to));
      return;
    }
    this.#handlers.get(to)?.received(this.#underWay[to].shift() as Uint8Array);
  }
}
