/** One side of a measurement, in a process of its own: told by its parent what to do. */
import { type BenchChannel, type BenchPeer, type LibraryName, loadLibrary } from "./libraries.ts";
import { type Signal, Signaling } from "./signaling.ts";

type Numbered = Signal & { readonly id: number };

/** Round trips that are not counted: compiling JavaScript and finding the window are part of them. */
const warmUpTrips = 20_000;
const countedTrips = 5000;
/** Connections opened after the first one, whose process has nothing compiled yet. */
const laterConnections = 20;

const [name, secondsText] = process.argv.slice(2) as [LibraryName, string];
const seconds = Number(secondsText);
const tell = (message: object): void => {
  process.send?.(message);
};

interface Connection {
  readonly peer: BenchPeer;
  readonly signaling: Signaling;
}

const connections = new Map<number, Connection>();
const makePeer = await loadLibrary(name);

process.on("message", async (message: Numbered & { start?: true; end?: true }) => {
  if (message.end) process.exit();
  if (message.start) await measure();
  else await connection(message.id).signaling.receive(message);
});
tell({ ready: true });

/** The connection of that number, made when it is first heard of. */
function connection(id: number): Connection {
  const known = connections.get(id);
  if (known !== undefined) return known;
  const peer = makePeer();
  peer.ondatachannel = ({ channel }: { channel: BenchChannel }) => receive(channel);
  const made = { peer, signaling: new Signaling(peer, (signal) => tell({ ...signal, id })) };
  connections.set(id, made);
  return made;
}

async function open(id: number): Promise<{ channel: BenchChannel; openMs: number }> {
  const { peer, signaling } = connection(id);
  const begun = performance.now();
  const channel = peer.createDataChannel("bench");
  channel.binaryType = "arraybuffer";
  const opened = new Promise((resolve) => {
    channel.onopen = resolve;
  });
  await signaling.offer();
  await opened;
  return { channel, openMs: performance.now() - begun };
}

/** The first byte of a message says what it is: 0 to be counted, 1 to be sent back, 2 to be told the count. */
function receive(channel: BenchChannel): void {
  channel.binaryType = "arraybuffer";
  let bytes = 0;
  let count = 0;
  let cpu = process.cpuUsage();
  channel.onmessage = ({ data }: { data: ArrayBuffer }) => {
    const view = new Uint8Array(data);
    if (view[0] === 1) channel.send(view);
    else if (view[0] === 2) {
      const { user, system } = process.cpuUsage(cpu);
      const rss = process.memoryUsage().rss;
      channel.send(Buffer.from(JSON.stringify({ bytes, count, cpu: (user + system) / 1e6, rss })));
      bytes = 0;
      count = 0;
      cpu = process.cpuUsage();
    } else {
      bytes += view.length;
      count += 1;
    }
  };
}

async function measure(): Promise<void> {
  const { channel, openMs } = await open(0);
  const later: number[] = [];
  for (let id = 1; id <= laterConnections; id += 1) later.push((await open(id)).openMs);
  const trips: number[] = [];
  for (let i = 0; i < warmUpTrips + countedTrips; i += 1) {
    const sent = performance.now();
    await ask(channel, Uint8Array.of(1));
    if (i >= warmUpTrips) trips.push(performance.now() - sent);
  }
  const large = await flood(channel, 16_384);
  const small = await flood(channel, 100);
  const openLaterMs = median(later);
  tell({ result: { openMs, openLaterMs, roundTripMs: median(trips), large, small } });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function ask(channel: BenchChannel, question: Uint8Array): Promise<ArrayBuffer> {
  return new Promise((resolve) => {
    channel.onmessage = ({ data }: { data: ArrayBuffer }) => resolve(data);
    channel.send(question);
  });
}

/** Sends for a while, with a backlog; answers what arrived and what it cost both sides. */
async function flood(channel: BenchChannel, size: number): Promise<object> {
  await ask(channel, Uint8Array.of(2));
  const message = new Uint8Array(size);
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  channel.bufferedAmountLowThreshold = 256 * 1024;
  while (performance.now() - begun < seconds * 1000) {
    for (let i = 0; i < 256 && channel.bufferedAmount < 1024 * 1024; i += 1) channel.send(message);
    // Not every library tells when what waits has become little: look again soon.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const answer = await ask(channel, Uint8Array.of(2));
  const elapsed = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { bytes, count, cpu, rss } = JSON.parse(Buffer.from(answer).toString());
  return {
    megabytesPerSecond: bytes / 1e6 / elapsed,
    messagesPerSecond: count / elapsed,
    cpuSecondsPerGigabyte: ((user + system) / 1e6 + cpu) / (bytes / 1e9),
    megabytesResident: [process.memoryUsage().rss / 1e6, rss / 1e6],
  };
}
