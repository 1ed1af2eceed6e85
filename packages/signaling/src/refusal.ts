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
  locked: "The room is locked.",
  "not-admitted": "Nobody let you in.",
  "password-needed": "The room has a password.",
  "wrong-password": "The room has another password.",
  removed: "The host has removed you from the room.",
  "not-host": "Only the host of the room can do this.",
  "no-such-knock": "Nobody waits under this id any more.",
  "no-free-seat": "Every seat in the room is taken.",
  "too-many-knocks": "Too many people wait already; try again in a moment.",
};
