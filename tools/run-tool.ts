import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

/** The checkout. */
export const ROOT: string = resolve(import.meta.dirname, "..");

/** Runs a JavaScript program of node_modules; fails with all that it wrote. */
export function runTool(
  program: string,
  args: readonly string[],
  cwd: string = ROOT,
): Promise<void> {
  // As on a command line: a page that is built from within a test run is the same page.
  const { NODE_ENV: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(ROOT, "node_modules", program), ...args], {
    ...{ cwd, env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolvePromise, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolvePromise();
      else reject(new Error(output.trim() || `${program} ended with ${code}`));
    });
  });
}
