import type { BenchPeer } from "./libraries.ts";

/** What the two sides of a measurement tell each other. */
export interface Signal {
  readonly description?: { readonly type: string; readonly sdp?: string };
  readonly candidate?: unknown;
}

/** Offer, answer and candidates of one peer, over whatever carries them. */
export class Signaling {
  readonly #peer: BenchPeer;
  readonly #tell: (signal: Signal) => void;
  #waiting: unknown[] | undefined = [];

  constructor(peer: BenchPeer, tell: (signal: Signal) => void) {
    this.#peer = peer;
    this.#tell = tell;
    peer.onicecandidate = ({
      candidate,
    }: {
      candidate?: { candidate: string; toJSON?(): object };
    }) => {
      if (candidate?.candidate) tell({ candidate: candidate.toJSON?.() ?? candidate });
    };
  }

  async offer(): Promise<void> {
    const description = (await this.#peer.createOffer()) as { type: string };
    await this.#peer.setLocalDescription(description);
    this.#tell({ description });
  }

  async receive({ description, candidate }: Signal): Promise<void> {
    if (candidate) {
      if (this.#waiting === undefined) this.#add(candidate);
      else this.#waiting.push(candidate);
    }
    if (!description) return;
    await this.#peer.setRemoteDescription(description);
    for (const waiting of this.#waiting ?? []) this.#add(waiting);
    this.#waiting = undefined;
    if (description.type !== "offer") return;
    const answer = (await this.#peer.createAnswer()) as { type: string };
    await this.#peer.setLocalDescription(answer);
    this.#tell({ description: answer });
  }

  #add(candidate: unknown): void {
    Promise.resolve(this.#peer.addIceCandidate(candidate)).catch(() => undefined);
  }
}
