import { equalInConstantTime } from "./constant-time.ts";

/** The authentication code of a text under the server's key, as URL-safe text; comes in from outside. */
export type Mac = (text: string) => string;

/** What a resume token proves: who its holder is in the room, and which numbering it knows. */
export interface Claim {
  readonly peer: string;
  readonly session: string;
  /** When the room was opened (Unix ms): another time is another room, though the name be the same. */
  readonly opened: number;
  /** Since when the seat is taken (Unix ms). */
  readonly since: number;
}

/** Why a resume token proves nothing. */
export type ResumeTokenFault = "malformed" | "forged" | "expired";

/** How long a token is good for. Calls last longer than a day, and each new connection brings a new token. */
export const RESUME_TOKEN_LIFETIME_MS: number = 7 * 24 * 3600 * 1000;

/**
 * The token for a seat: `2.peer.session.expiry.opened.since.mac`. The room is under the code without being in
 * the token, for whoever shows it names the room anyway. `unixMs` is the time of day, as the
 * token outlives the server and its monotonic clock.
 */
export function issueResumeToken(room: string, claim: Claim, unixMs: number, mac: Mac): string {
  const expiry = Math.ceil((unixMs + RESUME_TOKEN_LIFETIME_MS) / 1000).toString(36);
  const times = `${expiry}.${claim.opened.toString(36)}.${claim.since.toString(36)}`;
  const payload = `${VERSION}.${claim.peer}.${claim.session}.${times}`;
  return `${payload}.${mac(covered(room, payload))}`;
}

/** What a token proves for a room, or why it proves nothing. */
export function readResumeToken(
  room: string,
  token: string,
  unixMs: number,
  mac: Mac,
):
  | { readonly ok: true; readonly value: Claim }
  | { readonly ok: false; readonly fault: ResumeTokenFault } {
  const parts = TOKEN.exec(token);
  if (parts === null) return { ok: false, fault: "malformed" };
  const [, payload, peer, session, expiry, opened, since, code] = parts as unknown as string[];
  if (!equalInConstantTime(mac(covered(room, payload as string)), code as string)) {
    return { ok: false, fault: "forged" };
  }
  if (Number.parseInt(expiry as string, 36) * 1000 <= unixMs)
    return { ok: false, fault: "expired" };
  const times = { opened: fromBase36(opened), since: fromBase36(since) };
  return { ok: true, value: { peer: peer as string, session: session as string, ...times } };
}

const VERSION = "2";

const TOKEN =
  /^(2\.([a-z0-9]{16})\.([a-z0-9]{8})\.([a-z0-9]{1,9})\.([a-z0-9]{1,9})\.([a-z0-9]{1,9}))\.([A-Za-z0-9_-]{16,128})$/;

function fromBase36(digits: string | undefined): number {
  return Number.parseInt(digits ?? "", 36);
}

/** What the code covers. A line break is in no name of a room, so that no two pairs read the same. */
function covered(room: string, payload: string): string {
  return `tincan resume token\n${room}\n${payload}`;
}
