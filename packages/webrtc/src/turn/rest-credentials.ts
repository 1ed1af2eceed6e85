import { type Crypto, toUtf8 } from "../wire/index.ts";

/** Credentials that end by themselves, as a web service hands them out (draft-uberti-behave-turn-rest-00 §2.2). */
export interface RestCredentials {
  readonly username: string;
  readonly password: string;
}

/** What stands between the expiry and the id in a user name, coturn's `rest-api-separator`. */
export const defaultRestSeparator = ":";

/** Makes credentials for `id` that are good until `expiresAtS`, in seconds of Unix time. */
export function makeRestCredentials(
  crypto: Crypto,
  secret: string,
  id: string,
  expiresAtS: number,
  separator: string = defaultRestSeparator,
): RestCredentials {
  const username = `${Math.floor(expiresAtS)}${separator}${id}`;
  return { username, password: restPassword(crypto, secret, username) };
}

/** The password that belongs to a user name: base64 of an HMAC-SHA1, with padding. */
export function restPassword(crypto: Crypto, secret: string, username: string): string {
  return base64(crypto.hmac("sha1", toUtf8(secret), toUtf8(username)));
}

/** What a user name says: when it ends, and whose it is. */
export interface RestUsername {
  readonly expiresAtS: number;
  readonly id: string;
}

/** Reads `expiry:id`, or `expiry` alone; `undefined` where it is another kind of name. */
export function parseRestUsername(
  username: string,
  separator: string = defaultRestSeparator,
): RestUsername | undefined {
  const at = username.indexOf(separator);
  const expiry = at < 0 ? username : username.slice(0, at);
  if (!/^[0-9]{1,12}$/.test(expiry)) return undefined;
  return {
    expiresAtS: Number(expiry),
    id: at < 0 ? "" : username.slice(at + separator.length),
  };
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits =
      ((bytes[i] as number) << 16) |
      ((left > 1 ? (bytes[i + 1] as number) : 0) << 8) |
      (left > 2 ? (bytes[i + 2] as number) : 0);
    for (let k = 0; k < 4; k += 1) {
      text += k <= left ? (alphabet[(bits >> (18 - 6 * k)) & 63] as string) : "=";
    }
  }
  return text;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
