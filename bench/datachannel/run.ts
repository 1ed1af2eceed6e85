/**
 * Data channels of four libraries on this machine: one process each side, each on a core of its own.
 * Run: `node bench/datachannel/run.ts [seconds per case] [library...]`, with `PROFILE=folder` for a
 * CPU profile of each side.
 */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { chosenLibraries } from "./libraries.ts";
import { measureBetween } from "./two-sides.ts";

const seconds = Number(process.argv[2] ?? 3);
const profile = process.env.PROFILE;
const names = chosenLibraries(process.argv.slice(3));

interface Flood {
  readonly megabytesPerSecond: number;
  readonly messagesPerSecond: number;
  readonly cpuSecondsPerGigabyte: number;
  readonly megabytesResident: readonly number[];
}

interface Result {
  /** The first connection of a process, and the median of later ones. */
  readonly openMs: number;
  readonly openLaterMs: number;
  readonly roundTripMs: number;
  readonly large: Flood;
  readonly small: Flood;
}

for (const name of names) {
  const result = await measure(name);
  const print = (value: number | undefined, digits: number): string =>
    (value ?? Number.NaN).toFixed(digits).padStart(8);
  process.stdout.write(
    result === undefined
      ? `${name.padEnd(18)} did not finish\n`
      : `${name.padEnd(18)} open ${print(result.openMs, 1)} ms, later ${print(result.openLaterMs, 1)} ms, round trip ${print(result.roundTripMs, 3)} ms,` +
          ` 16 KiB ${print(result.large.megabytesPerSecond, 1)} MB/s at ${print(result.large.cpuSecondsPerGigabyte, 1)} CPU-s/GB,` +
          ` 100 B ${print(result.small.messagesPerSecond, 0)} messages/s, resident ${result.small.megabytesResident.map((mb) => mb.toFixed(0)).join(" and ")} MB\n`,
  );
}

/** Two processes and the signaling between them. */
async function measure(name: string): Promise<Result | undefined> {
  const [from, to] = [startPeer(name, 0), startPeer(name, 1)];
  const deadline = setTimeout(() => from.kill("SIGKILL"), (120 + 6 * seconds) * 1000);
  const result = await measureBetween<Result>(from, to);
  clearTimeout(deadline);
  for (const one of [from, to]) {
    if (profile === undefined) one.kill("SIGKILL");
    else one.send({ end: true });
  }
  return result;
}

/** One side, bound to a core, so that the two are comparable from run to run. */
function startPeer(name: string, core: number): ChildProcess {
  const side = fork(new URL("peer.ts", import.meta.url), [name, String(seconds)], {
    execArgv: profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`],
  });
  // All threads: those of the native libraries and of Node were started already.
  spawnSync("taskset", ["-acp", String(core % availableParallelism()), String(side.pid)]);
  return side;
}
