import type { Echo, StunOutcome, TurnOutcome, TurnUrl } from "@tincan/doctor";
import { isPrivateIp } from "@tincan/webrtc/wire";
import { candidatesOf, type Gathered, gather, ipOf } from "./gather.ts";
import { Loopback, type LoopbackEnd } from "./loopback.ts";
import { familyOf } from "./matrix.ts";

export interface IceProbeOptions {
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks a STUN server what it sees; where that is our own address, the browser says nothing, and no error either. */
export async function probeStun(url: string, options: IceProbeOptions): Promise<StunOutcome> {
  const gathered = await gather([{ urls: url }], {
    ...options,
    until: (event) => event.kind === "candidate" && event.type === "srflx",
  });
  const candidates = candidatesOf(gathered);
  const mapped = candidates.find(({ type }) => type === "srflx");
  const { ms } = mapped ?? gathered;
  if (mapped !== undefined) {
    return { type: "answered", mapped: place(mapped), isTranslated: true, ms };
  }
  const errors = gathered.events.filter((event) => event.kind === "error");
  const hosts = candidates.filter(({ type, protocol }) => type === "host" && protocol === "udp");
  if (gathered.complete && errors.length === 0 && hosts.length > 0) {
    return { type: "answered", mapped: undefined, isTranslated: false, ms };
  }
  return { type: "failed", why: errors[0]?.text || "silent" };
}

/** What one TURN URL came to, and what only a connection on it can tell. */
export interface TurnProbe {
  readonly outcome: TurnOutcome;
  /** How long a connection through two relays took, and one from here straight to a relay. */
  readonly betweenMs?: number | undefined;
  readonly outsideMs?: number | undefined;
  /** As what kind of candidate the relay saw us: `prflx` is an address that STUN had not told. */
  readonly seenAs?: RTCIceCandidateType | undefined;
}

/** Makes allocations with one URL, and connections through them, with bytes echoed. */
export async function probeTurn(
  server: TurnUrl,
  stun: readonly string[],
  options: IceProbeOptions,
): Promise<TurnProbe> {
  const gathered = await allocate(server, options);
  const [relay] = candidatesOf(gathered);
  if (relay === undefined) return { outcome: await failure(server, gathered, options) };
  const start = performance.now();
  const between = await Loopback.open(relayEnd(server), relayEnd(server), options);
  const betweenMs = between && Math.round(performance.now() - start);
  between?.[Symbol.dispose]();
  const outside = await connectOutside(server, relay.address, stun, options);
  return {
    outcome: {
      type: "allocated",
      relayed: place(relay),
      ms: relay.ms,
      between: between === undefined ? "lost" : "echoed",
      outside: outside.echo,
    },
    betweenMs,
    outsideMs: outside.ms,
    seenAs: outside.seenAs,
  };
}

/** Whether a server lets in somebody with these credentials. */
export async function probePassword(
  server: TurnUrl,
  options: IceProbeOptions,
): Promise<TurnOutcome> {
  const gathered = await allocate(server, options);
  const [relay] = candidatesOf(gathered);
  if (relay === undefined) return outcomeOf(server, gathered);
  const { ms } = relay;
  return {
    type: "allocated",
    relayed: place(relay),
    ms,
    between: "forbidden",
    outside: "forbidden",
  };
}

/** An end that can be reached through the relay alone. */
export function relayEnd(server: TurnUrl): LoopbackEnd {
  return {
    config: { iceServers: [rtcServer(server)], iceTransportPolicy: "relay" },
    tells: () => true,
  };
}

function rtcServer({ url, username, password }: TurnUrl): RTCIceServer {
  return { urls: url, username, credential: password };
}

function allocate(server: TurnUrl, options: IceProbeOptions): Promise<Gathered> {
  return gather([rtcServer(server)], {
    ...options,
    policy: "relay",
    until: (event) => event.kind === "candidate" || (event.code !== UNREACHED && event.code !== 0),
  });
}

/** Not a code of STUN's: the browser did not reach the server (W3C WebRTC §4.8.3). */
const UNREACHED = 701;

/**
 * A browser does not say whether a TLS connection failed by its certificate. Where the same port takes TURN without
 * TLS, as ours does, the port is open, and the certificate is left.
 */
async function failure(
  server: TurnUrl,
  gathered: Gathered,
  options: IceProbeOptions,
): Promise<TurnOutcome> {
  const outcome = outcomeOf(server, gathered);
  const match = /^turns:(.*?)(\?.*)?$/.exec(server.url);
  if (outcome.type !== "unreachable" || match === null) return outcome;
  const plain = await probePassword({ ...server, url: `turn:${match[1]}?transport=tcp` }, options);
  if (plain.type === "unreachable" || plain.type === "unresolved") return outcome;
  return { type: "certificate", why: "TLS fails on a port that answers without it" };
}

function outcomeOf({ url }: TurnUrl, { events, complete }: Gathered): TurnOutcome {
  const errors = events.filter((event) => event.kind === "error");
  const answer = errors.find(({ code }) => code !== UNREACHED && code !== 0);
  if (answer?.code === 401 || answer?.code === 441) return { type: "unauthorized" };
  if (answer?.code === 486 || answer?.code === 508) return { type: "full" };
  if (answer !== undefined) {
    return { type: "rejected", why: `${answer.text} (${answer.code})` };
  }
  if (errors.some(({ text }) => /host lookup/i.test(text))) return { type: "unresolved" };
  // Nobody refuses UDP: what is refused was a TCP connection.
  const isUdp = !/^turns:|transport=tcp/.test(url);
  return { type: "unreachable", how: complete && !isUdp ? "refused" : "silent" };
}

/** From an address of this machine straight to the relay, the way on which peers come. */
async function connectOutside(
  server: TurnUrl,
  relayIp: string,
  stun: readonly string[],
  options: IceProbeOptions,
): Promise<{ echo: Echo; ms?: number; seenAs?: RTCIceCandidateType | undefined }> {
  let canBePermitted = false;
  const start = performance.now();
  const loop = await Loopback.open(
    relayEnd(server),
    {
      config: { iceServers: stun.length > 0 ? [{ urls: [...stun] }] : [] },
      tells: (candidate) => {
        if (candidate.protocol !== "udp") return false;
        canBePermitted ||= isStranger(ipOf(candidate), relayIp);
        return true;
      },
    },
    { ...options, secondGathersFirst: true },
  );
  // A relay for the public does not send to private addresses, and says so to nobody but the browser.
  if (loop === undefined) return { echo: canBePermitted ? "lost" : "forbidden" };
  const ms = Math.round(performance.now() - start);
  const seenAs = await loop.seenAs();
  loop[Symbol.dispose]();
  return { echo: "echoed", ms, seenAs };
}

/**
 * Whether a relay for the public surely sends to an address: it is of the relay's family, and neither private nor the
 * relay's own machine.
 */
export function isStranger(ip: string, relayIp: string): boolean {
  if (ip === "" || ip.endsWith(".local") || ip === relayIp) return false;
  return familyOf(ip) === familyOf(relayIp) && !isPrivateIp(ip);
}

function place({ address, port }: { address: string; port: number }): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
