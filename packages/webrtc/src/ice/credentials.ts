import { type Crypto, toUtf8 } from "../wire/index.ts";

/** A user name fragment and a password, which one generation of checks is made with (RFC 8445 §5.3). */
export interface IceCredentials {
  readonly ufrag: string;
  readonly password: string;
}

/** Fresh credentials: 48 bits in the fragment and 144 in the password, above the 24 and 128 of RFC 8445 §5.3. */
export function generateCredentials(crypto: Crypto): IceCredentials {
  return { ufrag: iceChars(crypto.random(8)), password: iceChars(crypto.random(24)) };
}

/** Whether they are those of the same generation. */
export function sameCredentials(a: IceCredentials | undefined, b: IceCredentials): boolean {
  return a?.ufrag === b.ufrag && a.password === b.password;
}

/** The key that STUN messages are protected with: the password of whom they are sent to (RFC 8445 §7.1.2). */
export function keyOf(credentials: IceCredentials): Uint8Array {
  return toUtf8(credentials.password);
}

/** One of the 64 `ice-char`s for each byte (RFC 8839 §5.4). */
function iceChars(bytes: Uint8Array): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let text = "";
  for (const byte of bytes) text += alphabet[byte & 63];
  return text;
}
