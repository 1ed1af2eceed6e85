import {
  type Asked,
  type CheckId,
  type CheckResult,
  checkAnnounced,
  checkClock,
  checkIceServers,
  checkLine,
  checkNat,
  checkSignaling,
  checkThroughput,
  checkTincan,
  checkTurn,
  checkTurnPassword,
  checkWebSocket,
  fault,
  good,
  type HandedOut,
  handedOut,
  isLocalHost,
  isTranslated,
  skipped,
} from "@tincan/doctor";
import { canonicalIp, isPrivateIp, withoutBrackets } from "@tincan/webrtc/wire";
import { prepareWebRtc } from "../webrtc-adapter.ts";
import { candidatesOf, type GatheringEvent, gather } from "./gather.ts";
import { Loopback } from "./loopback.ts";
import { familyOf, type MatrixCell, transportOf, wholeMatrix } from "./matrix.ts";
import { measureLine, measureThroughput } from "./measure-line.ts";
import { Meeting } from "./meeting.ts";
import { probePassword, probeStun, probeTurn, relayEnd, type TurnProbe } from "./probe-ice.ts";
import { fetchStunPair, probeMapping } from "./probe-mapping.ts";
import { probeHealth, probeUpgrade } from "./probe-web.ts";
import { drillRestart } from "./restart-drill.ts";

export interface ExamineOptions {
  /** The Tincan server; the page's own origin unless told. */
  readonly server?: string | URL;
  /** How long each answer is waited for; 6 s unless told. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  /** Hears of each check as soon as it is made. */
  readonly onResult?: (result: CheckResult) => void;
  /** Hears which checks are made now. */
  readonly onStep?: (checks: readonly CheckId[]) => void;
  /** Hears of each candidate that is gathered with the server's own `iceServers`. */
  readonly onGathering?: (event: GatheringEvent) => void;
}

export interface Examination {
  readonly results: readonly CheckResult[];
  readonly matrix: readonly MatrixCell[];
}

/**
 * Does what a call does, step by step, without camera and microphone, and says of each step how it went. Give the
 * results to `reachVerdict` for the one cause that the others follow from. Never throws for what is found.
 */
export async function examine(options: ExamineOptions = {}): Promise<Examination> {
  return new Examiner(options).run();
}

class Examiner {
  readonly #server: URL;
  readonly #patienceMs: number;
  readonly #options: ExamineOptions;
  readonly #results: CheckResult[] = [];
  readonly #tried: MatrixCell[] = [];

  constructor(options: ExamineOptions) {
    this.#server = new URL(options.server ?? location.origin, location.href);
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#options = options;
  }

  async run(): Promise<Examination> {
    this.#step("browser");
    const hasWebRtc = await this.#browser();
    this.#step("tincan", "clock");
    const isTincan = await this.#web();
    this.#step("websocket", "signaling", "ice-servers");
    const meeting = isTincan ? await this.#meet() : undefined;
    if (!isTincan) this.#add(checkWebSocket(undefined), checkSignaling(undefined));
    try {
      const handed = meeting && handedOut(meeting.iceServers);
      this.#add(checkIceServers(handed));
      if (hasWebRtc) await this.#connect(handed);
      this.#step("resume");
      await this.#resume(meeting);
    } finally {
      await meeting?.[Symbol.asyncDispose]();
    }
    return { results: this.#results, matrix: wholeMatrix(this.#tried) };
  }

  async #browser(): Promise<boolean> {
    const { hostname: host } = location;
    if (!isSecureContext && !isLocalHost(host)) {
      this.#add(fault("browser", "insecure-page", { host }, { secure: false }));
    }
    try {
      await prepareWebRtc();
    } catch {
      this.#add(fault("browser", "no-webrtc", {}, { webrtc: false }));
      return false;
    }
    if (isSecureContext) this.#add(good("browser", { secure: true, webrtc: true }));
    return true;
  }

  async #web(): Promise<boolean> {
    const health = await probeHealth(this.#server, this.#patience());
    if (health.type === "failed") {
      const place = this.#server.host;
      const about = { place, how: "failed" };
      this.#add(fault("tincan", "server-unreachable", about, { why: health.why }));
      this.#add(checkClock(undefined, Date.now()));
      return false;
    }
    this.#add(checkTincan(this.#server, health), checkClock(health, Date.now()));
    return health.isTincan;
  }

