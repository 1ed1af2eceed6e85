import { type Decoded, decoded, fault } from "../wire/index.ts";

/** Alert descriptions (RFC 5246 §7.2, RFC 7301 §3.2). */
const codes = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  record_overflow: 22,
  handshake_failure: 40,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  no_renegotiation: 100,
  missing_extension: 109,
  unsupported_extension: 110,
  unrecognized_name: 112,
  certificate_required: 116,
  no_application_protocol: 120,
} as const;

/** What an alert says; `unknown` stands for a code that is none of ours. */
export type AlertDescription = keyof typeof codes | "unknown";

/** An alert; all but the warnings end the session (RFC 5246 §7.2). */
export interface Alert {
  readonly level: "warning" | "fatal";
  readonly description: AlertDescription;
}

/** What is wrong with an alert that does not parse. */
export type AlertFault = "malformed-alert";

const names = new Map(
  Object.entries(codes).map(([name, code]) => [code as number, name as AlertDescription]),
);

/** The two bytes of an alert (RFC 5246 §7.2). */
export function encodeAlert(level: Alert["level"], description: keyof typeof codes): Uint8Array {
  return Uint8Array.of(level === "warning" ? 1 : 2, codes[description]);
}

/** The alert that a record carries. */
export function decodeAlert(bytes: Uint8Array): Decoded<Alert, AlertFault> {
  const level = bytes[0];
  if (bytes.length !== 2 || (level !== 1 && level !== 2)) return fault("malformed-alert");
  const description = names.get(bytes[1] as number) ?? "unknown";
  return decoded({ level: level === 1 ? "warning" : "fatal", description });
}

/** The number that stands for an alert, if it is one of those with a name here. */
export function alertCode(description: AlertDescription): number | undefined {
  return description === "unknown" ? undefined : codes[description];
}

/** The alerts that we send. */
export type SentAlert = keyof typeof codes;
