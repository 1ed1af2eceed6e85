import { type CheckResult, fault, good, skipped, warning } from "@tincan/doctor";
import { isPrivateIp } from "@tincan/webrtc/wire";
import { readExternalIp, readPortRange } from "../../turn/turn-kinds.ts";
import type { ConnectOutcome } from "../probes/probes.ts";

/** What of a server's settings is compared with the machine. */
export interface ServerSettings {
  readonly domain: string | undefined;
  readonly port: number;
  readonly turnPort: number;
  readonly externalIp: readonly string[];
  readonly relayPorts: string;
  readonly hasTurn: boolean;
}

/** What the machine is like. */
export interface Machine {
  readonly networkIps: readonly string[];
  /** What kind of container this is, if it is one. */
  readonly container: string | undefined;
  /** How many files a process may hold open, where the system says. */
  readonly openFiles: number | undefined;
  /** What holds the HTTPS port; looked at only where the server does not answer. */
  readonly port: "free" | "taken";
}

/** Looks from the server's side. */
export function checkMachine(
  settings: ServerSettings,
  machine: Machine,
  nameIps: readonly string[],
  reach: ConnectOutcome,
): readonly CheckResult[] {
  return [
    checkContainer(settings, machine),
    checkFileLimit(machine),
    checkRelayRange(settings),
    checkExternalIp(settings, machine),
    checkNameTarget(settings, machine, nameIps),
    checkPort(settings, machine, reach),
  ];
}

function checkContainer(
  { hasTurn, externalIp }: ServerSettings,
  { container, networkIps }: Machine,
): CheckResult {
  if (container === undefined) return good("container", { container: "no" });
  const facts = { container, addresses: networkIps };
  const isHidden = networkIps.length > 0 && networkIps.every(isBridged);
  if (!hasTurn || externalIp.length > 0 || !isHidden) return good("container", facts);
  return fault("container", "container-address", { address: networkIps[0] ?? "" }, facts);
}

/** Docker gives its bridges 172.17.0.0/16 and up, Podman 10.88.0.0/16; a host's network shows others. */
function isBridged(ip: string): boolean {
  return /^172\.(1[7-9]|2[0-9]|3[01])\.|^10\.88\.|^f[cd]/.test(ip);
}

function checkFileLimit({ openFiles }: Machine): CheckResult {
  if (openFiles === undefined) return skipped("file-limit", "not-told");
  const facts = { openFiles };
  if (openFiles >= ENOUGH_FILES) return good("file-limit", facts);
  return warning("file-limit", "file-limit", { limit: String(openFiles) }, facts);
}

/** Each connection and each relay is one. */
const ENOUGH_FILES = 4096;

function checkRelayRange({ hasTurn, relayPorts, turnPort }: ServerSettings): CheckResult {
  const range = readPortRange(relayPorts);
  if (!hasTurn || range === undefined) return skipped("relay-range", "relays-nothing");
  const count = range.last - range.first + 1;
  const facts = { ports: relayPorts, count };
  const isShared = range.first <= turnPort && turnPort <= range.last;
  if (count >= ENOUGH_PORTS && !isShared) return good("relay-range", facts);
  return warning("relay-range", "few-relay-ports", { ports: relayPorts, count: `${count}` }, facts);
}

/** A call takes up to four, and a browser that starts again holds the old ones for minutes. */
const ENOUGH_PORTS = 100;

function checkExternalIp(settings: ServerSettings, { networkIps }: Machine): CheckResult {
  const { hasTurn, externalIp, domain } = settings;
  if (!hasTurn) return skipped("external-ip", "relays-nothing");
  const given = externalIp.flatMap((text) => readExternalIp(text) ?? []);
  for (const { external, internal } of given) {
    if (internal !== undefined && !networkIps.includes(internal)) {
      const about = { external, internal, own: networkIps.join(", ") };
      return fault("external-ip", "stray-external-ip", about, { addresses: networkIps });
    }
  }
  const announced = given.length > 0 ? given.map(({ external }) => external) : networkIps;
  const facts = { announced, addresses: networkIps };
  const isMeantForAll = domain !== undefined || given.length > 0;
  if (isMeantForAll && announced.length > 0 && announced.every(isPrivateIp)) {
    return fault("external-ip", "private-address", { address: announced[0] ?? "" }, facts);
  }
  return good("external-ip", facts);
}

function checkNameTarget(
  { domain, externalIp }: ServerSettings,
  { networkIps }: Machine,
  nameIps: readonly string[],
): CheckResult {
  if (domain === undefined || nameIps.length === 0) {
    return skipped("name-target", "has-no-name");
  }
  const externals = externalIp.flatMap((text) => readExternalIp(text)?.external ?? []);
  const mine = [...networkIps, ...externals];
  const facts = { points: nameIps, mine };
  if (nameIps.some((ip) => mine.includes(ip))) return good("name-target", facts);
  // Behind a NAT nobody here knows the outer address, unless it was said.
  if (externals.length === 0 && networkIps.every(isPrivateIp)) {
    return skipped("name-target", "outer-unknown");
  }
  const about = { host: domain, points: nameIps.join(", "), mine: mine.join(", ") };
  return warning("name-target", "name-points-elsewhere", about, facts);
}

function checkPort({ port }: ServerSettings, machine: Machine, reach: ConnectOutcome): CheckResult {
  if (reach === "open") return good("port", { port, listens: true });
  const facts = { port, state: machine.port };
  const about = { port: String(port) };
  return machine.port === "free"
    ? fault("port", "server-not-running", about, facts)
    : fault("port", "port-taken", about, facts);
}
