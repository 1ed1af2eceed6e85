#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it can say what is wrong.
import process from "node:process";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `tincan needs Node.js 22.18 or newer, and this is ${process.versions.node}: update Node, or run npm start in a checkout, which brings its own.\n`,
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import("node:module");
  // A start takes half a second instead of one and a half. Beside the code and not in the folder for temporary files:
  // who can write to the cache decides what runs. Where it cannot be written, nothing is kept.
  enableCompileCache(
    fileURLToPath(new URL("../../../node_modules/.cache/tincan/compiled", import.meta.url)),
  );
  const { runTincan } = await import("../src/run-tincan.ts");
  await runTincan(process.argv.slice(2));
}
