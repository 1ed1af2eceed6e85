import type { HealthOutcome, UpgradeOutcome } from "@tincan/doctor";

/** Asks `/healthz`, as the command does. */
export async function probeHealth(server: URL, signal: AbortSignal): Promise<HealthOutcome> {
  try {
    const [health, polling] = await Promise.all([
      fetch(new URL("/healthz", server), { signal, cache: "no-store" }),
      fetch(new URL("/socket.io/?EIO=4&transport=polling", server), { signal, cache: "no-store" }),
    ]);
    const told = Date.parse(health.headers.get("date") ?? "");
    const [body, packet] = [await health.text(), await polling.text()];
    return {
      type: "answered",
      status: health.status,
      date: Number.isNaN(told) ? undefined : told,
      // Many servers say that they are well; ours speaks Engine.IO too, whose handshake packet is "0{...}".
      isTincan:
        health.status === 200 &&
        /"status"\s*:\s*"ok"/.test(body) &&
        polling.status === 200 &&
        packet.startsWith("0{"),
      software: health.headers.get("server") ?? `HTTP ${health.status}`,
    };
  } catch (error) {
    return { type: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}

/** Opens a WebSocket at socket.io's path. A page is not told why it fails. */
export async function probeUpgrade(server: URL, patienceMs: number): Promise<UpgradeOutcome> {
  const url = new URL("/socket.io/?EIO=4&transport=websocket", server);
  url.protocol = server.protocol === "https:" ? "wss:" : "ws:";
  const start = performance.now();
  const socket = new WebSocket(url);
  const opened = await new Promise<boolean>((resolve) => {
    socket.onmessage = () => resolve(true);
    socket.onerror = () => resolve(false);
    socket.onclose = () => resolve(false);
    setTimeout(() => resolve(false), patienceMs);
  });
  socket.close();
  if (opened) return { type: "upgraded", ms: Math.round(performance.now() - start) };
  return { type: "failed", why: "none" };
}
