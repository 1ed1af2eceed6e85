/** What both sides put in; fingerprints in any order, nonces as hexadecimal text. */
export interface StringInput {
  /** SHA-256 of both DTLS certificates, as upper-case hexadecimal pairs with colons (RFC 8122 §5). */
  readonly fingerprints: readonly [string, string];
  /** Of the side that has committed itself to it. */
  readonly committedNonce: string;
  readonly answeringNonce: string;
}

/** How many signs a string has, 8 bits each. */
export const SYMBOL_COUNT = 5;

/** The signs that both people see, as indices from 0 to 255; the same for both only with the same input. */
export async function authenticationString(input: StringInput): Promise<readonly number[]> {
  const { fingerprints, committedNonce, answeringNonce } = input;
  const [low, high] = fingerprints.toSorted();
  const text = ["tincan-sas-1", low, high, committedNonce, answeringNonce].join("\n");
  return [...(await sha256(new TextEncoder().encode(text))).subarray(0, SYMBOL_COUNT)];
}

/** What a side says first, so that it cannot choose its nonce by the other's. */
export async function commitmentTo(nonce: string): Promise<string> {
  return hex(await sha256(new TextEncoder().encode(`tincan-sas-1 commitment\n${nonce}`)));
}

/** 256 random bits. */
export function randomNonce(): string {
  return hex(crypto.getRandomValues(new Uint8Array(32)));
}

/** The fingerprint of a certificate in DER, as session descriptions have it. */
export async function fingerprintOf(certificate: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(await sha256(certificate), (byte) => hex([byte]).toUpperCase()).join(":");
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
