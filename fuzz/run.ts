/**
 * Fuzzes every decoder, led by coverage, and keeps the inputs that reach new code in fuzz/corpus.
 * Run: `npm run test:fuzz -- [SECONDS] [TARGET]`; ten seconds for each target unless told.
 */
import { saveCorpus } from "./corpus.ts";
import { Coverage } from "./coverage.ts";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

const seconds = Number(process.argv[2] ?? 10);
const wanted = process.argv[3];
const chosen = targets.filter(({ name }) => wanted === undefined || name === wanted);
if (!(seconds > 0) || chosen.length === 0) {
  const names = targets.map(({ name }) => name).join(", ");
  process.stderr.write(`give a number of seconds above 0, and one of: ${names}\n`);
  process.exit(2);
}
const coverage = new Coverage();
const seed = Date.now();
process.stdout.write(`seed ${seed}\n`);
for (const target of chosen) {
  const { runs, corpus } = fuzz({ target, durationMs: seconds * 1000, seed, coverage });
  saveCorpus(target.name, corpus);
  process.stdout.write(`${target.name}: ${runs} inputs, ${corpus.length} kept\n`);
}
