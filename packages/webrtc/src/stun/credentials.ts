import { type Crypto, toUtf8 } from "../wire/index.ts";
import { prepareOpaqueString } from "./prepared-string.ts";

/** How a long-term key is made from a password (RFC 8489 §18.5). */
export type PasswordAlgorithmName = "md5" | "sha256";

/** The registered numbers of the password algorithms (RFC 8489 §18.5.1). */
export const passwordAlgorithmNumber: Readonly<Record<PasswordAlgorithmName, number>> = {
  md5: 0x0001,
  sha256: 0x0002,
};

/** The name of a password algorithm by its number; `undefined` for those we do not know. */
export function passwordAlgorithmName(algorithm: number): PasswordAlgorithmName | undefined {
  if (algorithm === passwordAlgorithmNumber.md5) return "md5";
  return algorithm === passwordAlgorithmNumber.sha256 ? "sha256" : undefined;
}

/** The key of the short-term mechanism: the password itself (RFC 8489 §9.1.1). */
export function shortTermKey(password: string): Uint8Array {
  return toUtf8(prepareOpaqueString(password) ?? password);
}

/** The key of the long-term mechanism: a hash of `username:realm:password` (RFC 8489 §18.5.1). */
export function longTermKey(
  crypto: Crypto,
  algorithm: PasswordAlgorithmName,
  username: string,
  realm: string,
  password: string,
): Uint8Array {
  const name = prepareOpaqueString(username) ?? username;
  const domain = prepareOpaqueString(realm) ?? realm;
  const secret = prepareOpaqueString(password) ?? password;
  return crypto.hash(algorithm, toUtf8(`${name}:${domain}:${secret}`));
}

/** The value of USERHASH: SHA-256 of `username:realm` (RFC 8489 §14.4). */
export function userhash(crypto: Crypto, username: string, realm: string): Uint8Array {
  const name = prepareOpaqueString(username) ?? username;
  const domain = prepareOpaqueString(realm) ?? realm;
  return crypto.hash("sha256", toUtf8(`${name}:${domain}`));
}
