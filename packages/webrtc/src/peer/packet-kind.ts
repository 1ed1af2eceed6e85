/** What shares a transport's address and port. */
export type PacketKind = "stun" | "turn-channel" | "dtls" | "srtp" | "unknown";

/** Tells packets apart by their first byte (RFC 7983 §7). */
export function packetKind(packet: Uint8Array): PacketKind {
  const first = packet[0] ?? 255;
  if (first <= 3) return "stun";
  if (first >= 20 && first <= 63) return "dtls";
  if (first >= 64 && first <= 79) return "turn-channel";
  return first >= 128 && first <= 191 ? "srtp" : "unknown";
}
