/**
 * What can be wrong, the roots before what follows from them: of several that are found, the first
 * one here is named. Without a name there is no connection, without a connection no certificate, and so on.
 */
export const CAUSES = [
  "name-unknown",
  "server-not-running",
  "port-taken",
  "server-unreachable",
  "not-https",
  "clock-wrong",
  "certificate-expired",
  "certificate-not-yet-valid",
  "certificate-wrong-name",
  "certificate-untrusted",
  "insecure-page",
  "not-tincan",
  "origin-refused",
  "draining",
  "websocket-blocked",
  "signaling-broken",
  "no-ice-servers",
  "stun-only",
  "container-address",
  "stray-external-ip",
  "private-address",
  "turn-secret-wrong",
  "turn-name-unknown",
  "turn-down",
  "udp-blocked",
  "relay-blocked",
  "turn-certificate",
  "turn-port-closed",
  "turn-full",
  "turn-refused",
  "stun-silent",
  "ipv6-broken",
  "name-points-elsewhere",
  "turn-open",
  "certificate-ends-soon",
  "clock-off",
  "file-limit",
  "few-relay-ports",
  "certificate-self-signed",
] as const;

/** One thing that can be wrong. */
export type CauseId = (typeof CAUSES)[number];
