import {
  type CheckResult,
  checkAnnounced,
  checkClock,
  checkIceServers,
  checkNat,
  checkSignaling,
  checkTincan,
  checkTurn,
  checkTurnPassword,
  checkWebSocket,
  type HandedOut,
  handedOut,
  isTranslated,
  type SignalingOutcome,
  type TurnOutcome,
} from "@tincan/doctor";
import { isPrivateIp, withoutBrackets } from "@tincan/webrtc/wire";
import { checkCertificate } from "./checks/certificate.ts";
import { checkMachine, type Machine, type ServerSettings } from "./checks/machine.ts";
import { checkName } from "./checks/name.ts";
import { checkIpv6, checkReach, openAddresses } from "./checks/reach.ts";
import type { ConnectOutcome, Probes } from "./probes/probes.ts";

/** What is examined. */
export interface Patient {
  readonly url: URL;
  /** The server's own side, where the doctor runs beside it. */
  readonly server?: { readonly settings: ServerSettings; readonly machine: Machine };
}

/** Makes all checks; `tell` hears of each as soon as it is made. */
export async function examine(
  { url, server }: Patient,
  probes: Probes,
  tell: (result: CheckResult) => void = () => {},
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const add = (...some: readonly CheckResult[]): void => {
    for (const one of some) {
      results.push(one);
      tell(one);
    }
  };
  const host = withoutBrackets(url.hostname);
  const ips = await probes.resolve(host);
  const reached = await connectAll(ips, portOf(url), probes);
  const [ip] = openAddresses(reached);
  if (server !== undefined) {
    const reach = ip === undefined ? ([...reached.values()][0] ?? "silent") : "open";
    add(...checkMachine(server.settings, server.machine, ips, reach));
  }
  add(checkName(host, ips));
  if (ips.length > 0) add(checkReach(url, reached));

  const place = ip === undefined ? undefined : { url, ip };
  const isSecure = url.protocol === "https:";
  const certificate = place && isSecure ? await probes.certificate(place) : undefined;
  add(checkCertificate(url, certificate, probes.unixTime()));
  // Where TLS itself does not come about, nothing inside it will.
  const web = certificate?.type === "failed" ? undefined : place;
  const health = web && (await probes.health(web));
  const isTincan = health?.type === "answered" && health.isTincan;
  add(checkClock(health, probes.unixTime()), checkTincan(url, health));

  const visited = isTincan ? web : undefined;
  const upgrade = visited && (await probes.upgrade(visited));
  add(checkWebSocket(upgrade));
  const signaling = visited && (await probes.signaling(visited));
  add(checkSignaling(signaling));

  const handed = iceServersOf(signaling);
  add(checkIceServers(handed));
  const [asked, isStrict] = await Promise.all([
    askAll(handed, probes),
    visited && probes.strictNat(visited),
  ]);
  add(...checkTurn(asked));
  add(await tryWrongPassword(handed, asked.turn, probes));
  const hasRelay = [...asked.turn.values()].some(({ type }) => type === "allocated");
  add(checkNat({ isTranslated: isTranslated(asked.stun.values()), isStrict, hasRelay }));
  add(
    checkAnnounced({ ips, isPublic: ips.some((one) => !isPrivateIp(one)) }, asked.turn),
    checkIpv6(host, reached),
  );
  return results;
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === "https:" ? 443 : 80));
}

async function connectAll(
  ips: readonly string[],
  port: number,
  probes: Probes,
): Promise<ReadonlyMap<string, ConnectOutcome>> {
  const some = ips.slice(0, MAX_ADDRESSES);
  return new Map(
    await Promise.all(some.map(async (ip) => [ip, await probes.connect(ip, port)] as const)),
  );
}

/** More addresses of one server tell nothing new. */
const MAX_ADDRESSES = 8;

function iceServersOf(signaling: SignalingOutcome | undefined): HandedOut | undefined {
  return signaling?.type === "met" ? handedOut(signaling.iceServers) : undefined;
}

async function askAll(handed: HandedOut | undefined, probes: Probes) {
  const [stun, turn] = await Promise.all([
    Promise.all((handed?.stun ?? []).map(async (url) => [url, await probes.stun(url)] as const)),
    Promise.all(
      (handed?.turn ?? []).map(
        async ({ url, ...credentials }) => [url, await probes.turn(url, credentials)] as const,
      ),
    ),
  ]);
  return { stun: new Map(stun), turn: new Map(turn), hasIpv6: probes.hasIpv6() };
}

async function tryWrongPassword(
  handed: HandedOut | undefined,
  turn: ReadonlyMap<string, TurnOutcome>,
  probes: Probes,
): Promise<CheckResult> {
  const good = handed?.turn.find(({ url }) => turn.get(url)?.type === "allocated");
  if (good === undefined) return checkTurnPassword("", undefined);
  const { url, username } = good;
  return checkTurnPassword(url, await probes.turn(url, { username, password: WRONG_PASSWORD }));
}

const WRONG_PASSWORD = "not-the-password";
