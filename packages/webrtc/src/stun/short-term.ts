import type { Crypto } from "../wire/index.ts";
import { Username } from "./attributes.ts";
import { hasIntegrity, hasIntegritySha256, type IntegrityAlgorithm } from "./integrity.ts";
import type { StunMessage } from "./message.ts";

/** What a server makes of a request under the short-term mechanism (RFC 8489 §9.1.3). */
export type ShortTermVerdict =
  | { readonly ok: true; readonly username: string; readonly integrity: IntegrityAlgorithm }
  | { readonly ok: false; readonly code: 400 | 401 };

/** Checks a request or indication with short-term credentials, as ICE has them (RFC 8489 §9.1.3). */
export function checkShortTerm(
  message: StunMessage,
  crypto: Crypto,
  keyOf: (username: string) => Uint8Array | undefined,
): ShortTermVerdict {
  const integrity = integrityOf(message);
  const username = message.value(Username);
  // Step 1: without integrity or name there is nothing to check.
  if (integrity === undefined || username === undefined) return { ok: false, code: 400 };
  // Step 2: the name has to be one that is known here.
  const key = keyOf(username);
  if (key === undefined) return { ok: false, code: 401 };
  // Steps 3 and 4: the stronger integrity that is there has to be right.
  if (!isIntegral(message, crypto, key, integrity)) return { ok: false, code: 401 };
  return { ok: true, username, integrity };
}

/** The integrity attribute that counts in a message: the stronger where both are there. */
export function integrityOf(message: StunMessage): IntegrityAlgorithm | undefined {
  if (message.integritySha256At >= 0) return "sha256";
  return message.integrityAt >= 0 ? "sha1" : undefined;
}

/** Whether a message's integrity attribute of that kind is right under the key. */
export function isIntegral(
  message: StunMessage,
  crypto: Crypto,
  key: Uint8Array,
  integrity: IntegrityAlgorithm,
): boolean {
  return integrity === "sha256"
    ? hasIntegritySha256(message, crypto, key)
    : hasIntegrity(message, crypto, key);
}
