import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Download, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { People } from "./support/call-page.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

const folder = mkdtempSync(join(tmpdir(), "tincan-page-files-"));
let server: RunningTincan;
let browser: Browser;
let people: People;
let amy: Page;
let bob: Page;

// Bob's browser has neither a dialog for saving nor a folder of the page's own that can be written to.
beforeAll(async () => {
  [server, browser] = await Promise.all([startTincan(), launchChromium()]);
  people = new People(browser);
  amy = await people.join(`${server.url}/r/files`, "Amy", { query: "&video=0" });
  bob = await people.open();
  await bob.addInitScript(() => {
    Reflect.deleteProperty(FileSystemFileHandle.prototype, "createWritable");
  });
  await bob.goto(`${server.url}/r/files?autojoin=1&name=Bob&video=0`);
  await Promise.all([amy, bob].map((page) => page.locator('.chip[data-tone="good"]').waitFor()));
  await Promise.all([openFiles(amy), openFiles(bob)]);
});

afterAll(async () => {
  await people?.close();
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe("files between pages", () => {
  it("stream through a service worker, stand still while paused, and arrive as they were", async () => {
    const path = join(folder, "tea.bin");
    writeFileSync(path, Buffer.alloc(20_000_000, "tin and string "));
    await fileInput(amy).setInputFiles(path);
    const begun = bob.waitForEvent("download");
    await bob.getByRole("button", { name: "Save", exact: true }).click();
    await amy.getByRole("button", { name: "Pause" }).click();
    const download = await begun;
    await bob.locator('.transfer[data-state="paused"]').waitFor();
    // What was on its way arrives; after that nothing does.
    await expect.poll(() => stoodStill(bob), { timeout: 15_000 }).toBe(true);
    const before = await arrived(bob);
    expect(before).toBeLessThan(20_000_000);
    await amy.getByRole("button", { name: "Go on" }).click();
    expect(sha256(readFileSync(await saved(download)))).toBe(sha256(readFileSync(path)));
    expect(await arrived(bob)).toBeGreaterThan(before);
    expect(download.suggestedFilename()).toBe("tea.bin");
    await bob.locator('.transfer[data-reason="done"]').waitFor();
    await Promise.all([clear(amy), clear(bob)]);
  });

  it("come as a folder with all that is in it", async () => {
    const texts = { "readme.txt": "mind the cake", "more/plan.txt": "Sunday at three" };
    const garden = join(folder, "garden");
    mkdirSync(join(garden, "more"), { recursive: true });
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(garden, name), text);
    await bob.locator('input[type="file"]:not([multiple])').setInputFiles(garden);
    await amy.getByText(/^garden\/.* and 1 more$/).waitFor();
    await amy.getByRole("button", { name: "Save", exact: true }).click();
    for (const [name, text] of Object.entries(texts)) {
      const begun = amy.waitForEvent("download");
      await amy.getByRole("link", { name: `Save ${name.split("/").at(-1)}` }).click();
      expect(readFileSync(await saved(await begun), "utf8")).toBe(text);
    }
    await Promise.all([clear(amy), clear(bob)]);
  });

  it("are given up by either side, and both are told", async () => {
    await fileInput(amy).setInputFiles(join(folder, "tea.bin"));
    await bob.getByRole("button", { name: "Decline" }).click();
    await amy.locator(".transfer").getByText("declined").waitFor();
    await Promise.all([clear(amy), clear(bob)]);
    await fileInput(bob).setInputFiles(join(folder, "tea.bin"));
    await amy.getByRole("button", { name: "Save", exact: true }).click();
    await bob.getByRole("button", { name: "Pause" }).click();
    await bob.getByRole("button", { name: "Cancel" }).click();
    await amy.locator(".transfer").getByText("cancelled by the other side").waitFor();
  });

  it("left nothing to complain of", () => {
    expect(people.complaints).toEqual([]);
  });
});

async function openFiles(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More" }).click();
  await page.locator(".menu").getByRole("button", { name: "Files", exact: true }).click();
}

function fileInput(page: Page): ReturnType<Page["locator"]> {
  return page.locator('input[type="file"][multiple]');
}

async function clear(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Clear" }).click();
}

async function saved(download: Download): Promise<string> {
  const failure = await download.failure();
  if (failure !== null) throw new Error(`the download failed: ${failure}`);
  return download.path();
}

/** Bytes that have come over data channels, by the browser's own report. */
function arrived(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let bytes = 0;
    for (const peer of window.tincan.call?.peers.values() ?? []) {
      for (const stat of (await peer.pc.getStats()).values()) {
        if (stat.type === "data-channel") bytes += stat.bytesReceived;
      }
    }
    return bytes;
  });
}

/** Whether hardly anything more than words came within a third of a second. */
async function stoodStill(page: Page): Promise<boolean> {
  const before = await arrived(page);
  await page.waitForTimeout(350);
  return (await arrived(page)) - before < 10_000;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
