import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { precompress } from "./precompress.ts";
import { ROOT, runTool } from "./run-tool.ts";

/** Builds the page and the SDK's bundle where one of their sources has changed since the last time. */
export async function buildPage(): Promise<void> {
  const stamp = sourcesStamp();
  const isBuilt = [join(PAGE, "index.html"), join(SDK, "tincan.js")].every(existsSync);
  if (isBuilt && readStamp() === stamp) return;
  process.stderr.write("Building the page\n");
  for (const built of [PAGE, SDK]) {
    await runTool("vite/bin/vite.js", ["build", "--logLevel", "warn"], dirname(built));
    await precompress(built);
  }
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, stamp);
}

const PAGE = join(ROOT, "apps/web/dist");
const SDK = join(ROOT, "packages/client/dist-bundle");
const STAMP = join(ROOT, "node_modules/.cache/tincan/page-stamp");

const SOURCES = [
  "apps/web",
  "packages/client",
  "packages/signaling",
  "packages/doctor",
  "packages/webrtc/src/wire",
  "packages/webrtc/src/stun",
  "tools/precompress.ts",
  "package-lock.json",
];

/** Names, sizes and times of all that goes into the page; reading contents would take longer than it is worth. */
function sourcesStamp(): string {
  const hash = createHash("sha256");
  const visit = (path: string): void => {
    const stats = statSync(path);
    if (!stats.isDirectory()) {
      hash.update(`${relative(ROOT, path)}\n${stats.size}\n${stats.mtimeMs}\n`);
      return;
    }
    for (const name of readdirSync(path).sort()) {
      if (!isLeftOut(name)) visit(join(path, name));
    }
  };
  for (const source of SOURCES) visit(join(ROOT, source));
  return hash.digest("hex");
}

function isLeftOut(name: string): boolean {
  return (
    name === "dist" ||
    name === "dist-bundle" ||
    name === "node_modules" ||
    name.startsWith(".") ||
    name.endsWith(".test.ts") ||
    name.endsWith(".tsbuildinfo")
  );
}

function readStamp(): string | undefined {
  return existsSync(STAMP) ? readFileSync(STAMP, "utf8") : undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildPage();
