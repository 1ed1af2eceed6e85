import type { CandidateInfo } from "@tincan/signaling";

/**
 * Keeps candidates that belong to no description yet: those that came before it, and those of an
 * offer that was ignored. The oldest give way when there are too many.
 */
export class CandidateQueue {
  #candidates: CandidateInfo[] = [];

  /** Whether a candidate belongs to `description`, by its username fragment (RFC 8839 §5.4). */
  static fits(candidate: CandidateInfo, description: { readonly sdp: string } | null): boolean {
    if (description === null) return false;
    const { usernameFragment } = candidate;
    if (usernameFragment === undefined || usernameFragment === null) return true;
    return description.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`);
  }

  add(candidate: CandidateInfo): void {
    this.#candidates.push(candidate);
    if (this.#candidates.length > MAX_CANDIDATES) this.#candidates.shift();
  }

  /** Takes out all; those that belong to `description` are answered, the others are of the past. */
  take(description: { readonly sdp: string } | null): CandidateInfo[] {
    const candidates = this.#candidates;
    this.#candidates = [];
    return candidates.filter((candidate) => CandidateQueue.fits(candidate, description));
  }
}

const MAX_CANDIDATES = 64;
