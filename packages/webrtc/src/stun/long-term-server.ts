import { type Crypto, equal, type Instant, type TransportAddress } from "../wire/index.ts";
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
  type PasswordAlgorithmName,
  passwordAlgorithmName,
  passwordAlgorithmNumber,
} from "./credentials.ts";
import type { IntegrityAlgorithm } from "./integrity.ts";
import type { StunMessage } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";
import { type NonceIssuer, securityFeatures } from "./nonce.ts";
import { integrityOf, isIntegral } from "./short-term.ts";

/** A realm and its users, as a server checks requests against them (RFC 8489 §9.2). */
export interface LongTermDomain {
  readonly crypto: Crypto;
  readonly realm: string;
  /** Its features say whether PASSWORD-ALGORITHMS and USERHASH are offered. */
  readonly nonces: NonceIssuer;
  /** The password algorithms that are offered, best first; empty: those of RFC 5389 (MD5) only. */
  readonly passwordAlgorithms: readonly PasswordAlgorithmName[];
  /** The key of a user; `undefined` for strangers. */
  keyOf(username: string, algorithm: PasswordAlgorithmName): Uint8Array | undefined;
  /** The name behind a USERHASH; `undefined` for strangers. */
  usernameOf?(userhash: Uint8Array): string | undefined;
}

/** What a server makes of a request under the long-term mechanism (RFC 8489 §9.2.4). */
export type LongTermVerdict =
  | {
      readonly ok: true;
      readonly username: string;
      /** What the response is signed with, by the same algorithm as the request. */
      readonly key: Uint8Array;
      readonly integrity: IntegrityAlgorithm;
    }
  | { readonly ok: false; readonly code: 400 | 401 | 438 };

/** Checks a request in the order of RFC 8489 §9.2.4. */
export function checkLongTerm(
  domain: LongTermDomain,
  request: StunMessage,
  client: TransportAddress,
  now: Instant,
): LongTermVerdict {
  // Step 1: a request without integrity is challenged.
  const integrity = integrityOf(request);
  if (integrity === undefined) return refused401;

  // Step 2: integrity without name, realm or nonce makes no sense.
  const realm = request.value(Realm);
  const nonce = request.value(Nonce);
  const hash = request.value(Userhash);
  const name = request.value(Username);
  if (realm === undefined || nonce === undefined) return refused400;
  if (name === undefined && hash === undefined) return refused400;

  // Step 3: the password algorithm, and whether somebody has bid the offer down.
  const algorithm = algorithmOf(domain, request, nonce);
  if (algorithm === undefined) return refused400;

  // Step 4: the user.
  const username = name ?? (hash && domain.usernameOf?.(hash));
  const key = username === undefined ? undefined : domain.keyOf(username, algorithm);
  if (username === undefined || key === undefined || realm !== domain.realm) return refused401;

  // Step 5: the integrity.
  if (!isIntegral(request, domain.crypto, key, integrity)) return refused401;

  // Step 6: the nonce, last, so that only who knows the password hears that it is stale.
  if (!domain.nonces.isValid(nonce, client, now)) return refused438;
  return { ok: true, username, key, integrity };
}

/**
 * Writes the error response of a refused request (RFC 8489 §9.2.4). A 401 or 438 carries realm, nonce
 * and what is offered. The reason phrase stays empty: the answer must stay small.
 */
export function writeRefusal(
  writer: MessageWriter,
  domain: LongTermDomain,
  request: StunMessage,
  code: 400 | 401 | 438,
  client: TransportAddress,
  now: Instant,
): void {
  writer.beginResponse(request, "error").add(ErrorCode, { code, reason: "" });
  if (code === 400) return;
  writer.add(Realm, domain.realm).add(Nonce, domain.nonces.issue(client, now));
  if (domain.passwordAlgorithms.length > 0) {
    writer.add(PasswordAlgorithms, offered(domain.passwordAlgorithms));
  }
}

const refused400: LongTermVerdict = { ok: false, code: 400 };
const refused401: LongTermVerdict = { ok: false, code: 401 };
const refused438: LongTermVerdict = { ok: false, code: 438 };

const noParameters = new Uint8Array(0);

function offered(names: readonly PasswordAlgorithmName[]): readonly PasswordAlgorithmEntry[] {
  return names.map((name) => ({
    algorithm: passwordAlgorithmNumber[name],
    parameters: noParameters,
  }));
}

/** The algorithm that a request uses; `undefined` where it does not fit what was offered (§9.2.4). */
function algorithmOf(
  domain: LongTermDomain,
  request: StunMessage,
  nonce: string,
): PasswordAlgorithmName | undefined {
  if (!securityFeatures(nonce)?.passwordAlgorithms) return "md5";
  const hasList = request.has(PasswordAlgorithms);
  const hasChoice = request.has(PasswordAlgorithm);
  if (!hasList && !hasChoice) return "md5";
  const list = request.value(PasswordAlgorithms);
  const choice = request.value(PasswordAlgorithm);
  if (list === undefined || choice === undefined) return undefined;
  const expected = offered(domain.passwordAlgorithms);
  const isSame =
    list.length === expected.length &&
    expected.every((entry, i) => isSameEntry(entry, list[i] as PasswordAlgorithmEntry));
  if (!isSame || !expected.some((entry) => isSameEntry(entry, choice))) return undefined;
  return passwordAlgorithmName(choice.algorithm);
}

function isSameEntry(a: PasswordAlgorithmEntry, b: PasswordAlgorithmEntry): boolean {
  return a.algorithm === b.algorithm && equal(a.parameters, b.parameters);
}
