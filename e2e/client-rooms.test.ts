import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Call, JoinOptions } from "@tincan/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { type SdkSite, startSdkSite } from "./support/sdk-site.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

/** What the tests keep in each page. */
interface Hall {
  call: Call;
  /** What happened, in order. */
  events: string[];
}

declare global {
  interface Window {
    hall: Hall;
  }
}

const PATIENCE = { timeout: 15_000, interval: 50 };

const dataDir = mkdtempSync(join(tmpdir(), "tincan-rooms-"));
let site: SdkSite;
let server: RunningTincan;
let browser: Browser;
let amy: Page;
let bob: Page;

beforeAll(async () => {
  [site, browser] = await Promise.all([startSdkSite(), launchChromium()]);
  server = await startServer();
  [amy, bob] = await Promise.all([openPage(), openPage()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("a room of the SDK's", () => {
  test("is locked by its host, who hears the knock and lets in", async () => {
    expect(await enter(amy, { room: "hall", name: "Amy" })).toBe("joined");
    await amy.evaluate(() => window.hall.call.lock());
    expect(await enter(bob, { room: "hall", name: "Bob" })).toBe("locked");
    const entering = enter(bob, { room: "hall", name: "Bob", knock: true });
    await hears(amy, "knock Bob");
    await hears(bob, "waiting");
    await amy.evaluate(() => window.hall.call.admit(window.hall.call.knocks[0]?.id ?? ""));
    expect(await entering).toBe("joined");
    await hears(amy, "gone Bob");
    const known = () =>
      bob.evaluate(() => {
        const { host, isHost, isLocked, peers } = window.hall.call;
        return [peers.has(host ?? ""), isHost, isLocked];
      });
    expect(await known()).toEqual([true, false, true]);
  });

  test("lets its host ask for silence, and nobody else", async () => {
    await amy.evaluate(() => {
      const { call } = window.hall;
      return call.askToMute([...call.peers.keys()][0] ?? "", "audio");
    });
    await hears(bob, "asked audio by Amy");
    const code = await bob.evaluate(() =>
      window.hall.call.unlock().then(
        () => "ok",
        (error) => error.code,
      ),
    );
    expect(code).toBe("not-host");
  });

  test("takes a seat away, and a reload does not bring it back", async () => {
    await amy.evaluate(() => {
      const { call } = window.hall;
      return call.remove([...call.peers.keys()][0] ?? "");
    });
    await hears(bob, "ended removed");
    await hears(amy, "left removed");
    expect(await enter(bob, { room: "hall", name: "Bob" })).toBe("locked");
  });

  test("has a password, which a restarted server is told again, and the host and the lock", async () => {
    expect(await enter(amy, { room: "vault", name: "Amy", password: "päss" })).toBe("joined");
    const frames = framesOf(bob);
    const joining = (password?: string) =>
      enter(bob, { room: "vault", name: "Bob", ...(password !== undefined && { password }) });
    expect(await joining()).toBe("password-needed");
    expect(await joining("pass")).toBe("wrong-password");
    // The same word, written with a combining mark.
    expect(await joining("pa\u0308ss")).toBe("joined");
    expect(frames.some((frame) => frame.includes('"password":'))).toBe(true);
    expect(frames.filter((frame) => /p(ä|a\u0308)ss/.test(frame))).toEqual([]);
    await amy.evaluate(() => window.hall.call.lock());

    const port = new URL(server.url).port;
    await server.stop("SIGKILL");
    server = await startServer("--http-port", port);
    for (const page of [amy, bob]) {
      const now = () =>
        page.evaluate(() => {
          const { state, isHost, isLocked, hasPassword, peers } = window.hall.call;
          return [state, isHost, isLocked, hasPassword, peers.size].join();
        });
      await expect.poll(now, PATIENCE).toBe(`connected,${page === amy},true,true,1`);
    }
    const eve = await openPage();
    expect(await enter(eve, { room: "vault", name: "Eve" })).toBe("password-needed");
    await amy.evaluate(() => window.hall.call.leave());
    await hears(bob, "host self");
  });
});

function startServer(...args: string[]): Promise<RunningTincan> {
  return startTincan(["--data-dir", dataDir, "--allow-origin", site.origin, ...args]);
}

async function openPage(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(site.origin);
  await page.waitForFunction(() => window.sdk !== undefined);
  return page;
}

/** Joins and notes what happens; answers `joined`, or the code of the error. */
function enter(page: Page, options: JoinOptions): Promise<string> {
  return page.evaluate(
    async (given) => {
      const events: string[] = [];
      window.hall = { events } as unknown as Hall;
      try {
        const call = await window.sdk.join({
          ...given,
          storage: sessionStorage,
          onWaiting: () => events.push("waiting"),
        });
        window.hall.call = call;
        call.on("knock", ({ name }) => events.push(`knock ${name}`));
        call.on("knock-gone", ({ name }) => events.push(`gone ${name}`));
        call.on("host-changed", (id) =>
          events.push(`host ${id === call.self.id ? "self" : "other"}`),
        );
        call.on("asked", ({ peer, kind }) => events.push(`asked ${kind} by ${peer?.name}`));
        call.on("peer-left", ({ reason }) => events.push(`left ${reason}`));
        call.on("ended", (reason) => events.push(`ended ${reason}`));
        return "joined";
      } catch (error) {
        return (error as { code: string }).code;
      }
    },
    { ...options, server: server.url },
  );
}

async function hears(page: Page, event: string): Promise<void> {
  await expect.poll(() => page.evaluate(() => window.hall.events), PATIENCE).toContain(event);
}

/** What the page's WebSockets send from now on. */
function framesOf(page: Page): string[] {
  const frames: string[] = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => frames.push(String(payload)));
  });
  return frames;
}
