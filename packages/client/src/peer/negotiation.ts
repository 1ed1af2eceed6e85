import type { Body, CandidateInfo } from "@tincan/signaling";
import { CandidateQueue } from "./candidate-queue.ts";

/** What one end of a negotiation says to the other. */
export type NegotiationBody = Extract<Body, { type: "offer" | "answer" | "candidate" }>;

type Description = Extract<Body, { type: "offer" | "answer" }>;

/** The part of `RTCPeerConnection` that negotiating takes. */
export type NegotiableConnection = Pick<
  RTCPeerConnection,
  | "signalingState"
  | "localDescription"
  | "remoteDescription"
  | "setLocalDescription"
  | "setRemoteDescription"
  | "addIceCandidate"
  | "addEventListener"
>;

export interface NegotiationOptions {
  readonly pc: NegotiableConnection;
  /** Of two peers, one gives way when both offer at the same time. */
  readonly polite: boolean;
  /**
   * The other side begins: both have just met, and offers from both would only cost a round trip.
   * Where nothing comes within `OFFER_PATIENCE_MS`, this side offers after all.
   */
  readonly waitForOffer: boolean;
  readonly send: (body: NegotiationBody) => void;
  /** Called before each local description is made: the time to set codec preferences. */
  readonly beforeDescription: () => void;
  /**
   * The other side negotiates on another RTCPeerConnection than before, so this one is of no use any
   * more; `bodies` are what a new one has to receive, a description first.
   */
  readonly onForeign: (bodies: readonly NegotiationBody[]) => void;
  /** The browser refused what the other side sent, or could not make a description. */
  readonly onFault: (what: "description" | "candidate", error: unknown) => void;
}

/**
 * W3C perfect negotiation (WebRTC §10.7) over messages: both sides may offer at any time, and when
 * both do the polite one takes its offer back.
 *
 * Everything happens one after the other in a queue of its own, so that "is there a collision" is
 * the signaling state and nothing else; the sample in the standard needs two flags for that.
 */
export class Negotiation {
  readonly #options: NegotiationOptions;
  readonly #pc: NegotiableConnection;
  readonly #candidates = new CandidateQueue();
  #queue: Promise<void> = Promise.resolve();
  /** What has come and waits for its turn in the queue. */
  readonly #received: NegotiationBody[] = [];
  #ignoring = false;
  /** `sess-id` of the other side's descriptions, which is the same for all that one connection makes. */
  #remoteSession: string | undefined;
  /** Counts restarts: what was begun before the last one is not sent any more. */
  #epoch = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: NegotiationOptions) {
    this.#options = options;
    this.#pc = options.pc;
    if (options.waitForOffer) {
      this.#patience = setTimeout(() => this.#offerIfStable(), OFFER_PATIENCE_MS);
    }
    this.#pc.addEventListener("negotiationneeded", () => {
      if (this.#patience === undefined) this.#offerIfStable();
    });
    this.#pc.addEventListener("icecandidate", ({ candidate }) => this.#sendCandidate(candidate));
  }

  /** Takes what the other side said, in the order in which it was said. */
  receive(body: NegotiationBody): void {
    if (this.#received.length >= MAX_RECEIVED) return;
    this.#received.push(body);
    this.#enqueue(async () => {
      const next = this.#received.shift();
      if (next?.type === "candidate") await this.#addCandidate(next.candidate);
      else if (next !== undefined) await this.#describe(next);
    });
  }

  /** Messages may have been lost: an offer that was not answered is made again. */
  restart(): void {
    this.#epoch += 1;
    this.#enqueue(async () => {
      if (this.#pc.signalingState === "have-local-offer") await this.#offer();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#patience);
  }

  #offerIfStable(): void {
    this.#patience = undefined;
    this.#enqueue(async () => {
      // Otherwise the event comes again as soon as the state is stable (WebRTC §4.7.3).
      if (this.#pc.signalingState === "stable") await this.#offer();
    });
  }

  #enqueue(step: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      try {
        await step();
      } catch (error) {
        // A connection that was closed in the middle of something rejects it.
        if (!this.#closed) this.#options.onFault("description", error);
      }
    });
  }

  /** Makes and sends an offer, or the answer where the other side has offered. */
  async #offer(): Promise<void> {
    const epoch = this.#epoch;
    this.#options.beforeDescription();
    await this.#pc.setLocalDescription();
    const description = this.#pc.localDescription;
    if (this.#closed || epoch !== this.#epoch || description === null) return;
    const { type, sdp } = description;
    if (type === "offer" || type === "answer") this.#options.send({ type, sdp });
  }

  async #describe(description: Description): Promise<void> {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const state = this.#pc.signalingState;
    if (state === "closed") {
      this.#options.onForeign([description, ...this.#received.splice(0)]);
      return;
    }
    const collision = description.type === "offer" && state !== "stable";
    this.#ignoring = collision && !this.#options.polite;
    if (this.#ignoring) return;
    // The answer to an offer that was taken back or made anew.
    if (description.type === "answer" && state !== "have-local-offer") return;

    const session = sessionId(description.sdp);
    if (this.#remoteSession !== undefined && session !== this.#remoteSession) {
      this.#options.onForeign([description, ...this.#received.splice(0)]);
      return;
    }
    // Takes our own offer back where there is one (JSEP, RFC 9429 §4.1.10.2).
    await this.#pc.setRemoteDescription(description);
    this.#remoteSession = session;
    for (const candidate of this.#candidates.take(this.#pc.remoteDescription)) {
      await this.#tryCandidate(candidate);
    }
    if (description.type === "offer") await this.#offer();
  }

  async #addCandidate(candidate: CandidateInfo): Promise<void> {
    if (CandidateQueue.fits(candidate, this.#pc.remoteDescription)) {
      await this.#tryCandidate(candidate);
    } else {
      this.#candidates.add(candidate);
    }
  }

  async #tryCandidate(candidate: CandidateInfo): Promise<void> {
    const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = candidate;
    try {
      await this.#pc.addIceCandidate({
        candidate: candidate.candidate,
        sdpMid,
        sdpMLineIndex,
        usernameFragment,
      });
    } catch (error) {
      // Candidates of an offer that we did not take have nowhere to go.
      if (!this.#ignoring && !this.#closed) this.#options.onFault("candidate", error);
    }
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    if (this.#closed) return;
    if (candidate === null) {
      // All transports have gathered. Browsers differ in whether they fire an empty candidate before.
      this.#options.send({ type: "candidate", candidate: END_OF_CANDIDATES });
    } else if (candidate.candidate !== "") {
      const json = candidate.toJSON();
      this.#options.send({
        type: "candidate",
        candidate: { ...json, candidate: candidate.candidate },
      });
    }
  }
}

/** RFC 8838 §8.2, for all media descriptions. */
const END_OF_CANDIDATES: CandidateInfo = { candidate: "", sdpMid: null, sdpMLineIndex: null };

/** Longer than an offer takes over any network on which one would want to talk. */
const OFFER_PATIENCE_MS = 3000;

/** Far more than a peer has reason to send while one description is set. */
const MAX_RECEIVED = 512;

/** The `sess-id` of the `o=` line, chosen at random for each connection (RFC 9429 §5.2.1). */
function sessionId(sdp: string): string | undefined {
  return /^o=\S+ (\S+) /m.exec(sdp)?.[1];
}
