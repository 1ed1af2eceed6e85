import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../support/browser.ts";
import { flows, People, received } from "../support/call-page.ts";
import { type RunningTincan, startTincan } from "../support/server.ts";

const NAMES = ["Amy", "Bob", "Cy", "Dana"];
let server: RunningTincan;
let browser: Browser;
let people: People;
let pages: Page[];
let amy: Page;
let bob: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startTincan(["--room-size", "4"]),
    // Twelve pictures are encoded at a time: a slow camera leaves room for all of them.
    launchChromium(["--use-fake-device-for-media-stream=device-count=2,fps=5"]),
  ]);
  people = new People(browser);
  pages = [];
  for (const name of NAMES) pages.push(await people.join(`${server.url}/r/mesh`, name));
  [amy, bob] = pages as [Page, Page];
});

afterAll(async () => {
  await people?.close();
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

describe("four people", () => {
  it("see and hear each other: frames and energy come in each of the twelve directions", async () => {
    const directions = async (): Promise<number> => {
      const all = (await Promise.all(pages.map(received))).flat();
      const seen = all.filter(({ kind, framesDecoded }) => kind === "video" && framesDecoded > 5);
      const heard = all.filter(({ kind, energy }) => kind === "audio" && energy > 0);
      return Math.min(seen.length, heard.length);
    };
    await expect.poll(directions, { timeout: 40_000, interval: 300 }).toBe(12);
    for (const page of pages) expect(await page.locator(".tile").count()).toBe(4);
    // Two are enough for what follows.
    for (const page of pages.splice(2)) {
      await page.getByRole("button", { name: "Hang up" }).click();
      await page.getByRole("heading", { name: "The call has ended" }).waitFor();
      await page.context().close();
    }
    await amy.locator(".tile").nth(1).waitFor({ state: "detached" });
  });
});

describe("a camera", () => {
  it("gives what was asked for, or says that it cannot and goes on", async () => {
    await choose(amy, "Settings");
    // The camera has 5 frames a second, not 30.
    await amy.getByRole("combobox", { name: "How strictly" }).selectOption("exact");
    await amy.getByText("The camera cannot deliver what was asked of it").waitFor();
    expect(await amy.getByText("The call goes on without it").count()).toBe(0);
    await flows(bob);
    await amy.getByRole("button", { name: "Close this message" }).click();
    await amy.getByRole("combobox", { name: "How strictly" }).selectOption("max");
    await amy.getByRole("combobox", { name: "Resolution" }).selectOption("360p");
    await amy.getByText("The camera delivers 640 × 360 at 5 frames a second.").waitFor();
    const heights = async (): Promise<number[]> =>
      (await received(bob)).filter(({ kind }) => kind === "video").map((one) => one.frameHeight);
    await expect.poll(heights, { timeout: 20_000 }).toEqual([360]);
  });

  it("is changed for the other one, and the picture goes on", async () => {
    const before = await sentDevice(amy);
    await amy.getByRole("button", { name: "Other camera" }).click();
    await expect.poll(() => sentDevice(amy)).not.toEqual(before);
    await flows(bob);
  });

  it("that is lost gives way to the one that is left, with a word", async () => {
    const { id, label } = await sentDevice(amy);
    await amy.evaluate(unplug, id);
    await amy.getByText(`${label} is gone. fake_device_`).waitFor();
    await expect.poll(async () => (await sentDevice(amy)).id).not.toBe(id);
    await flows(bob);
  });
});

describe("a server that ends", () => {
  it("is told in calm words, and the call goes on", async () => {
    process.kill(server.pid, "SIGTERM");
    await amy.locator(".chip", { hasText: "The server restarts soon. The call goes on" }).waitFor();
    await Promise.all([flows(amy), flows(bob)]);
  });

  it("left nothing to complain of", () => {
    expect(people.complaints).toEqual([]);
  });
});

async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More" }).click();
  await page.locator(".menu").getByRole("button", { name: item, exact: true }).click();
}

/** The camera behind what is really sent. */
function sentDevice(page: Page): Promise<{ readonly id: string; readonly label: string }> {
  return page.evaluate(() => {
    const [peer] = window.tincan.call?.peers.values() ?? [];
    const track = peer?.pc
      .getSenders()
      .map((sender) => sender.track)
      .find((one) => one?.kind === "video" && one.readyState === "live");
    return { id: track?.getSettings().deviceId ?? "", label: track?.label ?? "" };
  });
}

/** Does to a page what pulling out the plug of a camera does. */
function unplug(id: string): void {
  const { mediaDevices } = navigator;
  const list = mediaDevices.enumerateDevices.bind(mediaDevices);
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.enumerateDevices = async () =>
    (await list()).filter(({ deviceId }) => deviceId !== id);
  mediaDevices.getUserMedia = async (constraints) => {
    const { deviceId } = (constraints?.video ?? {}) as { deviceId?: { exact?: string } };
    if (deviceId?.exact === id) throw new OverconstrainedError("deviceId", "gone");
    return open(constraints);
  };
  for (const publication of window.tincan.call?.publications ?? []) {
    const [track] = publication.stream.getVideoTracks();
    if (track === undefined) continue;
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
  mediaDevices.dispatchEvent(new Event("devicechange"));
}
