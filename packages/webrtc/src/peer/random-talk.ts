/** Numbered messages both ways, through whatever trouble chance has ready. */
import type { Neighbours } from "./random-world.ts";
import { negotiate, seconds, type TestPeer } from "./test-rig.ts";

/** What did not hold, if anything; what trouble there was is added to `troubles`. */
export function talk(neighbours: Neighbours, troubles: string[]): string | undefined {
  const { world, peers } = neighbours;
  const [a, b] = peers;
  const sent = new Map(peers.map((one) => [one, sendSome(neighbours, one)]));
  for (const [chance, trouble] of kindsOfTrouble) {
    if (world.random.chance(chance)) troubles.push(trouble(neighbours));
  }
  const isFull = (from: TestPeer, to: TestPeer): boolean =>
    to.messages.length >= (sent.get(from)?.count ?? 0);
  const isComplete = (): boolean => isFull(a, b) && isFull(b, a);
  const stopCaring = restartWhereNeeded(neighbours);
  const isDone = world.runUntil(world.now + 240 * seconds, isComplete);
  stopCaring();
  if (!isDone) {
    const [fromA, fromB] = [sent.get(a)?.count, sent.get(b)?.count];
    return `of ${fromA} and ${fromB} only ${b.messages.length} and ${a.messages.length} came`;
  }
  world.run(2 * seconds);
  const isSame = (from: TestPeer, to: TestPeer): boolean => {
    const wanted = sent.get(from)?.messages ?? [];
    return (
      wanted.length === to.messages.length &&
      wanted.every((bytes, i) => {
        const { bytes: came = new Uint8Array() } = to.messages[i] ?? {};
        return Buffer.compare(bytes, came) === 0;
      })
    );
  };
  return isSame(a, b) && isSame(b, a) ? undefined : "not the messages that were sent";
}

interface Sent {
  readonly count: number;
  readonly messages: Uint8Array[];
}

/** Some messages within two seconds, some of them large, some of them at once. */
function sendSome({ world }: Neighbours, from: TestPeer): Sent {
  const { random } = world;
  const count = random.between(3, 30);
  const messages: Uint8Array[] = [];
  for (let i = 0; i < count; i += 1) {
    const length = random.chance(0.1) ? random.between(1, 20_000) : random.between(4, 300);
    const message = random.bytes(length);
    message[0] = i;
    world.at(world.now + random.between(0, 40) * 50, () => {
      messages.push(message);
      from.send(message.slice());
    });
  }
  return { count, messages };
}

/** What an application does whose connection is in trouble: it asks for an ICE restart, now and then. */
function restartWhereNeeded({ world, peers }: Neighbours): () => void {
  let cancel = (): void => {};
  const look = (): void => {
    const isTroubled = peers.some(({ connection }) =>
      ["disconnected", "failed"].includes(connection.connectionState),
    );
    if (isTroubled) restart();
    cancel = world.at(world.now + 8 * seconds, look);
  };
  const restart = (): void => {
    const [a, b] = peers;
    const isStable = peers.every(({ connection }) => connection.signalingState === "stable");
    if (isStable) negotiate(world, a, b, { delayMs: 100, iceRestart: true });
  };
  cancel = world.at(world.now + 8 * seconds, look);
  return () => cancel();
}

type Trouble = (neighbours: Neighbours) => string;

/** A partition that heals; TCP tries until it does. */
function partition({ world, homes, tcp }: Neighbours, longestMs: number): string {
  const { random } = world;
  const at = world.now + random.between(0, 1500);
  const durationMs = random.between(500, longestMs);
  const { host } = random.pick([homes[0], homes[1]]);
  world.at(at, () => {
    if (tcp === undefined) host.cut();
    else tcp.stall(durationMs);
  });
  if (tcp === undefined) world.at(at + durationMs, () => host.heal());
  return `a partition of ${durationMs} ms`;
}

const shortPartition: Trouble = (neighbours) => partition(neighbours, 4500);

/** Longer than consent lives (RFC 7675 §5.1). */
const longPartition: Trouble = (neighbours) => partition(neighbours, 60 * seconds);

const clockJump: Trouble = ({ world, peers }) => {
  const { random } = world;
  const one = random.pick([peers[0], peers[1]]);
  const durationMs = random.pick([1, 10, 100, 1000]) * random.between(500, 5000);
  world.at(world.now + random.between(0, 2000), () => one.leap(durationMs));
  return `a clock that jumps by ${durationMs} ms`;
};

/** A router that was switched off and on knows none of the ways through it. */
const forgetfulNat: Trouble = ({ world, homes, peers }) => {
  const i = world.random.between(0, 1) as 0 | 1;
  world.at(world.now + world.random.between(0, 2000), () => {
    homes[i].nat?.forget();
    breakStreams(peers[i]);
  });
  return "a NAT that forgets";
};

/** From one network to the next, or a provider that gives another address each night. */
const renumberedNat: Trouble = ({ world, homes, peers }) => {
  const i = world.random.between(0, 1) as 0 | 1;
  world.at(world.now + world.random.between(0, 2000), () => {
    homes[i].nat?.renumber(`198.51.100.${100 + i}`);
    breakStreams(peers[i]);
  });
  return "a NAT that gets another address";
};

/** TCP does not outlive the way that it goes. */
function breakStreams({ streams }: TestPeer): void {
  for (const stream of streams.values()) stream.end();
}

/** Connections break, and can be opened again. */
const brokenConnections: Trouble = ({ world, peers, tcp }) => {
  world.at(world.now + world.random.between(0, 2000), () => {
    tcp?.break();
    for (const one of peers) breakStreams(one);
  });
  return "connections of TCP that break";
};

const iceRestart: Trouble = ({ world, peers }) => {
  const { random } = world;
  const [a, b] = peers;
  world.at(world.now + random.between(100, 2000), () => {
    const isStable = peers.every(({ connection }) => connection.signalingState === "stable");
    if (isStable) negotiate(world, a, b, { delayMs: random.between(1, 200), iceRestart: true });
  });
  return "an ICE restart";
};

/** How likely each is. */
const kindsOfTrouble: readonly (readonly [number, Trouble])[] = [
  [0.2, shortPartition],
  [0.05, longPartition],
  [0.1, clockJump],
  [0.05, forgetfulNat],
  [0.05, renumberedNat],
  [0.05, brokenConnections],
  [0.2, iceRestart],
];