  async #meet(): Promise<Meeting | undefined> {
    const upgrade = await probeUpgrade(this.#server, this.#patienceMs);
    this.#add(checkWebSocket(upgrade));
    const met = await Meeting.hold(this.#server, 2 * this.#patienceMs);
    if (!(met instanceof Meeting)) {
      this.#add(checkSignaling(met));
      return undefined;
    }
    const { iceServers, ms } = met;
    const transport = upgrade.type === "upgraded" ? "websocket" : "polling";
    this.#add(checkSignaling({ type: "met", iceServers, ms, transport }));
    return met;
  }

  async #connect(handed: HandedOut | undefined): Promise<void> {
    this.#step("local", "stun", "turn-udp", "turn-tcp", "turn-tls", "relay-ports");
    const { stun = [], turn = [] } = handed ?? {};
    const options = { patienceMs: this.#patienceMs, signal: this.#options.signal };
    const [hasIpv6, isStrictByPorts, , asked, probes] = await Promise.all([
      this.#local(),
      this.#mapping(),
      this.#all(stun, turn),
      Promise.all(stun.map(async (url) => [url, await probeStun(url, STUN_OPTIONS)] as const)),
      Promise.all(
        turn.map(async (server) => [server, await probeTurn(server, stun, options)] as const),
      ),
    ]);
    const outcomes: Asked = {
      stun: new Map(asked),
      turn: new Map(probes.map(([{ url }, { outcome }]) => [url, outcome])),
      hasIpv6,
    };
    const answered = asked.flatMap(([, one]) => (one.type === "answered" ? [one] : []));
    const translated = isTranslated(outcomes.stun.values());
    this.#fillMatrix(probes, translated === true);
    this.#add(...checkTurn(outcomes));

    this.#step("turn-password", "announced", "nat");
    const best = bestOf(probes);
    const wrong = best && (await probePassword({ ...best, password: WRONG_PASSWORD }, options));
    this.#add(checkTurnPassword(best?.url ?? "", wrong));
    this.#add(
      checkAnnounced(this.#place(answered.flatMap(({ mapped }) => mapped ?? [])), outcomes.turn),
    );
    const seen = probes.flatMap(([, { seenAs }]) => seenAs ?? []);
    this.#add(
      checkNat({
        isTranslated: translated,
        // The relay is another port of the server, too, where there is no second one for STUN.
        isStrict: isStrictByPorts ?? (seen.length > 0 ? seen.includes("prflx") : undefined),
        hasRelay: best !== undefined,
      }),
    );
    this.#step("line", "throughput", "ice-restart");
    await this.#line(best);
  }

