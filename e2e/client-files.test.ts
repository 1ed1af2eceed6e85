import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { FileTab, seededBlock, watchMemory } from "./support/file-tab.ts";
import { type SdkSite, startSdkSite } from "./support/sdk-site.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

const PATIENCE = { timeout: 60_000, interval: 50 };

const MIB = 1024 * 1024;

const dataDir = mkdtempSync(join(tmpdir(), "tincan-files-"));
let site: SdkSite;
let server: RunningTincan;
let browser: Browser;
let amy: FileTab;
let bob: FileTab;

beforeAll(async () => {
  [site, browser] = await Promise.all([startSdkSite(), launchChromium()]);
  server = await startServer();
  [amy, bob] = await Promise.all([
    FileTab.open(browser, site.origin),
    FileTab.open(browser, site.origin),
  ]);
  await amy.join(server.url, "files-e2e", "Amy");
  await bob.join(server.url, "files-e2e", "Bob");
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("chat from page to page", () => {
  test("goes both ways, with marks of delivery, reactions and hands", async () => {
    await say(amy, "hello");
    await expect.poll(() => texts(bob), PATIENCE).toEqual(["Amy: hello, delivered"]);
    await say(bob, "hello yourself");
    const both = ["Amy: hello, delivered", "Bob: hello yourself, delivered"];
    for (const { page } of [amy, bob]) {
      await expect.poll(() => texts({ page }), PATIENCE).toEqual(both);
    }
    await bob.page.evaluate(() => window.tab.chat.raiseHand());
    await expect
      .poll(() => amy.page.evaluate(() => window.tab.chat.hands.length), PATIENCE)
      .toBe(1);
  });

  test("is there again after a reload, and nothing of it was at the server", async () => {
    await bob.page.reload();
    await bob.join(server.url, "files-e2e", "Bob");
    await expect
      .poll(() => texts(bob), PATIENCE)
      .toEqual(["Amy: hello, delivered", "Bob: hello yourself, delivered"]);
    expect(await bob.page.evaluate(() => window.tab.chat.messages[1]?.own)).toBe(true);
    expect(server.output).not.toContain("hello");
  });
});

test("120 MB arrive whole, through three cuts, in little memory", async () => {
  const size = 120 * MIB + 12;
  const before = await (await watchMemory(browser))();
  const memory = await watchMemory(browser);
  await amy.send(size);
  const cuts = [
    () => bob.cut(),
    () => amy.cut(),
    // All at once: the server, and both ends of the connection.
    async () => {
      await server.stop("SIGKILL");
      await Promise.all([amy.cut(), bob.cut()]);
      server = await startServer(new URL(server.url).port);
    },
  ];
  for (const [index, cut] of cuts.entries()) {
    const from = ((index + 1) / 5) * size;
    await expect.poll(async () => (await bob.progress()).bytes, PATIENCE).toBeGreaterThan(from);
    await cut();
    const { bytes, end } = await bob.progress();
    expect(end).toBeUndefined();
    expect(bytes).toBeGreaterThan(from);
  }
  // How long it takes is the machine's affair; that it goes on is ours.
  for (let now = await bob.progress(); now.end === undefined; now = await bob.progress()) {
    const last = JSON.stringify(now);
    await expect.poll(async () => JSON.stringify(await bob.progress()), PATIENCE).not.toBe(last);
  }
  expect(await bob.progress()).toEqual({ bytes: size, state: "ended", end: "done" });
  await expect.poll(async () => (await amy.progress()).end, PATIENCE).toBe("done");
  const most = await memory();
  expect(await bob.firstDifference(size)).toBe(-1);
  // About 50 MiB are on the way at a time; who held the file would hold 120.
  expect((most - before) / MIB).toBeLessThan(110);
}, 180_000);

describe("the ways to keep what has come", () => {
  test("a download of the browser's own, through the service worker", async () => {
    const size = 3 * MIB + 1;
    await bob.throughWorker();
    const downloading = bob.page.waitForEvent("download");
    await amy.send(size);
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("big.bin");
    const saved = await readFile(await download.path());
    expect(saved.length).toBe(size);
    const expected = seededBlock(2 * MIB, 262_144);
    expect(saved.subarray(2 * MIB, 2 * MIB + 262_144).equals(expected)).toBe(true);
    await expect.poll(async () => (await amy.progress()).end, PATIENCE).toBe("done");
  });

  test("examples/chat and examples/files are a chat and a transfer", async () => {
    const [first, second] = await Promise.all([openExample("chat"), openExample("chat")]);
    await expect.poll(() => first.getByText("2 are here").count(), PATIENCE).toBe(1);
    await first.getByLabel("Say something").fill("over here");
    await first.getByRole("button", { name: "Send" }).click();
    await second.getByText("Somebody: over here").waitFor();
    await first.getByText("delivered").waitFor();

    await Promise.all([first, second].map((page) => page.goto(exampleUrl("files"))));
    await expect.poll(() => first.getByText("2 are here").count(), PATIENCE).toBe(1);
    const buffer = Buffer.from(seededBlock(0, 200_000));
    const file = { name: "seeded.bin", mimeType: "application/octet-stream", buffer };
    await first.getByLabel("Choose files").setInputFiles(file);
    await second.getByRole("button", { name: "Take it" }).click();
    const downloading = second.waitForEvent("download");
    await second.getByRole("link", { name: "seeded.bin" }).click();
    const saved = await readFile(await (await downloading).path());
    expect(saved.equals(buffer)).toBe(true);
    for (const page of [first, second]) await page.context().close();
  });
});

test("examples/code is a meeting, and examples/doctor a visit that ends with a verdict", async () => {
  const [first, doctor] = await Promise.all([openExample("code"), openExample("doctor")]);
  await first.getByText("Waiting for the other side").waitFor();
  const second = await openExample("code", { code: await first.locator("#code").innerText() });
  for (const page of [first, second]) await page.getByText("nobody sits in between").waitFor();
  const verdict = (): Promise<string> => doctor.locator("#verdict").innerText();
  await expect.poll(verdict, { timeout: 60_000 }).not.toContain("Looking");
  expect(await doctor.getByText("signaling: good").count()).toBe(1);
  for (const page of [first, second, doctor]) await page.context().close();
});

function exampleUrl(name: string, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ server: server.url, room: `example-${name}`, ...more });
  return `${site.origin}/examples/${name}/?${query}`;
}

async function openExample(
  name: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  // Nobody is there to answer a dialog of the browser's own.
  await page.addInitScript("delete window.showSaveFilePicker");
  await page.goto(exampleUrl(name, more));
  return page;
}

function startServer(port = "0"): Promise<RunningTincan> {
  const options = ["--data-dir", dataDir, "--allow-origin", site.origin, "--http-port", port];
  return startTincan(options);
}

async function say({ page }: Pick<FileTab, "page">, text: string): Promise<void> {
  await page.evaluate((said) => {
    window.tab.chat.send(said);
  }, text);
}

function texts({ page }: Pick<FileTab, "page">): Promise<string[]> {
  return page.evaluate(() =>
    window.tab.chat.messages.map(({ name, text, delivery }) => `${name}: ${text}, ${delivery}`),
  );
}
