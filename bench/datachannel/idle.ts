/**
 * What open connections cost while nothing is sent: all of one side in this process, the other side
 * in another. Run: `node --expose-gc bench/datachannel/idle.ts [connections = 1000] [seconds = 20]`
 */
import { fork } from "node:child_process";
import { type BenchChannel, type BenchPeer, loadLibrary } from "./libraries.ts";
import { type Signal, Signaling } from "./signaling.ts";

const count = Number(process.argv[2] ?? 1000);
const seconds = Number(process.argv[3] ?? 20);
/** As many at once as do not disturb each other. */
const atOnce = 20;

type Numbered = Signal & { readonly id: number };

const signalings = new Map<number, Signaling>();
const peers: BenchPeer[] = [];
const makePeer = await loadLibrary("tincan");

if (process.send === undefined) await offer();
else answer();

async function offer(): Promise<void> {
  const other = fork(new URL(import.meta.url), process.argv.slice(2));
  other.on("message", (signal: Numbered) => void signalings.get(signal.id)?.receive(signal));
  // The first one loads what all of them share.
  await open(0, (signal) => other.send(signal));
  await collect();
  const memory = process.memoryUsage();
  const begun = performance.now();
  for (let id = 1; id <= count; id += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - id + 1) }, (_, i) => id + i);
    await Promise.all(batch.map((one) => open(one, (signal) => other.send(signal))));
  }
  const openMs = (performance.now() - begun) / count;
  await collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  const each = (bytes: number): string => `${(bytes / count / 1024).toFixed(1)} KiB`;
  process.stdout.write(
    `${count} open connections, ${openMs.toFixed(1)} ms each to open\n` +
      `a connection: resident ${each(rss - memory.rss)}, JavaScript heap ${each(heapUsed - memory.heapUsed)},` +
      ` buffers ${each(external - memory.external)}\n`,
  );
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const { user, system } = process.cpuUsage(before);
  const micros = (user + system) / seconds;
  process.stdout.write(
    `idle for ${seconds} s: ${(micros / 1e4).toFixed(2)} % of a core, ${(micros / count).toFixed(1)} us of CPU a second each\n`,
  );
  process.exit();
}

function answer(): void {
  process.on("message", async (signal: Numbered) => {
    if (!signalings.has(signal.id)) {
      const peer = makePeer();
      peers.push(peer);
      const tell = (own: Signal): unknown => process.send?.({ ...own, id: signal.id });
      signalings.set(signal.id, new Signaling(peer, tell));
    }
    await signalings.get(signal.id)?.receive(signal);
  });
  process.on("disconnect", () => process.exit());
}

async function open(id: number, tell: (signal: Numbered) => void): Promise<void> {
  const peer = makePeer();
  peers.push(peer);
  const signaling = new Signaling(peer, (signal) => tell({ ...signal, id }));
  signalings.set(id, signaling);
  const channel: BenchChannel = peer.createDataChannel("idle");
  await new Promise((resolve, reject) => {
    channel.onopen = resolve;
    signaling.offer().catch(reject);
  });
  // Asked once a connection is used, so that each holds what a used one holds.
  channel.send(new Uint8Array(1));
}

async function collect(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500));
  globalThis.gc?.();
  globalThis.gc?.();
}
