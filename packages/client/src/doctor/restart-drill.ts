import type { Loopback } from "./loopback.ts";

/** Makes a connection look for another path, and answers how long it took until bytes came back on it. */
export async function drillRestart(
  loop: Loopback,
  patienceMs: number,
): Promise<{ ms: number } | { why: string }> {
  const [a] = loop.ends;
  const before = ufragOf(a);
  const start = performance.now();
  a.restartIce();
  await loop.negotiate();
  const end = start + patienceMs;
  while (performance.now() < end) {
    if (isOnNewPath(a, before)) {
      const back = await loop.echo(end - performance.now());
      return back === undefined
        ? { why: "no-echo" }
        : { ms: Math.round(performance.now() - start) };
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return { why: a.iceConnectionState };
}

function isOnNewPath(connection: RTCPeerConnection, before: string | undefined): boolean {
  if (!/^(connected|completed)$/.test(connection.iceConnectionState)) return false;
  const transport = connection.sctp?.transport.iceTransport;
  // Not every browser shows the pair; what was negotiated has to do there.
  const pair = transport?.getSelectedCandidatePair?.();
  const now = pair?.local?.usernameFragment ?? ufragOf(connection);
  return now !== before;
}

function ufragOf(connection: RTCPeerConnection): string | undefined {
  return /^a=ice-ufrag:(.*)$/m.exec(connection.localDescription?.sdp ?? "")?.[1]?.trim();
}
