/**
 * A long transfer in messages of 16 KiB: memory of both sides as it goes on, to be seen flat.
 * Run: `node bench/datachannel/long.ts [GB = 10]`
 */
import { fork } from "node:child_process";
import { type BenchChannel, loadLibrary } from "./libraries.ts";
import { type Signal, Signaling } from "./signaling.ts";

const gigabytes = Number(process.argv[2] ?? 10);
const total = gigabytes * 1e9;
const messageSize = 16_384;
const backlog = 1024 * 1024;
const message = new Uint8Array(messageSize);

const peer = (await loadLibrary("tincan"))();
const resident = (): number => process.memoryUsage().rss / 1e6;

interface Report {
  readonly bytes?: number;
  readonly resident?: number;
  readonly cpu?: number;
}

if (process.send === undefined) send();
else receive();

function send(): void {
  const other = fork(new URL(import.meta.url), [String(gigabytes)]);
  const signaling = new Signaling(peer, (signal) => other.send(signal));
  const channel = peer.createDataChannel("long");
  const begun = performance.now();
  let left = total;
  const fill = (): void => {
    for (; left > 0 && channel.bufferedAmount < backlog; left -= messageSize) channel.send(message);
  };
  channel.bufferedAmountLowThreshold = backlog / 2;
  channel.onopen = fill;
  channel.onbufferedamountlow = fill;
  other.on("message", (signal: Signal & Report) => {
    void signaling.receive(signal);
    if (signal.bytes === undefined) return;
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage();
    const cpu = (user + system) / 1e6 + (signal.cpu ?? 0);
    process.stdout.write(
      `${(signal.bytes / 1e9).toFixed(1).padStart(5)} GB after ${seconds.toFixed(0).padStart(4)} s,` +
        ` ${(signal.bytes / 1e6 / seconds).toFixed(1)} MB/s, ${((cpu * 1e9) / signal.bytes).toFixed(1)} CPU-s/GB,` +
        ` resident: sender ${resident().toFixed(0)} MB, receiver ${(signal.resident ?? 0).toFixed(0)} MB\n`,
    );
    if (signal.bytes >= total) process.exit();
  });
  void signaling.offer();
}

function receive(): void {
  const tell = (message: Signal & Report): void => {
    process.send?.(message);
  };
  const signaling = new Signaling(peer, tell);
  process.on("message", (signal: Signal) => void signaling.receive(signal));
  process.on("disconnect", () => process.exit());
  peer.ondatachannel = ({ channel }: { channel: BenchChannel }) => {
    let bytes = 0;
    let told = 0;
    channel.onmessage = ({ data }: { data: ArrayBuffer }) => {
      bytes += data.byteLength;
      if (bytes < total && bytes - told < Math.min(1e9, total / 10)) return;
      told = bytes;
      const { user, system } = process.cpuUsage();
      tell({ bytes, resident: resident(), cpu: (user + system) / 1e6 });
    };
  };
}
