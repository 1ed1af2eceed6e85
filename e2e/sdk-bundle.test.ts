import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { buildPage } from "../tools/build.ts";
import { startTincan } from "./support/server.ts";

const ROOT = join(import.meta.dirname, "..");
const BUNDLE = join(ROOT, "packages/client/dist-bundle");

beforeAll(buildPage);

it("the core is at most 20 kB compressed, beside socket.io", () => {
  const core = modulesOf("tincan.js").filter((name) => !name.includes("socket-io"));
  expect(modulesOf("tincan.js")).toContain("tincan-socket-io.js");
  expect(compressedBytes(core)).toBeLessThanOrEqual(20_000);
});

it("the element is at most 8 kB compressed, and needs no socket.io", () => {
  const element = modulesOf("embed.js");
  expect(element).not.toContain("tincan-socket-io.js");
  expect(compressedBytes(element)).toBeLessThanOrEqual(8_000);
});

it("all of it comes compressed from the server", async () => {
  await using server = await startTincan();
  // Below half a kilobyte the header costs more than it saves.
  const modules = readdirSync(BUNDLE)
    .filter((name) => name.endsWith(".js"))
    .filter((name) => readFileSync(join(BUNDLE, name)).byteLength > 512);
  expect(modules).toContain("embed.js");
  for (const name of modules) {
    const answer = await fetch(`${server.url}/sdk/${name}`, {
      headers: { "accept-encoding": "gzip, br" },
    });
    expect([name, answer.headers.get("content-encoding")]).toEqual([name, "br"]);
    expect(await answer.text()).toBe(readFileSync(join(BUNDLE, name), "utf8"));
  }
});

it("every entry point has an example", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "packages/client/package.json"), "utf8"));
  const entries = Object.keys(manifest.exports)
    // A service worker is no page, and the messages of a frame are for pages without our script.
    .filter((entry) => entry !== "./download-worker" && entry !== "./embed-messages")
    .map((entry) => (entry === "." ? "tincan" : entry.slice(2)));
  const pages = readdirSync(join(ROOT, "examples"))
    .map((name) => join(ROOT, "examples", name, "index.html"))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"));
  const without = entries.filter((entry) => !pages.some((page) => loads(page, entry)));
  expect(without).toEqual([]);
});

function loads(example: string, entry: string): boolean {
  return example.includes(`/sdk/${entry}.js`) || example.includes(`sdk("${entry}")`);
}

/** A module of the bundle, and all that a browser fetches with it. */
function modulesOf(entry: string): string[] {
  const found = [entry];
  for (const name of found) {
    const imports = readFileSync(join(BUNDLE, name), "utf8").matchAll(/from\s*"\.\/([^"]+)"/g);
    for (const [, other = ""] of imports) if (!found.includes(other)) found.push(other);
  }
  return found;
}

/** As a server compresses them: each for itself. */
function compressedBytes(names: readonly string[]): number {
  return names
    .map((name) => gzipSync(readFileSync(join(BUNDLE, name)), { level: 9 }).byteLength)
    .reduce((sum, bytes) => sum + bytes, 0);
}
