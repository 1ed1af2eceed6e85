import { concat, type Decoded, decoded, fault, readU16 } from "../wire/index.ts";
import { type CipherSuite13, cipherSuites13 } from "./cipher-suite13.ts";
import type { HelloRetry } from "./hello-retry-request.ts";
import { namedGroupCode, namedGroupOf } from "./named-group.ts";
import { number16 } from "./vector.ts";

/** Half of a SHA-256; who guesses it 2^128 times may also guess the keys. */
const macLength = 16;

/** Suite and group, two bytes each. */
const hashAt = 4;

/** A HelloRetryRequest that was sent and forgotten, as its cookie brings it back. */
export interface RetriedHello extends HelloRetry {
  /** Hash of the first ClientHello, which stands for it in the transcript (RFC 8446 §4.4.1). */
  readonly helloHash: Uint8Array;
  readonly cookie: Uint8Array;
  /** Of the record that brought the cookie; ours go on from there (RFC 6347 §4.2.1). */
  readonly recordNumber: number;
}

/** What the server wants to know again, and the proof that the server said it. */
export interface RetryCookie {
  readonly retried: Omit<RetriedHello, "recordNumber">;
  /** What the MAC is over, beside whose hello it is. */
  readonly content: Uint8Array;
  readonly mac: Uint8Array;
}

/** What is wrong with a cookie that does not parse. */
export type RetryCookieFault = "malformed-cookie";

/** A cookie of 1.3; `authenticate` makes a MAC, of which a part is taken. */
export function encodeRetryCookie(
  { suite, group, helloHash }: Pick<RetriedHello, "suite" | "group" | "helloHash">,
  authenticate: (content: Uint8Array) => Uint8Array,
): Uint8Array {
  const content = concat(
    number16(suite.code),
    number16(group === undefined ? 0 : namedGroupCode(group)),
    helloHash,
  );
  return concat(content, authenticate(content).subarray(0, macLength));
}

/** Reads a cookie, whose MAC is still to be compared. */
export function decodeRetryCookie(cookie: Uint8Array): Decoded<RetryCookie, RetryCookieFault> {
  if (cookie.length < hashAt) return fault("malformed-cookie");
  const code = readU16(cookie, 0);
  const suite: CipherSuite13 | undefined = cipherSuites13.find((one) => one.code === code);
  if (suite === undefined) return fault("malformed-cookie");
  const macAt = hashAt + suite.hashLength;
  if (cookie.length !== macAt + macLength) return fault("malformed-cookie");
  const group = namedGroupOf(readU16(cookie, 2));
  const helloHash = cookie.slice(hashAt, macAt);
  return decoded({
    retried: { suite, group, helloHash, cookie: cookie.slice() },
    content: cookie.subarray(0, macAt),
    mac: cookie.subarray(macAt),
  });
}
