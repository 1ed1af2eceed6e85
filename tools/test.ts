import { chromiumPath } from "./browser.ts";
import { buildPage } from "./build.ts";
import { installPackages, packagesSentence } from "./packages.ts";
import { runTool } from "./run-tool.ts";
import { runVitest } from "./run-vitest.ts";
import { FAILED, PASSED, plus, type Tally } from "./tally.ts";

// npm test: everything. npm test -- PATTERN: the test files whose path contains it.
const patterns = process.argv.slice(2);
const started = performance.now();

const checks = [check("page", buildPage), check("browser", async () => chromiumPath())];
checks.push(check("packages", async () => notePackages(installPackages())));
if (patterns.length === 0) {
  checks.push(
    check("types", () => runTool("typescript/bin/tsc", ["-b", "--pretty"])),
    check("lint", () => runTool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings"])),
  );
}
const tallies = await Promise.all(checks);
if (patterns.length > 0) tallies.push(await runVitest(patterns));
else {
  tallies.push(await runVitest(["--project=unit"]));
  // Browsers, timers and other people's programs: most of the time is waiting, and two lanes take little longer than one.
  const lanes = [["--project=e2e"], ["--project=interop", "--project=e2e-beside"]];
  tallies.push(...(await Promise.all(lanes.map(runVitest))));
}

const { passed, failed, skipped } = tallies.reduce(plus);
const leftOut = skipped > 0 ? ` (${skipped} skipped)` : "";
process.stdout.write(`\nAll of it took ${seconds(started)}${leftOut}.\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** Without them their tests are left out; a build server has to have them. */
function notePackages(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const sentence = packagesSentence(missing);
  if (process.env.CI === "true") throw new Error(sentence);
  process.stdout.write(`Some interop tests are left out: ${sentence}\n`);
}

async function check(name: string, act: () => Promise<unknown>): Promise<Tally> {
  const begin = performance.now();
  try {
    await act();
    process.stdout.write(`${name}: good (${seconds(begin)})\n`);
    return PASSED;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    process.stdout.write(`\n${text}\n\n${name}: FAILED (${seconds(begin)})\n`);
    return FAILED;
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
