import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import type { Echo, TurnOutcome } from "@tincan/doctor";
import { type Credentials, parseStunUri } from "@tincan/webrtc/stun";
import { formatAddress, type TransportAddress } from "@tincan/webrtc/wire";
import { CarrierEnded, TurnSession } from "./turn-session.ts";

export interface TurnProbeOptions {
  readonly credentials: Credentials;
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly patienceMs: number;
  readonly interrupted: AbortSignal;
  /** Whether an address is this machine's. */
  readonly isHere: (ip: string) => boolean;
}

/** Makes two allocations at a TURN server and sends bytes through them, there and back. */
export async function probeTurn(url: string, options: TurnProbeOptions): Promise<TurnOutcome> {
  const { credentials, resolve, patienceMs, interrupted, isHere } = options;
  const server = parseStunUri(url.replace(/^turn/, "stun"));
  if (server === undefined) return { type: "rejected", why: "unreadable" };
  const ips = await resolve(server.host);
  const ip = ips.find((one) => isIP(one) === 4) ?? ips[0];
  if (ip === undefined) return { type: "unresolved" };
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(patienceMs)]);
  const start = performance.now();
  const [amy, bob] = [0, 1].map(() => new TurnSession(server, ip, credentials, signal)) as [
    TurnSession,
    TurnSession,
  ];
  try {
    const [first, second] = await Promise.all([amy.allocate(), bob.allocate()]);
    if (first.type === "ended") return outcomeOf(first);
    if (second.type === "ended") return outcomeOf(second);
    const ms = Math.round(performance.now() - start);
    const [mine, yours] = [first.relayed[0], second.relayed[0]];
    if (mine === undefined || yours === undefined) return { type: "rejected", why: "no relay" };
    const { mapped } = first;
    const fromHere: Promise<Echo> | Echo =
      mapped === undefined ? "forbidden" : echoOutside(bob, yours, mapped.ip, patienceMs / 2);
    const [between, echo] = await Promise.all([
      echoBetween([amy, mine], [bob, yours], patienceMs / 2),
      fromHere,
    ]);
    // At its own machine a relay may reach relays alone: what gets lost there says nothing of its ports.
    const isInside = isHere(ip) || mapped?.ip === yours.ip;
    const outside = echo === "lost" && isInside ? "forbidden" : echo;
    return { type: "allocated", relayed: formatAddress(mine), ms, between, outside };
  } catch (error) {
    if (!(error instanceof CarrierEnded)) throw error;
    const { end } = error;
    return end.type === "certificate" ? end : { type: "unreachable", how: end.type };
  } finally {
    amy.close();
    bob.close();
  }
}

function outcomeOf({ reason, code }: { reason: string; code: number | undefined }): TurnOutcome {
  if (reason === "unauthorized") return { type: "unauthorized" };
  if (reason === "no-capacity") return { type: "full" };
  if (reason === "timeout") return { type: "unreachable", how: "silent" };
  return { type: "rejected", why: code === undefined ? reason : `${reason} (${code})` };
}

type End = readonly [TurnSession, TransportAddress];

/** From one relay to the other and back: shows that the server relays at all. */
async function echoBetween([amy, mine]: End, [bob, yours]: End, patienceMs: number): Promise<Echo> {
  const permissions = await Promise.all([amy.permit(yours.ip), bob.permit(mine.ip)]);
  if (permissions.some(({ type }) => type !== "permitted")) return "forbidden";
  const token = randomBytes(16);
  const stop = bob.listen((event) => {
    if (event.type === "data" && token.equals(event.data)) bob.send(event.peer, event.data);
  });
  const echo = await repeat(patienceMs, (done) => {
    const unlisten = amy.listen((event) => {
      if (event.type === "data" && token.equals(event.data)) done();
    });
    return { send: () => amy.send(yours, token), end: unlisten };
  });
  stop();
  return echo;
}

/** From a socket of this machine to the relay and back, the way on which peers come: shows that its ports are open. */
async function echoOutside(
  session: TurnSession,
  relayed: TransportAddress,
  ownIp: string,
  patienceMs: number,
): Promise<Echo> {
  const permission = await session.permit(ownIp);
  if (permission.type !== "permitted") return "forbidden";
  const token = randomBytes(16);
  const socket = createSocket(isIP(relayed.ip) === 6 ? "udp6" : "udp4");
  // What the network says of a datagram, silence says too.
  socket.on("error", () => undefined);
  const stop = session.listen((event) => {
    if (event.type === "data" && token.equals(event.data)) session.send(event.peer, event.data);
  });
  const echo = await repeat(patienceMs, (done) => {
    socket.on("message", (bytes) => {
      if (token.equals(bytes)) done();
    });
    return {
      send: () => socket.send(token, relayed.port, relayed.ip, () => undefined),
      end: () => socket.close(),
    };
  });
  stop();
  return echo;
}

/** Sends until there is an echo or patience is over: a lost datagram is no fault yet. */
function repeat(
  patienceMs: number,
  start: (done: () => void) => { send: () => void; end: () => void },
): Promise<Echo> {
  return new Promise((resolve) => {
    const finish = (echo: Echo): void => {
      clearInterval(interval);
      clearTimeout(limit);
      end();
      resolve(echo);
    };
    const { send, end } = start(() => finish("echoed"));
    const interval = setInterval(send, BETWEEN_SENDINGS_MS);
    const limit = setTimeout(() => finish("lost"), patienceMs);
    send();
  });
}

const BETWEEN_SENDINGS_MS = 200;
