import { Random } from "../packages/webrtc/src/testing/index.ts";
import { toHex } from "../packages/webrtc/src/wire/index.ts";
import { loadCorpus, MAX_CORPUS } from "./corpus.ts";
import type { Coverage } from "./coverage.ts";
import { mutate } from "./mutate.ts";
import type { Target } from "./targets.ts";

/** How a target took it. */
export interface FuzzResult {
  readonly runs: number;
  /** The corpus, with what was found worth keeping. */
  readonly corpus: readonly Uint8Array[];
}

export interface FuzzOptions {
  readonly target: Target;
  readonly durationMs: number;
  readonly seed: number;
  /** With it, inputs that reach new code are kept, and changed in their turn. */
  readonly coverage?: Coverage;
}

/** Gives a target changed inputs for some time; throws where the target does, with the input that made it. */
export function fuzz({ target, durationMs, seed, coverage }: FuzzOptions): FuzzResult {
  const random = new Random(seed);
  const corpus = loadCorpus(target.name);
  if (corpus.length === 0) corpus.push(...target.seeds);
  for (const input of [...target.seeds, ...corpus]) give(target, input);
  const seen = coverage?.take() ?? new Set<string>();
  const end = performance.now() + durationMs;
  let runs = 0;
  while (performance.now() < end) {
    const batch = Array.from({ length: BATCH }, () => next(corpus, random));
    for (const input of batch) give(target, input);
    runs += batch.length;
    if (coverage === undefined || corpus.length >= MAX_CORPUS) continue;
    const fresh = new Set([...coverage.take()].filter((block) => !seen.has(block)));
    if (fresh.size > 0) corpus.push(...explain(batch, fresh, target, coverage));
    for (const block of fresh) seen.add(block);
  }
  return { runs, corpus: corpus.slice(0, MAX_CORPUS) };
}

/** The inputs of a batch that reached what the batch reached for the first time, each by itself. */
function explain(
  batch: readonly Uint8Array[],
  fresh: ReadonlySet<string>,
  target: Target,
  coverage: Coverage,
): Uint8Array[] {
  const unexplained = new Set(fresh);
  return batch.filter((input) => {
    if (unexplained.size === 0) return false;
    give(target, input);
    const before = unexplained.size;
    for (const block of coverage.take()) unexplained.delete(block);
    return unexplained.size < before;
  });
}

/** So many inputs between two looks at the coverage, which costs as much as some hundred of them. */
const BATCH = 64;

function next(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const pick = (): Uint8Array => corpus[random.between(0, corpus.length - 1)] as Uint8Array;
  return random.chance(0.05)
    ? random.bytes(random.between(0, 100))
    : mutate(pick(), pick(), random);
}

function give(target: Target, input: Uint8Array): void {
  try {
    target.take(input);
  } catch (cause) {
    throw new Error(`${target.name} threw at ${toHex(input)}`, { cause });
  }
}
