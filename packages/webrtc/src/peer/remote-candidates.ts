import { type IceAgent, remoteCandidateLimit } from "../ice/index.ts";
import type { CandidateAttribute } from "../sdp/index.ts";
import type { Instant } from "../wire/index.ts";
import { remoteCandidate } from "./candidate-line.ts";

/** Brings the other side's candidates to the agent; those with a name wait until it is looked up. */
export class RemoteCandidates {
  readonly #agent: IceAgent;
  readonly #resolve: (name: string) => void;
  readonly #waiting = new Map<string, { candidate: CandidateAttribute; ufrag: string }[]>();
  #waitingCount = 0;

  constructor(agent: IceAgent, resolve: (name: string) => void) {
    this.#agent = agent;
    this.#resolve = resolve;
  }

  /** Adds a candidate of the generation that the agent is in. */
  add(candidate: CandidateAttribute, now: Instant): void {
    // RTCP has no component of its own here.
    if (candidate.component !== 1 || candidate.port === 0) return;
    if (!candidate.address.endsWith(".local")) {
      this.#agent.addRemoteCandidate(remoteCandidate(candidate), now);
      return;
    }
    if (this.#waitingCount >= remoteCandidateLimit) return;
    this.#waitingCount += 1;
    const ufrag = this.#agent.remoteCredentials?.ufrag ?? "";
    const known = this.#waiting.get(candidate.address);
    known?.push({ candidate, ufrag });
    if (known !== undefined) return;
    this.#waiting.set(candidate.address, [{ candidate, ufrag }]);
    this.#resolve(candidate.address);
  }

  /** A name stands for this address, or for none. */
  resolved(name: string, ip: string | undefined, now: Instant): void {
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    this.#waitingCount -= waiting.length;
    for (const { candidate, ufrag } of waiting) {
      const isCurrent = ufrag === this.#agent.remoteCredentials?.ufrag;
      if (ip !== undefined && isCurrent) {
        this.#agent.addRemoteCandidate(remoteCandidate(candidate, ip), now);
      }
    }
  }
}
