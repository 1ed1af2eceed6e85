import type { Call } from "@tincan/client";
import type {} from "@tincan/client/embed";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { flows, received } from "./support/call-page.ts";
import { type SdkSite, startSdkSite } from "./support/sdk-site.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

/** The call page in frames of another origin, by examples/embed. */

let site: SdkSite;
let server: RunningTincan;
let browser: Browser;
let context: BrowserContext;
let amy: Page;
let bob: Page;

const PATIENCE = { timeout: 20_000, interval: 100 };

beforeAll(async () => {
  // Every origin has a process of its own, as on a machine with memory to spare.
  [site, browser] = await Promise.all([startSdkSite(), launchChromium(["--site-per-process"])]);
  server = await startTincan(["--embed-origin", site.origin]);
  context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 } });
  // Both are one visitor to the server, who remembers that Bob's camera was off: Amy's has to be said.
  [amy, bob] = await Promise.all([
    openExample({ room: "tea", name: "Amy", theme: "dark", video: "on" }),
    openExample({ room: "tea", name: "Bob", autojoin: "", video: "off", lang: "zh" }),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

describe("two embedded calls", () => {
  it("begin at the lobby or in the call, as their attributes say", async () => {
    await status(amy, "Ready to join.");
    await status(bob, "In the call with nobody yet.");
    const lobby = amy.frameLocator("iframe");
    expect(await lobby.getByLabel("Your name").inputValue()).toBe("Amy");
    expect(await lobby.locator("header").isVisible()).toBe(false);
    expect(await background(amy)).toBe("rgb(16, 22, 26)");
    expect(await bob.frameLocator("iframe").locator("html").getAttribute("lang")).toBe("zh-Hans");
    await amy.getByRole("button", { name: "Join" }).click();
    await Promise.all([status(amy, "In the call with Bob."), status(bob, "In the call with Amy.")]);
  });

  it("see and hear each other, and each page sees what its own frame is asked for", async () => {
    await flows(await frameOf(bob));
    const frame = await frameOf(amy);
    const energy = async (): Promise<number> =>
      (await received(frame)).reduce((sum, track) => sum + track.energy, 0);
    const before = await energy();
    await expect.poll(energy, PATIENCE).toBeGreaterThan(before);
    expect(await attributes(bob)).toEqual({ audio: "on", video: "off" });
    await bob.evaluate(() => document.querySelector("tincan-call")?.unmute("video"));
    await flows(frame);
    await event(bob, 'media {"audio":true,"video":true}');
    await amy.getByRole("button", { name: "Mute" }).click();
    await bob.frameLocator("iframe").getByRole("img", { name: /Amy/ }).first().waitFor();
    await frame.getByRole("button", { name: "Unmute microphone" }).click();
    await expect.poll(() => attributes(amy)).toEqual({ audio: "on", video: "on" });
  });

  it("take commands and events from their own two sides alone", async () => {
    const forged = { tincan: 1, event: "left", reason: "left" };
    const outsider = await amy.evaluateHandle(() => document.createElement("iframe"));
    await amy.evaluate(
      async ({ frame, message, page }) => {
        const call = document.querySelector("tincan-call");
        // From this page itself, from a frame that is not the element's, and garbage.
        window.postMessage(message, "*");
        frame.srcdoc = `<script>parent.postMessage(${JSON.stringify(message)}, "*")</script>`;
        document.body.append(frame);
        await new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
        const inner = call?.shadowRoot?.querySelector("iframe")?.contentWindow;
        for (const command of [
          { tincan: 1, command: "explode" },
          { tincan: 2, command: "leave" },
          { command: "leave" },
          { tincan: 1, command: "set", audio: "no" },
          "leave",
          null,
        ]) {
          inner?.postMessage(command, page);
        }
        inner?.postMessage({ tincan: 1, command: "set", theme: "light" }, page);
      },
      { frame: outsider, message: forged, page: server.url },
    );
    // Messages keep their order: with the last one done, the others were not.
    await expect.poll(() => background(amy), PATIENCE).toBe("rgb(245, 247, 248)");
    expect(await amy.evaluate(() => document.querySelector("tincan-call")?.state)).toBe("in-call");
    expect(await attributes(amy)).toEqual({ audio: "on", video: "on" });
    await amy.evaluate((frame) => frame.remove(), outsider);
  });

  it("tell nothing to a page of another origin than their address names", async () => {
    const page = await context.newPage();
    await page.goto(site.origin);
    const heard = await page.evaluate(async (address) => {
      const heard: unknown[] = [];
      window.addEventListener("message", ({ data }) => heard.push(data));
      const frame = document.createElement("iframe");
      frame.src = address;
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener("load", resolve));
      return heard;
    }, `${server.url}/r/quiet?embed=https://other.example`);
    const inner = page.frameLocator("iframe");
    await inner.getByRole("button", { name: "Join the call" }).waitFor();
    await page.evaluate(() => window.frames[0]?.postMessage({ tincan: 1, command: "join" }, "*"));
    await inner.getByLabel("Your name").fill("still in the lobby");
    expect(heard).toEqual([]);
    await page.close();
  });

  it("end with the leave command, and at once when the element goes", async () => {
    await amy.getByRole("button", { name: "Leave" }).click();
    await Promise.all([
      status(amy, "The call is over: left."),
      status(bob, "In the call with nobody yet."),
    ]);
    await amy.getByRole("button", { name: "Join" }).click();
    await Promise.all([status(amy, "In the call with Bob."), status(bob, "In the call with Amy.")]);
    // The pictures are there again.
    for (const page of [amy, bob]) await flows(await frameOf(page));
    await amy.evaluate(() => document.querySelector("tincan-call")?.remove());
    await status(amy, "The call is over: left.");
    await event(bob, 'peer-left .*"reason":"left"', 2);
  });
});

describe("a door", () => {
  it("is told of: locked, waited at, given up, opened by the host", async () => {
    const amy = await openExample({ room: "locked", name: "Amy", autojoin: "" });
    await status(amy, "In the call with nobody yet.");
    const host = await frameOf(amy);
    await inCall(host, (call) => call.lock());
    const bob = await openExample({ room: "locked", name: "Bob", autojoin: "" });
    await status(bob, "Not in yet: locked.");
    expect(await state(bob)).toBe("lobby");
    await bob.getByRole("button", { name: "Join" }).click();
    await status(bob, "The host is asked to let you in.");
    expect(await state(bob)).toBe("waiting");
    await bob.getByRole("button", { name: "Leave" }).click();
    await status(bob, "Not in yet: locked.");
    await host.locator("[data-knock]").waitFor({ state: "detached" });
    await bob.getByRole("button", { name: "Join" }).click();
    await host.getByRole("button", { name: "Not now" }).click();
    await status(bob, "Not in yet: not-admitted.");
    await bob.getByRole("button", { name: "Join" }).click();
    await host.getByRole("button", { name: "Let in" }).click();
    await status(bob, "In the call with Amy.");
    expect(await bob.locator("#events li").filter({ hasText: "error" }).count()).toBe(0);

    await inCall(host, (call) => call.unlock().then(() => call.setPassword("swordfish")));
    await bob.close();
    for (const [given, words] of [
      [{}, "Not in yet: password-needed."],
      [{ password: "catfish" }, "Not in yet: wrong-password."],
    ] as const) {
      await status(amy, "In the call with nobody yet.");
      await asksPassword(given, words);
    }
    await amy.close();
  });

  async function asksPassword(given: { password?: string }, words: string): Promise<void> {
    const page = await openExample({ room: "locked", name: "Cy", autojoin: "", ...given });
    await status(page, words);
    await page.frameLocator("iframe").getByLabel("Password of the room").fill("swordfish");
    await page.getByRole("button", { name: "Join" }).click();
    await status(page, "In the call with Amy.");
    await page.close();
  }
});

it("what cannot be joined says why", async () => {
  const page = await openExample({ room: "two words", autojoin: "" });
  await status(page, /^bad-room-name: /);
  await page.close();
});

it("a page that the server does not know is told so in one line", async () => {
  const closed = await startTincan();
  const page = await context.newPage();
  const query = new URLSearchParams({ server: closed.url, room: "tea" });
  await page.goto(`${site.origin}/examples/embed/?${query}`);
  await status(
    page,
    `embedding-refused: ${closed.url} does not let this page show its calls: ` +
      `its operator allows that with --embed-origin ${site.origin}.`,
  );
  await page.getByRole("alert").getByText("does not let this page show its calls").waitFor();
  expect(await page.locator("iframe").count()).toBe(0);
  await closed[Symbol.asyncDispose]();
});

async function openExample(query: Readonly<Record<string, string>>): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  const search = new URLSearchParams({ server: server.url, ...query });
  await page.goto(`${site.origin}/examples/embed/?${search}`);
  return page;
}

