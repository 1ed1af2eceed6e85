/**
 * Many random worlds with two peers each (packages/webrtc/src/peer/random-world.ts).
 * Run: `node tools/worlds.ts [how many] [first seed]`. A seed that failed is printed, and gives the
 * same world again.
 */
import { runWorld } from "../packages/webrtc/src/peer/random-world.ts";

const count = Number(process.argv[2] ?? 100_000);
const first = Number(process.argv[3] ?? 1);
const failed: number[] = [];

for (let seed = first; seed < first + count; seed += 1) {
  const { fault, story } = runWorld(seed);
  if (fault !== undefined) {
    failed.push(seed);
    process.stdout.write(`world ${seed}: ${fault} (${story})\n`);
  }
  if (seed % 1000 === 0) process.stdout.write(`${seed} lived through, ${failed.length} failed\n`);
}
process.stdout.write(`${count} worlds, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