  /** Connects by host candidates alone; answers whether this machine has IPv6. */
  async #local(): Promise<boolean> {
    const families = new Set<4 | 6>();
    const gathered = candidatesOf(await gather([], { patienceMs: this.#patienceMs }));
    for (const { address } of gathered) families.add(familyOf(address));
    if (gathered.length === 0) {
      this.#add(fault("local", "webrtc-restricted", {}, { candidates: 0 }));
      return false;
    }
    const cells = await Promise.all([...families].map((family) => this.#byHost(family)));
    this.#tried.push(...cells);
    // A machine that does not reach itself may well reach others: a fact, and no fault.
    this.#add(
      good("local", Object.fromEntries(cells.map((one) => [`IPv${one.family}`, told(one)]))),
    );
    return gathered.some(({ address }) => address.includes(":") && !/^fe[89ab]/i.test(address));
  }

  async #byHost(family: 4 | 6): Promise<MatrixCell> {
    const tells = ({ type, protocol, address }: RTCIceCandidate): boolean =>
      type === "host" && protocol === "udp" && familyOf(address ?? "") === family;
    return tryCell({ type: "host", transport: "udp", family }, () =>
      Loopback.open({ tells }, { tells }, { patienceMs: this.#patienceMs }),
    );
  }

  async #mapping(): Promise<boolean | undefined> {
    const pair = await fetchStunPair(this.#server, this.#patience());
    return probeMapping(pair, this.#options.signal);
  }

  /** Gathers with all servers at once, as a call does. */
  async #all(stun: readonly string[], turn: HandedOut["turn"]): Promise<void> {
    const servers: RTCIceServer[] = turn.map(({ url, username, password }) => {
      return { urls: url, username, credential: password };
    });
    if (stun.length > 0) servers.push({ urls: [...stun] });
    const { onGathering: onEvent, signal } = this.#options;
    const patienceMs = this.#patienceMs;
    await gather(servers, { patienceMs, signal, onEvent });
  }

  #fillMatrix(
    probes: readonly (readonly [{ readonly url: string }, TurnProbe])[],
    isTranslated: boolean,
  ): void {
    for (const [{ url }, { outcome, betweenMs, outsideMs }] of probes) {
      const transport = transportOf(url);
      if (outcome.type !== "allocated") {
        this.#tried.push({ type: "relay", transport, family: 4, state: "failed" });
        continue;
      }
      const family = familyOf(outcome.relayed);
      const state = outcome.between === "echoed" ? "connected" : "failed";
      this.#tried.push({ type: "relay", transport, family, state, ms: betweenMs });
      if (!isTranslated || outcome.outside === "forbidden") continue;
      const outside = outcome.outside === "echoed" ? "connected" : "failed";
      this.#tried.push({ type: "srflx", transport: "udp", family, state: outside, ms: outsideMs });
    }
  }

  #place(mapped: readonly string[]): { ips: readonly string[]; isPublic: boolean } {
    const ip = canonicalIp(withoutBrackets(this.#server.hostname));
    const seen = mapped.flatMap((one) => canonicalIp(one.replace(/:\d+$/, "")) ?? []);
    // Whom a server sees at a public address comes to it over the internet.
    const isPublic = [...(ip === undefined ? seen : [ip])].some((one) => !isPrivateIp(one));
    return { ips: ip === undefined ? [] : [ip], isPublic };
  }

  async #line(best: HandedOut["turn"][number] | undefined): Promise<void> {
    const options = { patienceMs: this.#patienceMs, signal: this.#options.signal };
    const end = best === undefined ? { tells: () => true } : relayEnd(best);
    const open = (): Promise<Loopback | undefined> => Loopback.open(end, end, options);
    const line = best && (await open());
    if (best === undefined || line === undefined) {
      this.#add(skipped("line", "no-relay"));
      this.#add(skipped("throughput", "no-relay"));
    } else {
      await this.#measure(line, best.url).finally(() => line[Symbol.dispose]());
    }
    // On a connection of its own: what filled the line may be in the way on the first one for long.
    const fresh = await open();
    if (fresh === undefined) this.#add(skipped("ice-restart", "no-connection"));
    else await this.#drill(fresh).finally(() => fresh[Symbol.dispose]());
  }

  async #measure(loop: Loopback, via: string): Promise<void> {
    this.#add(checkLine({ ...(await measureLine(loop)), via }));
    this.#add(checkThroughput({ ...(await measureThroughput(loop)), via }));
  }

  async #drill(loop: Loopback): Promise<void> {
    const drill = await drillRestart(loop, this.#patienceMs);
    this.#add(
      "ms" in drill
        ? good("ice-restart", { ms: drill.ms })
        : fault("ice-restart", "restart-broken", { why: drill.why }, { why: drill.why }),
    );
  }

  async #resume(meeting: Meeting | undefined): Promise<void> {
    if (meeting === undefined) {
      this.#add(skipped("resume", "no-seat"));
      return;
    }
    const back = await meeting.resume(2 * this.#patienceMs);
    this.#add(
      "ms" in back
        ? good("resume", { ms: back.ms })
        : fault("resume", "resume-broken", { why: back.why }, { why: back.why }),
    );
  }

  #add(...results: readonly CheckResult[]): void {
    this.#options.signal?.throwIfAborted();
    for (const result of results) {
      this.#results.push(result);
      this.#options.onResult?.(result);
    }
  }

  #step(...checks: readonly CheckId[]): void {
    this.#options.signal?.throwIfAborted();
    this.#options.onStep?.(checks);
  }

  #patience(): AbortSignal {
    return AbortSignal.timeout(this.#patienceMs);
  }
}

const PATIENCE_MS = 6000;

/** Browsers say only when they give up that a server did not answer, and nothing where it has nothing new to tell. */
const STUN_OPTIONS = { patienceMs: 12_000 };

const WRONG_PASSWORD = "not-the-password";

/** The URL by which calls would go: bytes came back through it, over UDP if that can be. */
function bestOf(
  probes: readonly (readonly [HandedOut["turn"][number], TurnProbe])[],
): HandedOut["turn"][number] | undefined {
  const working = probes.filter(
    ([, { outcome }]) => outcome.type === "allocated" && outcome.between === "echoed",
  );
  const [best] = working.find(([{ url }]) => transportOf(url) === "udp") ?? working[0] ?? [];
  return best;
}

async function tryCell(
  cell: Pick<MatrixCell, "type" | "transport" | "family">,
  open: () => Promise<Loopback | undefined>,
): Promise<MatrixCell> {
  const start = performance.now();
  const loop = await open();
  if (loop === undefined) return { ...cell, state: "failed" };
  const ms = Math.round(performance.now() - start);
  loop[Symbol.dispose]();
  return { ...cell, state: "connected", ms };
}

function told({ state, ms }: MatrixCell): string {
  return state === "connected" ? `${ms} ms` : state;
}
