import type { IceCredentials } from "../ice/index.ts";
import type { CandidateAttribute } from "../sdp/index.ts";
import type { Fingerprint } from "../wire/index.ts";

/** What this side says of itself in a description. */
export interface LocalParameters {
  readonly credentials: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  /** Names the DTLS association (RFC 8842 §4). */
  readonly tlsId: string;
  readonly sctpPort: number;
  readonly maxMessageSize: number;
}

/** The candidates that are known so far. */
export interface LocalCandidates {
  readonly candidates: readonly CandidateAttribute[];
  readonly isComplete: boolean;
}
