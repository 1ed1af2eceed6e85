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

/** The TURN server of a world, if it has one. */
interface Turn {
  /** Whether it has addresses of IPv6, and relays between the families. */
  readonly hasIpv6: boolean;
  /** Whether it is reached over TCP as well, which UDP that is blocked does not mind. */
  readonly hasTcp: boolean;
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
  const turn: Turn | undefined = random.chance(0.7)
    ? { hasIpv6: random.chance(0.3), hasTcp: random.chance(0.3) }
    : undefined;
  const links = [randomLink(world, turn), randomLink(world, turn)] as const;
  const isTcpOnly = random.chance(0.08);
  const homes = links.map((link) =>
    isTcpOnly ? fenced(world) : home(world, link, turn?.hasTcp ?? false),
  ) as [Home, Home];
  const stunServers = [stunServer(world)];
  const relaying = turn && turnServer(world, turn);
  const turnServers = relaying && [
    relaying.address,
    ...(turn.hasIpv6 ? [relaying.address6] : []),
    ...(turn.hasTcp ? [relaying.tcpAddress] : []),
  ];
  const tcp = isTcpOnly ? tcpPath(world, homes) : undefined;
  const [a, b] = homes.map(({ host }, i) => {
    const end = tcp?.ends[i];
    const delayMs = (links[i]?.delayMs ?? 0) + 10;
    return new TestPeer(world, host, {
      stunServers,
      ...(turnServers && { turnServers }),
      ...(relaying && { connect: () => relaying.connect(host, delayMs) }),
      ...(end && { tcp: end }),
    });
  }) as [TestPeer, TestPeer];
  const described = homes
    .map(({ kind, host }, i) => `${kind} ${host.ips.join("+")} ${JSON.stringify(links[i])}`)
    .join(" / ");
  const extras = [turn?.hasIpv6 && "over IPv6", turn?.hasTcp && "over TCP"].filter(Boolean);
  const turning = turn ? ["with TURN", ...extras].join(" ") : "without TURN";
  const way = `${isTcpOnly ? "TCP alone, " : ""}${turning}`;
  const troubles: string[] = [];
  const tell = (fault: string | undefined): WorldResult => ({
    fault,
    story: [described, way, ...troubles, `${world.now.toFixed(0)} ms`].join(", "),
  });
  a.open("numbers");
  negotiate(world, a, b, { delayMs: random.between(1, 300) });
  const isOpen = world.runUntil(120 * seconds, () => b.channels.length > 0);
  if (!isTcpOnly && !canConnect(homes, turn)) return tell(undefined);
  if (!isOpen) return tell(`no channel: ${a.connection.connectionState}`);
  const fault = talk({ world, homes, peers: [a, b], tcp }, troubles);
  if (fault !== undefined) return tell(fault);
  a.run((one, now) => one.close(now));
  b.run((one, now) => one.close(now));
  world.run(seconds);
  const isQuiet = [a, b].every(({ connection }) => connection.deadline === undefined);
  return tell(isQuiet ? undefined : "does not come to rest");
}

function home(world: World, link: LinkOptions, mayBeBlocked: boolean): Home {
  const { random } = world;
  const n = random.between(1, 60);
  const [ipv4, ipv6] = [`203.0.113.${n}`, `2001:db8::${n}`];
  if (!world.internet.has(ipv4) && !world.internet.has(ipv6) && random.chance(0.25)) {
    const ips = random.pick([[ipv4], [ipv4], [ipv4], [ipv6, ipv4], [ipv6]]);
    return { kind: "none", host: world.host(ips, link) };
  }
  const kind = mayBeBlocked && random.chance(0.3) ? "udp blocked" : random.pick(kinds);
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

function randomLink({ random }: World, turn: Turn | undefined): LinkOptions {
  // What was cut for the way over TCP cannot be cut again for one that carries less (RFC 9260 §6.9).
  const mtus = turn?.hasTcp ? ([1472] as const) : ([1472, 1472, 1472, 1472, 1300, 1232] as const);
  return {
    delayMs: random.between(1, 150),
    jitterMs: random.chance(0.4) ? random.between(1, 40) : 0,
    loss: random.chance(0.4) ? random.unit() * 0.05 : 0,
    duplication: random.chance(0.2) ? 0.02 : 0,
    ...(random.chance(0.3) && { rateBps: random.between(500_000, 20_000_000) }),
    // 1232 is what the least MTU of IPv6 leaves (RFC 8200 §5).
    mtu: random.pick(mtus),
  };
}

/** Over IPv6 everybody gets through; a symmetric NAT meets nobody who looks at ports, but for a relay (RFC 5128 §3.3). */
function canConnect(homes: readonly [Home, Home], turn: Turn | undefined): boolean {
  const [a, b] = homes;
  const direct = homes.map(familiesOf) as [readonly Family[], readonly Family[]];
  const [ofA, ofB] = direct;
  if (ofA.includes(":") && ofB.includes(":")) return true;
  const isStrict = ({ kind }: Home): boolean => kind === "symmetric" || kind === "port restricted";
  const isHopeless =
    (a.kind === "symmetric" && isStrict(b)) || (b.kind === "symmetric" && isStrict(a));
  if (ofA.includes(".") && ofB.includes(".") && !isHopeless) return true;
  // Two relays of one server share a family; one of them alone has to have the other side's.
  const [fromA, fromB] = homes.map((one) => relayedFamilies(one, turn)) as [Family[], Family[]];
  const meets = (some: readonly Family[], others: readonly Family[]): boolean =>
    some.some((family) => others.includes(family));
  return meets(fromA, [...ofB, ...fromB]) || meets(fromB, ofA);
}

/** IPv4 or IPv6, by the mark that its addresses have. */
type Family = "." | ":";

/** Over which UDP goes out. */
function familiesOf({ kind, host }: Home): readonly Family[] {
  const families: readonly Family[] = [".", ":"];
  return kind === "udp blocked"
    ? []
    : families.filter((mark) => host.ips.some((ip) => ip.includes(mark)));
}

/** Of the relayed addresses that a home gets. */
function relayedFamilies(home: Home, turn: Turn | undefined): Family[] {
  if (turn === undefined) return [];
  const isReached =
    familiesOf(home).some((family) => family === "." || turn.hasIpv6) ||
    (turn.hasTcp && home.host.ips.some((ip) => ip.includes(".")));
  if (!isReached) return [];
  return turn.hasIpv6 ? [".", ":"] : ["."];
}
