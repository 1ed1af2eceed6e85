import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { People, received } from "./support/call-page.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

const NAMES = ["Amy", "Bob", "Cy", "Dana"];
let server: RunningTincan;
let browser: Browser;
let people: People;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTincan(["--room-size", "4"]), launchChromium()]);
  people = new People(browser);
});

afterAll(async () => {
  await people?.close();
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

it("four people see and hear each other: frames and energy come in each of the twelve directions", async () => {
  const pages: Page[] = [];
  for (const name of NAMES) {
    pages.push(await people.join(`${server.url}/r/mesh`, name, { before: takeSmallPictures }));
  }
  const directions = async (): Promise<number> => {
    const all = (await Promise.all(pages.map(received))).flat();
    const seen = all.filter(({ kind, framesDecoded }) => kind === "video" && framesDecoded > 5);
    const heard = all.filter(({ kind, energy }) => kind === "audio" && energy > 0);
    return Math.min(seen.length, heard.length);
  };
  await expect.poll(directions, { timeout: 60_000, interval: 300 }).toBe(12);
  for (const page of pages) expect(await page.locator(".tile").count()).toBe(4);
  expect(people.complaints).toEqual([]);
});

/** Twelve pictures are encoded and decoded at a time: small ones leave room for all of them on two cores. */
function takeSmallPictures(): void {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (constraints) =>
    open({ ...constraints, ...(constraints?.video && { video: { width: 160, height: 90 } }) });
}
