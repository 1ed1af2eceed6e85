import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

/**
 * Relayed packets per CPU-second, ours beside Debian's coturn: `node bench/turn/relay.ts [SECONDS]`.
 * UDP ChannelData both ways on loopback; the server on one core, the load on another. The time that
 * is counted is the server's own CPU time, so what else the machine does disturbs little; of three
 * rounds, ours and coturn's in turn, the median is told.
 */
const seconds = process.argv[2] ?? "3";
const rounds = 3;
const loads = [
  { clients: 1, size: 200 },
  { clients: 1, size: 1200 },
  { clients: 200, size: 200 },
  { clients: 200, size: 1200 },
];

say("clients  size   us/packet: ours  coturn   packets per CPU-second: ours   coturn   ratio\n");
for (const { clients, size } of loads) {
  const ours: number[] = [];
  const coturn: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push((await measure(startOurs, clients, size, seconds)).microsPerPacket);
    coturn.push((await measure(startCoturn, clients, size, seconds)).microsPerPacket);
  }
  const [a, b] = [median(ours), median(coturn)];
  say(
    `${column(clients, 7)}${column(size, 6)}${column(a.toFixed(2), 17)}${column(b.toFixed(2), 8)}` +
      `${column(Math.round(1e6 / a), 31)}${column(Math.round(1e6 / b), 9)}` +
      `${column((b / a).toFixed(2), 8)}\n`,
  );
}
for (const [name, start] of [
  ["ours", startOurs],
  ["coturn", startCoturn],
] as const) {
  const { kbPerClient } = await measure(start, 1000, 200, "1");
  say(`memory per allocation at 1,000, with a channel, ${name}: ${kbPerClient.toFixed(1)} kB\n`);
}

interface Measured {
  readonly microsPerPacket: number;
  readonly kbPerClient: number;
}

type Start = () => Promise<{ readonly server: ChildProcess; readonly port: number }>;

async function measure(
  start: Start,
  clients: number,
  size: number,
  time: string,
): Promise<Measured> {
  const { server, port } = await start();
  try {
    const load = join(import.meta.dirname, "load.ts");
    const args = [load, `${server.pid}`, `${port}`, `${clients}`, `${size}`, time];
    const pinned = ["-c", "1", process.execPath, ...args];
    const { stdout } = await promisify(execFile)("taskset", pinned, { timeout: 120_000 });
    return JSON.parse(stdout) as Measured;
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
}

async function startOurs(): ReturnType<Start> {
  const port = 34_478;
  const script = join(import.meta.dirname, "server.ts");
  // `taskset` becomes the program, so the process id is the server's.
  const server = spawn("taskset", ["-c", "0", process.execPath, script, `${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(server.stdout as Readable, "data");
  return { server, port };
}

async function startCoturn(): ReturnType<Start> {
  const port = 34_479;
  const options = [
    ...["-n", "-L", "127.0.0.1", "-E", "127.0.0.1", "-p", `${port}`, "-m", "1"],
    ...["--min-port", "20000", "--max-port", "29999", "--lt-cred-mech", "-u", "bench:bench"],
    ...["-r", "bench", "--allow-loopback-peers", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp"],
    ...["--log-file", "stdout", "--pidfile", "/dev/null"],
  ];
  const server = spawn("taskset", ["-c", "0", "turnserver", ...options], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(server.stdout as Readable, "data");
  (server.stdout as Readable).resume();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return { server, port };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function column(value: number | string, width: number): string {
  return String(value).padStart(width);
}

function say(text: string): void {
  process.stdout.write(text);
}
