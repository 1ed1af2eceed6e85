/**
 * Throughput over a long line: two processes and a line of a given rate, delay and loss between them, on the real
 * clock. Run: `node bench/datachannel/distance.ts [Mbit/s = 400] [round trip, ms = 50] [loss = 0] [library...]`
 */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import type { LineSettings } from "./delay-line.ts";
import { chosenLibraries, type LibraryName } from "./libraries.ts";
import type { Signal } from "./signaling.ts";
import { measureBetween } from "./two-sides.ts";

const [megabits = 400, roundTripMs = 50, lossRatio = 0] = process.argv.slice(2, 5).map(Number);
const names = chosenLibraries(process.argv.slice(5));
const line: LineSettings = {
  bitsPerSecond: megabits * 1e6,
  delayMs: roundTripMs / 2,
  queueMs: 50,
  lossRatio,
};

for (const name of names) {
  const { rates, cores } = await measure(name);
  const each = rates.map((rate) => rate.toFixed(0).padStart(4)).join("");
  const [sender, receiver, middle] = cores.map((core) => core.toFixed(2));
  process.stdout.write(
    `${name.padEnd(18)} Mbit/s in each second:${each}; of a core: sender ${sender}, receiver ${receiver}, line ${middle}\n`,
  );
}

interface Outcome {
  /** What arrived in each second, in Mbit/s. */
  readonly rates: readonly number[];
  /** How much of a core sender, receiver and line took meanwhile. */
  readonly cores: readonly number[];
}

async function measure(name: LibraryName): Promise<Outcome> {
  const middle = fork(new URL("delay-line.ts", import.meta.url), [JSON.stringify(line)]);
  const ports = await new Promise<readonly [number, number]>((resolve) =>
    middle.once("message", (message: { ports: [number, number] }) => resolve(message.ports)),
  );
  const sides = [0, 1].map(() => fork(new URL("distance-peer.ts", import.meta.url), [name]));
  const [from, to] = sides as [ChildProcess, ChildProcess];
  const pids = [from, to, middle].map(({ pid }) => pid as number);
  let before: readonly number[] = [];
  const measured = await measureBetween<readonly number[]>(from, to, {
    begun: () => {
      before = pids.map(cpuSecondsOf);
    },
    // Whoever hears of a candidate is to send to the line's socket on its own side instead.
    pass: (signal, to) => through(signal, ports[to === "second" ? 1 : 0]),
  });
  const rates = measured ?? [];
  const cores = pids.map((pid, i) => (cpuSecondsOf(pid) - (before[i] ?? 0)) / rates.length);
  for (const one of [...sides, middle]) one.kill("SIGKILL");
  return { rates, cores };
}

/** All threads (proc(5): fields 14 and 15, in hundredths). */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The signal as it is to arrive: IPv4 over UDP only, at another port; what a description holds of candidates comes out. */
function through(signal: Signal, port: number): readonly Signal[] {
  const { description, candidate } = signal;
  if (description === undefined) {
    const moved = move(candidate as { candidate: string }, port);
    return moved === undefined ? [] : [{ candidate: moved }];
  }
  const lines = (description.sdp ?? "").split("\r\n").flatMap((text) => {
    if (!text.startsWith("a=candidate:")) return [text];
    const moved = movedText(text, port);
    return moved === undefined ? [] : [moved];
  });
  return [{ description: { ...description, sdp: lines.join("\r\n") } }];
}

function move(candidate: { readonly candidate: string }, port: number): object | undefined {
  const text = movedText(candidate.candidate, port);
  return text === undefined ? undefined : { ...candidate, candidate: text };
}

function movedText(text: string, port: number): string | undefined {
  const words = text.split(" ");
  if (words[2]?.toLowerCase() !== "udp" || !words[4]?.includes(".")) return undefined;
  words[5] = String(port);
  return words.join(" ");
}