function state(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.querySelector("tincan-call")?.state);
}

/** Does something with the call in a frame, as its host's page does. */
async function inCall(frame: Frame, act: (call: Call) => Promise<void>): Promise<void> {
  await frame.evaluate(`(${act})(window.tincan.call)`);
}

async function frameOf(page: Page): Promise<Frame> {
  const handle = await page.locator("iframe").first().elementHandle();
  const frame = await handle?.contentFrame();
  if (frame == null) throw new Error("the element has no frame");
  return frame;
}

async function status(page: Page, words: string | RegExp): Promise<void> {
  const line = expect.poll(() => page.locator("#status").textContent(), PATIENCE);
  await (typeof words === "string" ? line.toBe(words) : line.toMatch(words));
}

async function event(page: Page, pattern: string, times = 1): Promise<void> {
  const seen = page
    .locator("#events li")
    .filter({ hasText: new RegExp(pattern.replaceAll("{", "\\{")) });
  await expect.poll(() => seen.count(), PATIENCE).toBe(times);
}

/** The colour of the call's own page. */
function background(page: Page): Promise<string> {
  const html = page.frameLocator("tincan-call iframe").locator("html");
  return html.evaluate((element) => getComputedStyle(element).backgroundColor);
}

function attributes(page: Page): Promise<Record<string, string | null | undefined>> {
  return page.evaluate(() => {
    const call = document.querySelector("tincan-call");
    return { audio: call?.getAttribute("audio"), video: call?.getAttribute("video") };
  });
}
