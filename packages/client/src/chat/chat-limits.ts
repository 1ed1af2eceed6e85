import { TokenBucket } from "../channel/token-bucket.ts";
import type { ChatBody } from "./messages.ts";

/** How much each peer may say: what is beyond is dropped, and its sender hears nothing back. */
export class ChatLimits {
  readonly #peers = new Map<string, PeerLimits>();

  /** Counts a message of any kind, before it is looked at. */
  isFlooding(peerId: string): boolean {
    return !this.#of(peerId).all.take();
  }

  allows(peerId: string, { type }: ChatBody): boolean {
    const limits = this.#of(peerId);
    if (type === "text") return limits.texts.take();
    if (type === "reaction" || type === "hand") return limits.gestures.take();
    if (type === "hello") return limits.hellos.take();
    return true;
  }

  /** Whether one more fault of this peer is worth an event. */
  mayReport(peerId: string): boolean {
    return this.#of(peerId).reports.take();
  }

  forget(peerId: string): void {
    this.#peers.delete(peerId);
  }

  #of(peerId: string): PeerLimits {
    const known = this.#peers.get(peerId);
    if (known !== undefined) return known;
    const limits: PeerLimits = {
      all: new TokenBucket(50, 300),
      texts: new TokenBucket(5, 60),
      gestures: new TokenBucket(5, 30),
      hellos: new TokenBucket(0.5, 10),
      reports: new TokenBucket(0.2, 3),
    };
    this.#peers.set(peerId, limits);
    return limits;
  }
}

interface PeerLimits {
  readonly all: TokenBucket;
  readonly texts: TokenBucket;
  readonly gestures: TokenBucket;
  readonly hellos: TokenBucket;
  readonly reports: TokenBucket;
}
