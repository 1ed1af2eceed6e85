import type { Crypto } from "../wire/index.ts";
import {
  ErrorCode,
  Nonce,
  PasswordAlgorithm,
  type PasswordAlgorithmEntry,
  PasswordAlgorithms,
  Realm,
  Userhash,
  Username,
} from "./attributes.ts";
import {
  longTermKey,
  type PasswordAlgorithmName,
  passwordAlgorithmName,
  userhash,
} from "./credentials.ts";
import type { StunMessage } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";
import { securityFeatures } from "./nonce.ts";
import { integrityOf, isIntegral } from "./short-term.ts";

/** Name and password of a user. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a client does with a 401 or 438: the same request again, or give up, and why. */
export type ChallengeVerdict =
  | "retry"
  | "refused"
  | "bid-down"
  | "no-common-algorithm"
  | "malformed";

/** A client's side of the long-term mechanism: what it learnt from a server's challenges (RFC 8489 §9.2). */
export class LongTermClient {
  readonly #crypto: Crypto;
  readonly #credentials: Credentials;
  #challenge: Challenge | undefined;

  constructor(crypto: Crypto, credentials: Credentials) {
    this.#crypto = crypto;
    this.#credentials = credentials;
  }

  /** Whether the server has asked for credentials already, so that requests are signed. */
  get isChallenged(): boolean {
    return this.#challenge !== undefined;
  }

  /** Adds name, realm, nonce and algorithm to a request, once they are known (RFC 8489 §9.2.3). */
  addCredentials(writer: MessageWriter): void {
    const challenge = this.#challenge;
    if (challenge === undefined) return;
    const { username } = this.#credentials;
    if (challenge.isAnonymous) {
      writer.add(Userhash, userhash(this.#crypto, username, challenge.realm));
    } else writer.add(Username, username);
    writer.add(Realm, challenge.realm).add(Nonce, challenge.nonce);
    if (challenge.choice !== undefined && challenge.offer !== undefined) {
      writer.add(PasswordAlgorithms, challenge.offer).add(PasswordAlgorithm, challenge.choice);
    }
  }

  /** Signs a request: by SHA-256 alone where algorithms were offered (RFC 8489 §9.2.5), else by SHA-1. */
  sign(writer: MessageWriter): void {
    const challenge = this.#challenge;
    if (challenge === undefined) return;
    if (challenge.choice === undefined) writer.addIntegrity(this.#crypto, challenge.key);
    else writer.addIntegritySha256(this.#crypto, challenge.key);
  }

  /**
   * Whether a response may be believed (RFC 8489 §9.2.5): after a signed request a success has to
   * be signed. An error may come unsigned, since some servers do not sign theirs; where it is
   * signed, the signature has to be right.
   */
  isAuthentic(response: StunMessage): boolean {
    const challenge = this.#challenge;
    if (challenge === undefined) return true;
    const integrity = integrityOf(response);
    if (integrity === undefined) return response.class === "error";
    const needed = challenge.choice === undefined ? "sha1" : "sha256";
    return integrity === needed && isIntegral(response, this.#crypto, challenge.key, integrity);
  }

  /** Takes in a 401 or 438 (RFC 8489 §9.2.5) and tells whether to ask again, with a new transaction. */
  handleChallenge(response: StunMessage): ChallengeVerdict {
    const realm = response.value(Realm);
    const nonce = response.value(Nonce);
    if (realm === undefined || nonce === undefined) return "malformed";
    if (response.isMalformed(PasswordAlgorithms)) return "malformed";
    const offer = response.value(PasswordAlgorithms);
    const features = securityFeatures(nonce);
    // The nonce says that algorithms were offered: somebody has taken them out on the way.
    if (features?.passwordAlgorithms && offer === undefined) return "bid-down";
    const choice = offer?.find((entry) => passwordAlgorithmName(entry.algorithm) !== undefined);
    if (offer !== undefined && choice === undefined) return "no-common-algorithm";
    // A 401 to signed credentials means that they are wrong, unless they were for another realm.
    const previous = this.#challenge;
    const code = response.value(ErrorCode)?.code;
    if (code === 401 && previous !== undefined && previous.realm === realm) return "refused";

    const { username, password } = this.#credentials;
    const algorithm: PasswordAlgorithmName =
      (choice && passwordAlgorithmName(choice.algorithm)) ?? "md5";
    this.#challenge = {
      realm,
      nonce,
      offer: offer?.map(copyEntry),
      choice: choice && copyEntry(choice),
      isAnonymous: features?.usernameAnonymity === true,
      key: longTermKey(this.#crypto, algorithm, username, realm, password),
    };
    return "retry";
  }
}

interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly offer: readonly PasswordAlgorithmEntry[] | undefined;
  readonly choice: PasswordAlgorithmEntry | undefined;
  readonly isAnonymous: boolean;
  readonly key: Uint8Array;
}

/** What is read is a view of a packet; what is kept is a copy. */
function copyEntry(entry: PasswordAlgorithmEntry): PasswordAlgorithmEntry {
  return { algorithm: entry.algorithm, parameters: entry.parameters.slice() };
}
