/** One way on which a connection of this page with itself was tried. */
export interface MatrixCell {
  readonly type: "host" | "srflx" | "relay";
  /** How this browser reaches the other end or the relay. */
  readonly transport: "udp" | "tcp" | "tls";
  readonly family: 4 | 6;
  /** `none`: there is no such way from here. */
  readonly state: "connected" | "failed" | "none";
  /** Until bytes had come back. */
  readonly ms?: number | undefined;
}

/** All ways there are to try; what is not in `tried` is `none`. */
export function wholeMatrix(tried: readonly MatrixCell[]): readonly MatrixCell[] {
  return TYPES.flatMap((type) =>
    TRANSPORTS.flatMap((transport) =>
      FAMILIES.map((family) => {
        const mine = tried.filter(
          (cell) => cell.type === type && cell.transport === transport && cell.family === family,
        );
        return (
          mine.find(({ state }) => state === "connected") ??
          mine[0] ?? { type, transport, family, state: "none" as const }
        );
      }),
    ),
  );
}

const TYPES = ["host", "srflx", "relay"] as const;
const TRANSPORTS = ["udp", "tcp", "tls"] as const;
const FAMILIES = [4, 6] as const;

export function familyOf(address: string): 4 | 6 {
  return address.replace(/:\d+$/, "").includes(":") ? 6 : 4;
}

/** How a TURN URL is reached (RFC 7065 §3.1). */
export function transportOf(url: string): MatrixCell["transport"] {
  if (url.startsWith("turns:")) return "tls";
  return url.includes("transport=tcp") ? "tcp" : "udp";
}
