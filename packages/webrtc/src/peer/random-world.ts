/** One random world: two whole peers, what stands between them, and what has to hold. */
import { stunServer, turnServer } from "../ice/test-rig.ts";
import { type LinkOptions, type NatKind, natKinds, World } from "../testing/index.ts";
import { negotiate, seconds, TestPeer } from "./test-rig.ts";

export interface WorldResult {
  /** What did not hold, if anything. */
  readonly fault: string | undefined;
  /** What the world was like, and how long it took. */
  readonly story: string;
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
  const homes = links.map((link) => home(world, link)) as [Home, Home];
  const hasTurn = random.chance(0.7);
  const servers = {
    stunServers: [stunServer(world)],
    turnServers: hasTurn ? [turnServer(world).address] : [],
  };
  const [a, b] = homes.map(({ host }) => new TestPeer(world, host, servers)) as [
    TestPeer,
    TestPeer,
  ];
  const described = homes.map(({ kind }, i) => `${kind} ${JSON.stringify(links[i])}`).join(" / ");
  const tell = (fault: string | undefined): WorldResult => ({
    fault,
    story: `${described}, ${hasTurn ? "with" : "without"} TURN, ${world.now.toFixed(0)} ms`,
  });
  a.open("numbers");
  negotiate(world, a, b, { delayMs: random.between(1, 300) });
  const isOpen = world.runUntil(120 * seconds, () => b.channels.length > 0);
  if (!canConnect(homes, hasTurn)) return tell(undefined);
  if (!isOpen) return tell(`no channel: ${a.connection.connectionState}`);
  const fault = talk(world, a, b, homes);
  if (fault !== undefined) return tell(fault);
  a.run((one, now) => one.close(now));
  b.run((one, now) => one.close(now));
  world.run(seconds);
  const isQuiet = [a, b].every(({ connection }) => connection.deadline === undefined);
  return tell(isQuiet ? undefined : "does not come to rest");
}

interface Home {
  readonly kind: NatKind | "none";
  readonly host: ReturnType<World["host"]>;
}

function home(world: World, link: LinkOptions): Home {
  const { random } = world;
  if (random.chance(0.2)) {
    const ip = `203.0.113.${random.between(1, 60)}`;
    if (!world.internet.has(ip)) return { kind: "none", host: world.host([ip], link) };
  }
  const kind = random.pick(kinds);
  const options = { ...natKinds[kind], portPreservation: random.chance(0.5) };
  return { kind, host: world.hostBehind(options, link).host };
}

function randomLink({ random }: World): LinkOptions {
  return {
    delayMs: random.between(1, 150),
    jitterMs: random.chance(0.4) ? random.between(1, 40) : 0,
    loss: random.chance(0.4) ? random.unit() * 0.05 : 0,
    duplication: random.chance(0.2) ? 0.02 : 0,
    ...(random.chance(0.3) && { rateBps: random.between(500_000, 20_000_000) }),
    mtu: random.chance(0.2) ? 1300 : 1472,
  };
}

/** Without a relay, a symmetric NAT meets nobody who looks at ports (RFC 5128 §3.3). */
function canConnect(homes: readonly [Home, Home], hasTurn: boolean): boolean {
  if (hasTurn) return true;
  const isStrict = ({ kind }: Home): boolean => kind === "symmetric" || kind === "port restricted";
  const [a, b] = homes;
  return !((a.kind === "symmetric" && isStrict(b)) || (b.kind === "symmetric" && isStrict(a)));
}

/** Numbered messages both ways, through a cut and a restart where chance has it. */
function talk(
  world: World,
  a: TestPeer,
  b: TestPeer,
  homes: readonly [Home, Home],
): string | undefined {
  const { random } = world;
  const counts = new Map([a, b].map((one) => [one, random.between(5, 40)]));
  for (const [one, count] of counts) {
    for (let i = 0; i < count; i += 1) {
      const bytes = random.bytes(
        random.chance(0.1) ? random.between(1, 20_000) : random.between(4, 300),
      );
      const message = new Uint8Array(bytes.length + 4);
      message.set([i >> 8, i & 255, bytes.length >> 8, bytes.length & 255]);
      message.set(bytes, 4);
      world.at(world.now + random.between(0, 2000), () => pending.get(one)?.push(message));
    }
  }
  const pending = new Map([a, b].map((one) => [one, [] as Uint8Array[]]));
  const sent = new Map([a, b].map((one) => [one, [] as Uint8Array[]]));
  const pump = (): void => {
    for (const one of [a, b]) {
      for (const message of pending.get(one)?.splice(0) ?? []) {
        sent.get(one)?.push(message);
        one.send(message.slice());
      }
    }
    world.at(world.now + 50, pump);
  };
  pump();
  if (random.chance(0.25)) {
    const { host } = random.pick([homes[0], homes[1]]);
    world.at(world.now + random.between(0, 1500), () => host.cut());
    world.at(world.now + 1500 + random.between(0, 3000), () => host.heal());
  }
  if (random.chance(0.25)) {
    world.at(world.now + random.between(100, 2000), () => {
      if (a.connection.signalingState === "stable" && b.connection.signalingState === "stable") {
        negotiate(world, a, b, { delayMs: random.between(1, 200), iceRestart: true });
      }
    });
  }
  const isComplete = (): boolean =>
    a.messages.length >= (counts.get(b) ?? 0) && b.messages.length >= (counts.get(a) ?? 0);
  const isDone = world.runUntil(world.now + 240 * seconds, isComplete);
  if (!isDone) {
    return `of ${counts.get(a)} and ${counts.get(b)} only ${b.messages.length} and ${a.messages.length} came`;
  }
  world.run(2 * seconds);
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const wanted = sent.get(from) ?? [];
    const isSame =
      wanted.length === to.messages.length &&
      wanted.every((bytes, i) =>
        Buffer.from(bytes).equals(to.messages[i]?.bytes ?? new Uint8Array(0)),
      );
    if (!isSame) return "not the messages that were sent";
  }
  return undefined;
}
