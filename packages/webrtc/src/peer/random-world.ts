/** One random world: two whole peers, what stands between them, and what has to hold. */
import { stunServer, turnServer } from "../ice/test-rig.ts";
import {
  type LinkOptions,
  type Nat,
  type NatKind,
  natKinds,
  TcpPath,
  World,
} from "../testing/index.ts";
import { talk } from "./random-talk.ts";
import { negotiate, seconds, TestPeer } from "./test-rig.ts";

export interface WorldResult {
  /** What did not hold, if anything. */
  readonly fault: string | undefined;
  /** What the world was like, and how long it took. */
  readonly story: string;
}

/** Two peers who are to talk, and what trouble can be made for them. */
export interface Neighbours {
  readonly world: World;
  readonly homes: readonly [Home, Home];
  readonly peers: readonly [TestPeer, TestPeer];
  /** The only way there is, where UDP is blocked. */
  readonly tcp: TcpPath | undefined;
}

/** Where a peer lives. */
export interface Home {
  readonly host: ReturnType<World["host"]>;
  readonly kind: NatKind | "none";
  readonly nat?: Nat;
}

const kinds: readonly [NatKind, ...NatKind[]] = [
  "full cone",
  "restricted",
  "port restricted",
  "symmetric",
];

/** Lives through one world; the same seed is the same world. */
export function runWorld(seed: number): WorldResult {
  const world = new World(seed);
  const { random } = world;
  const links = [randomLink(world), randomLink(world)] as const;
  const isTcpOnly = random.chance(0.08);
  const homes = links.map((link) => (isTcpOnly ? fenced(world) : home(world, link))) as [
    Home,
    Home,
  ];
  const hasTurn = random.chance(0.7);
  const servers = {
    stunServers: [stunServer(world)],
    turnServers: hasTurn ? [turnServer(world).address] : [],
  };
  const tcp = isTcpOnly ? tcpPath(world, homes) : undefined;
  const [a, b] = homes.map(({ host }, i) => {
    const end = tcp?.ends[i];
    return new TestPeer(world, host, { ...servers, ...(end && { tcp: end }) });
  }) as [TestPeer, TestPeer];
  const described = homes
    .map(({ kind, host }, i) => `${kind} ${host.ips.join("+")} ${JSON.stringify(links[i])}`)
    .join(" / ");
  const way = `${isTcpOnly ? "TCP alone, " : ""}${hasTurn ? "with" : "without"} TURN`;
  const troubles: string[] = [];
  const tell = (fault: string | undefined): WorldResult => ({
    fault,
    story: [described, way, ...troubles, `${world.now.toFixed(0)} ms`].join(", "),
  });
  a.open("numbers");
  negotiate(world, a, b, { delayMs: random.between(1, 300) });
  const isOpen = world.runUntil(120 * seconds, () => b.channels.length > 0);
  if (!isTcpOnly && !canConnect(homes, hasTurn)) return tell(undefined);
  if (!isOpen) return tell(`no channel: ${a.connection.connectionState}`);
  const fault = talk({ world, homes, peers: [a, b], tcp }, troubles);
  if (fault !== undefined) return tell(fault);
  a.run((one, now) => one.close(now));
  b.run((one, now) => one.close(now));
  world.run(seconds);
  const isQuiet = [a, b].every(({ connection }) => connection.deadline === undefined);
  return tell(isQuiet ? undefined : "does not come to rest");
}

function home(world: World, link: LinkOptions): Home {
  const { random } = world;
  const n = random.between(1, 60);
  const [ipv4, ipv6] = [`203.0.113.${n}`, `2001:db8::${n}`];
  if (!world.internet.has(ipv4) && !world.internet.has(ipv6) && random.chance(0.25)) {
    const ips = random.pick([[ipv4], [ipv4], [ipv4], [ipv6, ipv4], [ipv6]]);
    return { kind: "none", host: world.host(ips, link) };
  }
  const kind = random.pick(kinds);
  const options = { ...natKinds[kind], portPreservation: random.chance(0.5) };
  const inner = world.internet.has(ipv6) || !random.chance(0.25) ? undefined : ipv6;
  const { host, nat } = world.hostBehind(options, link, world.internet, inner);
  return { kind, host, nat };
}

/** A host that UDP neither leaves nor reaches. */
function fenced(world: World): Home {
  const n = world.random.between(1, 60);
  const isTaken = world.internet.has(`203.0.113.${n}`);
  const host = world.host([`203.0.113.${isTaken ? n + 60 : n}`]);
  host.cut();
  return { kind: "none", host };
}

/** RFC 6544: one of the two at least can be connected to. */
function tcpPath(world: World, homes: readonly [Home, Home]): TcpPath {
  const { random } = world;
  const guarded = random.between(0, 2);
  const [a, b] = homes.map(({ host }, i) => ({
    ip: host.ips[0] as string,
    hasFirewall: guarded === i,
  })) as [{ ip: string; hasFirewall: boolean }, { ip: string; hasFirewall: boolean }];
  return new TcpPath(world, random.between(1, 150), [a, b]);
}

function randomLink({ random }: World): LinkOptions {
  return {
    delayMs: random.between(1, 150),
    jitterMs: random.chance(0.4) ? random.between(1, 40) : 0,
    loss: random.chance(0.4) ? random.unit() * 0.05 : 0,
    duplication: random.chance(0.2) ? 0.02 : 0,
    ...(random.chance(0.3) && { rateBps: random.between(500_000, 20_000_000) }),
    // 1232 is what the least MTU of IPv6 leaves (RFC 8200 §5).
    mtu: random.pick([1472, 1472, 1472, 1472, 1300, 1232]),
  };
}

/** Over IPv6 everybody gets through; a symmetric NAT meets nobody who looks at ports, but for a relay (RFC 5128 §3.3). */
function canConnect(homes: readonly [Home, Home], hasTurn: boolean): boolean {
  const has = (mark: string): boolean =>
    homes.every(({ host }) => host.ips.some((ip) => ip.includes(mark)));
  if (has(":")) return true;
  if (!has(".")) return false;
  if (hasTurn) return true;
  const isStrict = ({ kind }: Home): boolean => kind === "symmetric" || kind === "port restricted";
  const [a, b] = homes;
  return !((a.kind === "symmetric" && isStrict(b)) || (b.kind === "symmetric" && isStrict(a)));
}
