/** The STUN methods of TURN (RFC 8656 §17, RFC 6062 §6.1), errors, and numbers from elsewhere that they use. */
export const allocateMethod = 0x003;
export const refreshMethod = 0x004;
export const sendMethod = 0x006;
export const dataMethod = 0x007;
export const createPermissionMethod = 0x008;
export const channelBindMethod = 0x009;
export const connectMethod = 0x00a;
export const connectionBindMethod = 0x00b;
export const connectionAttemptMethod = 0x00c;

/** IP protocol numbers for REQUESTED-TRANSPORT (RFC 8656 §18.8, RFC 6062 §5.1). */
export const transportTcp = 6;
export const transportUdp = 17;

/** An address family as people number it. */
export type Family = 4 | 6;

/** The family of an address in text form. */
export function familyOf(ip: string): Family {
  return ip.includes(":") ? 6 : 4;
}

/** Families as TURN numbers them (RFC 8656 §18.6); `undefined` for any other number. */
export function familyFromCode(code: number): Family | undefined {
  if (code === 1) return 4;
  return code === 2 ? 6 : undefined;
}

/** The number of a family on the wire (RFC 8656 §18.6). */
export function familyCode(family: Family): number {
  return family === 4 ? 1 : 2;
}

/** The error codes that the server answers with (RFC 8489 §14.8, RFC 8656 §19, RFC 6062 §6.3, RFC 8016 §5). */
export type TurnErrorNumber =
  | 400
  | 401
  | 403
  | 405
  | 420
  | 437
  | 438
  | 440
  | 441
  | 442
  | 443
  | 446
  | 447
  | 486
  | 500
  | 508;

/** The reason phrases that belong to the error codes. */
export const reasonPhrases: Readonly<Record<TurnErrorNumber, string>> = {
  400: "Bad Request",
  401: "Unauthenticated",
  403: "Forbidden",
  405: "Mobility Forbidden",
  420: "Unknown Attribute",
  437: "Allocation Mismatch",
  438: "Stale Nonce",
  440: "Address Family not Supported",
  441: "Wrong Credentials",
  442: "Unsupported Transport Protocol",
  443: "Peer Address Family Mismatch",
  446: "Connection Already Exists",
  447: "Connection Timeout or Failure",
  486: "Allocation Quota Reached",
  500: "Server Error",
  508: "Insufficient Capacity",
};
