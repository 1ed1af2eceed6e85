#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it can say what is wrong.
import process from "node:process";

const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `tincan needs Node.js 22.18 or newer, and this is ${process.versions.node}: update Node, or run npm start in a checkout, which brings its own.\n`,
  );
  process.exitCode = 1;
} else {
  const { runTincan } = await import("../src/run-tincan.ts");
  await runTincan(process.argv.slice(2));
}
