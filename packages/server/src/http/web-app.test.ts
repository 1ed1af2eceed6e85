import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webApp } from "./web-app.ts";

let folder: string;
let app: FastifyInstance;
const log = pino({ level: "silent" });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-web-"));
  const page = join(folder, "page");
  await mkdir(join(page, "assets"), { recursive: true });
  await mkdir(join(folder, "sdk"));
  await writeFile(join(folder, "sdk/tincan.js"), "sdk");
  await writeFile(join(folder, "sdk/tincan.js.br"), "sdk as brotli");
  await writeFile(join(folder, "sdk/tincan.js.gz"), "sdk as gzip");
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(page, "index.html"), "<!doctype html>page");
  await writeFile(join(page, ".hidden"), "hidden");
  await writeFile(join(page, "assets/app-1a2b.js"), "script");
  await writeFile(join(page, "assets/app-1a2b.js.br"), "as brotli");
  await writeFile(join(page, "assets/app-1a2b.js.gz"), "as gzip");
  app = await webApp({
    pageFolder: page,
    sdkFolder: join(folder, "sdk"),
    hsts: false,
    embedOrigins: ["https://site.example"],
    log,
  });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

test("the SDK may be loaded by pages of other sites, and the page's own files may not", async () => {
  const sdk = await app.inject({ url: "/sdk/tincan.js" });
  expect([sdk.statusCode, sdk.body]).toEqual([200, "sdk"]);
  expect(sdk.headers).toMatchObject({
    "content-type": expect.stringContaining("javascript"),
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
  });
  const page = await app.inject({ url: "/" });
  expect(page.headers["access-control-allow-origin"]).toBeUndefined();
  expect(page.headers["cross-origin-resource-policy"]).toBe("same-origin");
  expect((await app.inject({ url: "/sdk/../secret.txt" })).statusCode).toBe(404);
});

test("the SDK is sent as compressed before, and again only where it is another one", async () => {
  const get = async (headers: Record<string, string>) => {
    const answer = await app.inject({ url: "/sdk/tincan.js", headers });
    return { status: answer.statusCode, body: answer.body, headers: answer.headers };
  };
  const brotli = await get({ "accept-encoding": "gzip, br" });
  expect(brotli.body).toBe("sdk as brotli");
  expect(brotli.headers).toMatchObject({
    "content-encoding": "br",
    "content-type": expect.stringContaining("javascript"),
    "cache-control": "no-cache",
    vary: "accept-encoding",
    "access-control-allow-origin": "*",
  });
  expect((await get({ "accept-encoding": "gzip" })).body).toBe("sdk as gzip");
  const etag = String(brotli.headers.etag);
  const again = await get({ "accept-encoding": "gzip, br", "if-none-match": etag });
  expect([again.status, again.body]).toEqual([304, ""]);
  // Another copy of the same file is another thing to a cache.
  expect((await get({ "accept-encoding": "gzip", "if-none-match": etag })).status).toBe(200);
});

describe("the page", () => {
  test.each([
    "/",
    "/r/amy",
    "/doctor",
    "/r/amy/",
    "/r/amy?autojoin=1",
    `/r/${encodeURIComponent("你".repeat(64))}`,
  ])("%s", async (url) => {
    const answer = await app.inject({ url });
    expect([answer.statusCode, answer.body]).toEqual([200, "<!doctype html>page"]);
    expect(answer.headers["content-type"]).toContain("text/html");
    expect(answer.headers["cache-control"]).toBe("no-cache");
  });

  test("files with a hash in their name are kept for ever, and sent as compressed before", async () => {
    const get = async (encoding: string): Promise<unknown[]> => {
      const headers = { "accept-encoding": encoding };
      const answer = await app.inject({ url: "/assets/app-1a2b.js", headers });
      const { "cache-control": cache, "content-encoding": sent } = answer.headers;
      return [answer.body, sent, cache];
    };
    const forEver = "public, max-age=31536000, immutable";
    expect(await get("gzip, br")).toEqual(["as brotli", "br", forEver]);
    expect(await get("gzip")).toEqual(["as gzip", "gzip", forEver]);
    expect(await get("identity")).toEqual(["script", undefined, forEver]);
  });
});

describe("what is not there", () => {
  test.each([
    "/nothing",
    "/r",
    "/r/a/b",
    "/.hidden",
    "/assets/",
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//etc/passwd",
  ])("%s is answered with 404", async (url) => {
    const answer = await app.inject({ url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: "not-found" });
  });

  test.each(["/%", "/r/%E0%A4%A", "/%00"])("%s is answered with 400 or 404", async (url) => {
    const answer = await app.inject({ url });
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.json()).toHaveProperty("error");
  });

  test("other methods and bodies get no further", async () => {
    expect((await app.inject({ url: "/", method: "POST" })).statusCode).toBe(404);
    const payload = "x".repeat(2000);
    const answer = await app.inject({ url: "/healthz", method: "POST", payload });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  });
});

describe("headers", () => {
  test("no inline code, no foreign code, sockets to this host only", async () => {
    const { headers } = await app.inject({ url: "/", headers: { host: "box.lan:8443" } });
    const policy = String(headers["content-security-policy"]);
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("upgrade-insecure-requests");
    expect(policy).toContain("connect-src 'self' ws://box.lan:8443 wss://box.lan:8443;");
    expect(policy).toContain("worker-src 'self' blob:");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(headers["permissions-policy"]).toMatch(/camera=\(self\).*microphone=\(self\)/);
    expect(headers["permissions-policy"]).toContain("display-capture=(self)");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers).not.toHaveProperty("strict-transport-security");
  });

  test("a Host made up to widen the policy does not get into it", async () => {
    const host = "x; script-src *";
    const { headers } = await app.inject({ url: "/healthz", headers: { host } });
    expect(headers["content-security-policy"]).not.toContain("script-src *");
  });

  test("calls, and nothing else, may stand in frames of the sites that are named", async () => {
    const ancestors = async (url: string) =>
      /frame-ancestors ([^;]*)/.exec(
        String((await app.inject(url)).headers["content-security-policy"]),
      )?.[1];
    expect(await ancestors("/r/tea?embed=https://site.example")).toBe(
      "'self' https://site.example",
    );
    expect(await ancestors("/")).toBe("'self'");
    const allowed = async (origin?: string) => {
      const headers = { host: "box.lan", ...(origin !== undefined && { origin }) };
      return (await app.inject({ url: "/embed.json", headers })).json();
    };
    expect(await allowed("https://site.example")).toEqual({ allowed: true });
    expect(await allowed("https://box.lan")).toEqual({ allowed: true });
    expect(await allowed("https://other.example")).toEqual({ allowed: false });
    expect((await app.inject("/embed.json")).headers["access-control-allow-origin"]).toBe("*");
  });

  test("HSTS where it is wanted", async () => {
    const strict = await webApp({
      ...{ pageFolder: join(folder, "page"), sdkFolder: join(folder, "sdk") },
      ...{ hsts: true, embedOrigins: [], log },
    });
    const { headers } = await strict.inject("/");
    expect(headers["strict-transport-security"]).toBe("max-age=15552000");
    await strict.close();
  });

  test("healthz is alive and never cached", async () => {
    const answer = await app.inject("/healthz");
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "date",
    });
    expect(answer.json()).toEqual({ status: "ok" });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });
});
