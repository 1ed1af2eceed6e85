import type { RefusalCode, Refused } from "./messages.ts";

/** A refusal with its sentence for people. */
export function refusal(code: RefusalCode, retryAfterMs?: number): Refused {
  const refused = { type: "refused", code, message: SENTENCES[code] } as const;
  return retryAfterMs === undefined ? refused : { ...refused, retryAfterMs };
}

const SENTENCES: Readonly<Record<RefusalCode, string>> = {
  malformed: "The server does not understand this message.",
  "too-large": "The message is larger than 64 KiB.",
  "rate-limited": "Too many messages in a short time; try again in a moment.",
  "too-many-connections": "Too many connections are open; try again in a moment.",
  "too-many-rooms": "The server has no place for another room.",
  "already-in-room": "This connection has a seat already.",
  "not-in-room": "This connection has no seat in a room.",
  "no-such-peer": "There is no such peer in the room.",
  "out-of-order": "A message before this one is missing.",
  "bad-room-name": "A room's name has 1 to 64 letters, digits, - and _.",
  "unsupported-protocol": "The server does not speak this version of the protocol.",
  "origin-refused": "Pages of this origin may not use this server.",
  "shutting-down": "The server is shutting down.",
};
