import { parseRoomId } from "@tincan/signaling";
import { TincanError } from "../error.ts";

/**
 * What stands for a room's password at the server (PROTOCOL.md, Passwords). Throws `malformed`,
 * `bad-room-name`, and `unsupported` where there is no WebCrypto.
 */
export async function passwordVerifier(room: string, password: string): Promise<string> {
  const text = password.normalize("NFC");
  if (text === "" || text.length > MAX_PASSWORD) {
    throw new TincanError("malformed", `A password has 1 to ${MAX_PASSWORD} characters.`);
  }
  const id = parseRoomId(room);
  if (!id.ok) {
    throw new TincanError("bad-room-name", "A room's name has 1 to 64 letters, digits, - and _.");
  }
  if (globalThis.crypto?.subtle === undefined) {
    throw new TincanError("unsupported", "A password needs WebCrypto: https, or localhost.");
  }
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(text), "PBKDF2", false, [
    "deriveBits",
  ]);
  const salt = bytes.encode(`tincan room ${id.value}`);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  const bits = await crypto.subtle.deriveBits(derivation, key, 256);
  return btoa(String.fromCharCode(...new Uint8Array(bits)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace("=", "");
}

const MAX_PASSWORD = 256;

/** PROTOCOL.md, Passwords */
const ITERATIONS = 600_000;
