import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { flows, People } from "./support/call-page.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

let server: RunningTincan;
let browser: Browser;
let people: People;
let amy: Page;
let bob: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startTincan(),
    launchChromium(["--use-fake-device-for-media-stream=device-count=3,fps=5"]),
  ]);
  people = new People(browser);
  amy = await people.join(`${server.url}/r/devices`, "Amy", { before: leaveDepthOut });
  bob = await people.join(`${server.url}/r/devices`, "Bob");
});

afterAll(async () => {
  await people?.close();
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

describe("a camera", () => {
  it("gives what was asked for, or says that it cannot and goes on", async () => {
    await flows(bob);
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
    await expect.poll(() => sentHeight(amy), { timeout: 40_000 }).toBe(360);
    await flows(bob);
  });

  it("is changed for the other one, and the picture goes on", async () => {
    const before = await sentDevice(amy);
    await amy.getByRole("button", { name: "Other camera" }).click();
    await expect.poll(() => sentDevice(amy), { timeout: 40_000 }).not.toEqual(before);
    await flows(bob, ["camera"], FRESH);
  });

  it("that is lost gives way to the one that is left, with a word", async () => {
    const { id, label } = await sentDevice(amy);
    await amy.evaluate(unplug, id);
    await amy.getByText(`${label} is gone. fake_device_`).waitFor();
    await expect.poll(async () => (await sentDevice(amy)).id, { timeout: 40_000 }).not.toBe(id);
    await flows(bob, ["camera"], FRESH);
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

/** More frames than can be on their way from the camera of before. */
const FRESH = 10;

/** The second of Chromium's fake cameras shows depth, which no encoder takes. */
function leaveDepthOut(): void {
  const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  navigator.mediaDevices.enumerateDevices = async () =>
    (await list()).filter(({ label }) => label !== "fake_device_1");
}

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

/** How high the pictures are that the encoder gets; what comes out is smaller while it does not trust the way yet. */
function sentHeight(page: Page): Promise<number | undefined> {
  return page.evaluate(async () => {
    const [peer] = window.tincan.call?.peers.values() ?? [];
    const report = [...((await peer?.pc.getStats())?.values() ?? [])];
    return report.find(({ type, kind }) => type === "media-source" && kind === "video")?.height;
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
