import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchProfile } from "../support/browser.ts";
import { FileTab, watchMemory } from "../support/file-tab.ts";
import { startSdkSite } from "../support/sdk-site.ts";
import { startTincan } from "../support/server.ts";

/**
 * Sends a file from one Chromium tab to another, cuts the connection on the way, compares every
 * byte, and tells how fast it was and how much memory it took.
 *
 *     node e2e/long/send-file.ts [MEBIBYTES = 2048] [CUTS = 3]
 */

const MIB = 1024 * 1024;
const PATIENCE_MS = 30_000;
const [mebibytes = 2048, cuts = 3] = process.argv.slice(2).map(Number);
const size = mebibytes * MIB + 12;

await using site = await startSdkSite();
await using server = await startTincan(["--allow-origin", site.origin]);
const folder = mkdtempSync(join(tmpdir(), "tincan-long-"));
const profile = await launchProfile(folder);
const browser = profile.browser();
if (browser === null) throw new Error("The browser cannot be watched.");
const [amy, bob] = await Promise.all([
  FileTab.open(profile, site.origin),
  FileTab.open(profile, site.origin),
]);
try {
  await amy.join(server.url, "long", "Amy");
  await bob.join(server.url, "long", "Bob");
  const memory = await watchMemory(browser);
  const begin = performance.now();
  await amy.send(size);
  for (let cut = 1; cut <= cuts; cut += 1) {
    await until(async () => (await bob.progress()).bytes > (cut / (cuts + 1)) * size);
    await [amy, bob][cut % 2]?.cut();
  }
  await until(async () => (await amy.progress()).end !== undefined);
  const seconds = (performance.now() - begin) / 1000;
  const { end } = await bob.progress();
  const most = await memory();
  const difference = await bob.firstDifference(size);
  process.stdout.write(
    `${mebibytes} MiB, ${cuts} cuts: ${end}, ${seconds.toFixed(1)} s, ` +
      `${(size / seconds / 1e6).toFixed(1)} MB/s, most memory of a tab ${(most / MIB).toFixed(0)} MiB, ` +
      `${difference < 0 ? "every byte equal" : `another byte at ${difference}`}\n`,
  );
  if (end !== "done" || difference >= 0 || most > 300 * MIB) process.exitCode = 1;
} finally {
  await profile.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Waits, tells how far it is from time to time, and gives up when nothing moves any more. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  let told = 0;
  let last = { bytes: -1, at: performance.now() };
  while (!(await isSo())) {
    const states = await Promise.all([amy.progress(), bob.progress()]);
    const [, { bytes, end }] = states;
    if (end !== undefined && end !== "done") throw new Error(JSON.stringify(states));
    const now = performance.now();
    if (bytes !== last.bytes) last = { bytes, at: now };
    if (now - last.at > PATIENCE_MS) throw new Error(`Nothing moves: ${JSON.stringify(states)}`);
    if (bytes - told > 128 * MIB) {
      told = bytes;
      process.stderr.write(`${(bytes / MIB).toFixed(0)} MiB\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
