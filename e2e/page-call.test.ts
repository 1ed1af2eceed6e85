import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "./support/browser.ts";
import {
  axeFindings,
  flows,
  heldReport,
  People,
  playing,
  received,
  releaseReport,
} from "./support/call-page.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";
import { beStrange } from "./support/strange-browser.ts";

const PATIENCE = { timeout: 15_000, interval: 100 };

let server: RunningTincan;
let browser: Browser;
let people: People;
let amy: Page;
let bob: Page;

// One call for all: what one test opens it closes again.
beforeAll(async () => {
  const flags = [
    "--auto-select-desktop-capture-source=Entire screen",
    "--auto-accept-this-tab-capture",
  ];
  [server, browser] = await Promise.all([startTincan(["--room-size", "4"]), launchChromium(flags)]);
  people = new People(browser);
  amy = await people.join(`${server.url}/r/tea`, "Amy");
  bob = await people.join(`${server.url}/r/tea`, "Bob");
});

afterAll(async () => {
  await people?.close();
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

describe("devices in the call", () => {
  it("change the picture that the other receives, without a break", async () => {
    await Promise.all([flows(amy), flows(bob)]);
    await choose(amy, "Settings");
    await amy.getByRole("combobox", { name: "Resolution" }).selectOption("360p");
    const height = async (): Promise<number> =>
      Math.max(...(await received(bob)).map(({ frameHeight }) => frameHeight));
    await expect.poll(height, { timeout: 40_000 }).toBeLessThanOrEqual(360);
    await flows(bob);
    await amy.getByText(/The camera delivers 640 × 360/).waitFor();
    await amy.getByRole("combobox", { name: "How strictly" }).selectOption("max");
    await amy.getByRole("combobox", { name: "Resolution" }).selectOption("720p");
    await amy.getByText(/The camera delivers 1280 × 720/).waitFor();
    await flows(bob);
    await amy.getByRole("switch", { name: /Cancel echo/ }).uncheck();
    await amy.getByText("The browser has it off").waitFor();
    expect(await ownAudioSettings(amy)).toMatchObject({ echoCancellation: false });
    await amy.getByRole("combobox", { name: "Save data" }).selectOption("audio-only");
    await bob.getByText("Amy has the camera off").waitFor({ state: "attached" });
    await amy.getByRole("combobox", { name: "Save data" }).selectOption("off");
    await amy.getByRole("button", { name: "Turn camera on" }).click();
    await flows(bob);
    await closePanel(amy);
  });

  it("are heard for as long as the key is held", async () => {
    await bob.keyboard.press("m");
    await amy.getByRole("img", { name: "Bob is muted" }).waitFor();
    const before = await energy(amy);
    await bob.keyboard.down("Space");
    await amy.getByRole("img", { name: "Bob is muted" }).waitFor({ state: "detached" });
    await expect.poll(() => energy(amy), { timeout: 40_000 }).toBeGreaterThan(before);
    await bob.keyboard.up("Space");
    await amy.getByRole("img", { name: "Bob is muted" }).waitFor();
    await bob.keyboard.press("m");
    await amy.getByRole("img", { name: "Bob is muted" }).waitFor({ state: "detached" });
  });
});

describe("views", () => {
  it("show three in a grid, who speaks large, and whom one pins", async () => {
    const cy = await people.join(`${server.url}/r/tea`, "Cy", { query: "&audio=0" });
    await flows(cy);
    await amy.getByRole("article", { name: "Picture of Cy" }).waitFor();
    await expect.poll(() => widths(amy)).toSatisfy(({ Bob, Cy, You }) => Bob === Cy && Cy === You);
    // Only Bob is heard; the fake microphone beeps.
    await amy.keyboard.press("g");
    await expect.poll(() => widths(amy), { timeout: 40_000 }).toSatisfy(isLarge("Bob"));
    await amy.getByRole("article", { name: "Picture of Cy" }).hover();
    await amy.getByRole("button", { name: "Hold the picture of Cy large" }).click();
    await expect.poll(() => widths(amy)).toSatisfy(isLarge("Cy"));
    await amy.keyboard.press("o");
    await expect.poll(async () => Object.keys(await widths(amy)).sort()).toEqual(["Bob", "Cy"]);
    await amy.keyboard.press("o");
    await amy.keyboard.press("g");
    await cy.getByRole("button", { name: "Hang up" }).click();
    await amy.getByRole("article", { name: "Picture of Cy" }).waitFor({ state: "detached" });
    await cy.context().close();
  });

  it("fill the screen, leave the page, and tell their keys", async () => {
    await amy.keyboard.press("f");
    await expect.poll(() => amy.evaluate(() => document.fullscreenElement !== null)).toBe(true);
    await amy.keyboard.press("f");
    await expect.poll(() => amy.evaluate(() => document.fullscreenElement !== null)).toBe(false);
    await amy.keyboard.press("?");
    const sheet = amy.getByRole("dialog", { name: "Keys" });
    await sheet.getByText("Hold to talk while muted").waitFor();
    expect(await axeFindings(amy)).toEqual([]);
    await amy.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });
  });
});

describe("the small window above all others", () => {
  it("plays the other's picture, and has controls of its own", async () => {
    await choose(amy, "Small window above all others");
    const inWindow = <Result>(act: (body: HTMLElement) => Result): Promise<Result> =>
      amy.evaluate(`(${act})(documentPictureInPicture.window.document.body)`) as Promise<Result>;
    const plays = (): Promise<boolean> =>
      inWindow((body) => (body.querySelector("video")?.currentTime ?? 0) > 0.2);
    await expect.poll(() => plays().catch(() => false), { timeout: 40_000 }).toBe(true);
    await inWindow((body) => body.querySelector("button")?.click());
    await bob.getByRole("img", { name: "Amy is muted" }).waitFor();
    await inWindow((body) => body.querySelector("button")?.click());
    await bob.getByRole("img", { name: "Amy is muted" }).waitFor({ state: "detached" });
    await choose(amy, "Close the small window");
  });
});

describe("a browser of another kind", () => {
  let cy: Page;
  const theirs = (): Locator => cy.locator(".tile:not(.tile-self) video").first();

  beforeAll(async () => {
    cy = await people.open();
    await cy.addInitScript(beStrange);
    await cy.goto(`${server.url}/r/tea?autojoin=1&name=Cy`);
    await cy.locator(".call").waitFor();
  });
  afterAll(() => cy?.context().close());

  it("shows pictures that it gives no sound yet, and is heard with a tap", async () => {
    const hear = cy.getByRole("button", { name: "Tap to hear the call" });
    await hear.waitFor();
    await expect.poll(() => playing(theirs()), PATIENCE).toEqual({ moves: true, muted: true });
    await hear.click();
    await hear.waitFor({ state: "detached" });
    expect(await playing(theirs())).toEqual({ moves: true, muted: false });
    const inline = cy
      .locator("video")
      .evaluateAll((all) => all.map((one) => (one as HTMLVideoElement).playsInline));
    expect(new Set(await inline)).toEqual(new Set([true]));
  });

  it("goes on after a phone call", async () => {
    await theirs().evaluate((video: HTMLVideoElement) => video.pause());
    await expect.poll(() => playing(theirs()), PATIENCE).toEqual({ moves: true, muted: false });
    await cy.evaluate(() => {
      const open = window.strange.contexts.filter(({ state }) => state !== "closed");
      return Promise.all(open.map((context) => context.suspend()));
    });
    const states = (): Promise<string[]> =>
      cy.evaluate(() => window.strange.contexts.map(({ state }) => state));
    await expect
      .poll(states, PATIENCE)
      .toSatisfy((all: string[]) => all.includes("running") && !all.includes("suspended"));
  });

  it("keeps the screen on, also when the page was out of sight for a while", async () => {
    const locks = (): Promise<number> => cy.evaluate(() => window.strange.locks);
    expect(await locks()).toBe(1);
    await cy.evaluate(() => {
      // Browsers take it away from a page that is hidden.
      window.strange.locks = 0;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await expect.poll(locks, PATIENCE).toBe(1);
  });

  it("blurs the background where its camera can, and says what came of it", async () => {
    await choose(cy, "Settings");
    const blur = cy.getByRole("switch", { name: "Blur the background" });
    const asked = (): Promise<boolean | undefined> =>
      cy.evaluate(() => window.strange.blurs.at(-1));
    await blur.check();
    await expect.poll(asked, PATIENCE).toBe(true);
    expect(await blur.isChecked()).toBe(true);
    await blur.uncheck();
    await expect.poll(asked, PATIENCE).toBe(false);
    await cy.evaluate(() => {
      window.strange.obeys = false;
    });
    await blur.click();
    await expect.poll(asked, PATIENCE).toBe(true);
    await expect.poll(() => blur.isChecked(), PATIENCE).toBe(false);
    await closePanel(cy);
  });

  it("lifts a picture above all windows, and lets it down again", async () => {
    const lifted = (): Promise<boolean> =>
      theirs().evaluate((video) => document.pictureInPictureElement === video);
    await choose(cy, "Small window above all others");
    await expect.poll(lifted, PATIENCE).toBe(true);
    await choose(cy, "Close the small window");
    await expect.poll(lifted, PATIENCE).toBe(false);
    await cy.getByRole("button", { name: "Hang up" }).click();
    await expect.poll(() => cy.evaluate(() => window.strange.locks), PATIENCE).toBe(0);
  });
});

describe("chat", () => {
  it("carries text, marks what arrived, and counts what was not read", async () => {
    await bob.keyboard.press("c");
    const field = bob.getByRole("textbox", { name: "Write a message" });
    await field.fill("See https://example.org/tea, mind the <b>cake</b>");
    await field.press("Enter");
    await bob.getByRole("img", { name: "Delivered" }).waitFor();
    await amy.getByText("Bob: See https://example.org/tea").waitFor();
    await amy.getByRole("button", { name: "Chat, 1 unread" }).click();
    const link = amy.getByRole("link", { name: "https://example.org/tea" });
    expect(await link.getAttribute("href")).toBe("https://example.org/tea");
    expect(await link.getAttribute("rel")).toContain("noopener");
    await amy.getByText("mind the <b>cake</b>").last().waitFor();
    expect(await axeFindings(amy)).toEqual([]);

    await bob.getByRole("button", { name: "Raise your hand" }).first().click();
    await amy.getByRole("img", { name: "Bob raised a hand" }).first().waitFor();
    await bob.getByRole("button", { name: "Applause" }).first().click();
    await amy.locator(".tile .reaction").waitFor();
    await bob.getByRole("button", { name: "Take your hand down" }).first().click();
    await amy.getByRole("img", { name: "Bob raised a hand" }).waitFor({ state: "detached" });
    await Promise.all([closePanel(amy), closePanel(bob)]);
  });
});

describe("sharing", () => {
  it("sends a screen beside the camera, and stops", async () => {
    await bob.getByRole("button", { name: "Share your screen" }).click();
    await amy.getByRole("article", { name: "Screen of Bob" }).waitFor();
    await flows(amy, ["camera", "screen"]);
    await bob.getByText("You share your screen").waitFor();
    const large = await amy.locator('.tile[data-source="screen"]').boundingBox();
    const small = await amy.locator('.tile[data-source="camera"]').boundingBox();
    expect(large?.width).toBeGreaterThan(2 * (small?.width ?? Number.POSITIVE_INFINITY));
    await bob.getByRole("button", { name: "Stop sharing your screen" }).first().click();
    await amy.getByRole("article", { name: "Screen of Bob" }).waitFor({ state: "detached" });
    await flows(amy);
  });

  it("brings a file over, once it was accepted, as it was", async () => {
    const bytes = Buffer.alloc(3_000_000, "tin and string ");
    await choose(amy, "Files");
    await amy
      .locator('input[type="file"][multiple]')
      .setInputFiles({ name: "tea.bin", mimeType: "application/octet-stream", buffer: bytes });
    await bob.getByText("Amy wants to send tea.bin").waitFor();
    await bob.getByRole("button", { name: "Show", exact: true }).last().click();
    expect(await axeFindings(bob)).toEqual([]);
    await bob.getByRole("button", { name: "Save", exact: true }).click();
    const download = bob.waitForEvent("download");
    await bob.getByRole("link", { name: "Save tea.bin" }).click();
    const arrived = readFileSync(await (await download).path());
    expect(sha256(arrived)).toBe(sha256(bytes));
    await amy.locator('.transfer[data-reason="done"]').waitFor();
    await Promise.all([closePanel(amy), closePanel(bob)]);
  });

  it("records, tells everybody, and leaves a file that one can jump in", async () => {
    await choose(amy, "Record the call");
    const dialog = amy.getByRole("dialog", { name: "Record the call" });
    await dialog.getByRole("radio", { name: "Everybody, in one picture" }).waitFor();
    expect(await axeFindings(amy)).toEqual([]);
    await dialog.getByRole("button", { name: "Begin" }).click();
    await bob.getByRole("img", { name: "Recorded by Amy" }).waitFor();
    await amy.getByRole("img", { name: "Recorded by You" }).waitFor();
    const since = performance.now();
    await bob.waitForTimeout(4000);
    await choose(amy, "End the recording");
    const lasted = (performance.now() - since) / 1000;
    await bob.getByRole("img", { name: "Recorded by Amy" }).waitFor({ state: "detached" });
    const download = amy.waitForEvent("download");
    await amy.getByRole("link", { name: "Save the recording" }).click();
    const path = await (await download).path();
    const shown = ["-show_format", "-show_streams", "-of", "json"];
    const options = { encoding: "utf8" } as const;
    const probed = JSON.parse(execFileSync("ffprobe", ["-v", "error", ...shown, path], options));
    const kinds = probed.streams.map((stream: { codec_type: string }) => stream.codec_type);
    expect(kinds.sort()).toEqual(["audio", "video"]);
    expect(Number(probed.format.duration)).toBeGreaterThan(3);
    expect(Number(probed.format.duration)).toBeLessThan(lasted + 3);
    await amy.getByRole("button", { name: "Throw away" }).click();
  });
});

describe("the connection", () => {
  it("is told in the browser's own numbers, with graphs, and can be saved", async () => {
    await choose(amy, "Connection");
    const table = amy.getByRole("table", { name: "Picture received, camera" });
    await table.waitFor();
    await amy.locator(".graph canvas").nth(2).waitFor();
    const { rtp, codec, pair, local } = await heldReport(amy);
    const rows = async (of: Locator): Promise<Record<string, string>> =>
      Object.fromEntries(
        await of
          .locator("[data-stat]")
          .evaluateAll((all) =>
            all.map((row) => [
              row.getAttribute("data-stat"),
              row.querySelector("td")?.textContent?.replace(/ \(.*\)$/, ""),
            ]),
          ),
      );
    await expect
      .poll(() => rows(table), { timeout: 30_000 })
      .toMatchObject({
        codec: codec.mimeType.split("/")[1],
        size: `${rtp.frameWidth} × ${rtp.frameHeight}, ${Math.round(rtp.framesPerSecond)} fps`,
        lost: `${rtp.packetsLost}`,
        freezes: `${rtp.freezeCount}`,
        dropped: `${rtp.framesDropped}`,
        decoder: rtp.decoderImplementation,
        requests: `NACK ${rtp.nackCount}, PLI ${rtp.pliCount}`,
      });
    const address = local.address.includes(":") ? `[${local.address}]` : local.address;
    expect(await rows(amy.locator(".panel"))).toMatchObject({ local: `${address}:${local.port}` });
    const rtt = amy.locator('[data-stat="rtt"] td').first();
    await expect
      .poll(() => rtt.textContent(), { timeout: 30_000 })
      .toBe(`${Math.round(pair.currentRoundTripTime * 1000)} ms`);
    await releaseReport(amy);
    expect(await axeFindings(amy)).toEqual([]);
    const download = amy.waitForEvent("download");
    await amy.getByRole("button", { name: "Export as JSON" }).click();
    const exported = JSON.parse(readFileSync(await (await download).path(), "utf8"));
    expect(exported.peers).toHaveLength(1);
    await closePanel(amy);
  });

  it("leads, where it failed, to the page that finds out why, and the call goes on", async () => {
    const seem = (state: RTCPeerConnectionState): Promise<void> =>
      amy.evaluate((value) => {
        const [peer] = window.tincan.call?.peers.values() ?? [];
        Object.defineProperty(peer?.pc, "connectionState", { value, configurable: true });
        peer?.pc.dispatchEvent(new Event("connectionstatechange"));
      }, state);
    await seem("failed");
    const notice = amy.locator(".chip", { hasText: "No connection to Bob. Trying another way" });
    const link = notice.getByRole("link", { name: "Find out why" });
    const [doctor] = await Promise.all([amy.context().waitForEvent("page"), link.click()]);
    await doctor.getByRole("heading", { name: "Do calls work here?" }).waitFor();
    await doctor.close();
    await seem("connected");
    await amy.locator('.chip[data-tone="good"]').waitFor();
    await flows(amy);
  });

  it("shows both the same signs", async () => {
    await Promise.all([choose(amy, "Safety signs"), choose(bob, "Safety signs")]);
    const signs = async (page: Page): Promise<string[]> => {
      await page.locator(".safety-signs li").nth(4).waitFor();
      return page.locator(".safety-signs li").allTextContents();
    };
    const [ours, theirs] = await Promise.all([signs(amy), signs(bob)]);
    expect(ours).toEqual(theirs);
    expect(await axeFindings(amy)).toEqual([]);
    await Promise.all([closePanel(amy), closePanel(bob)]);
  });
});

describe("everywhere", () => {
  it("axe finds nothing: start, lobby, call, menu, people and settings, light and dark", async () => {
    const page = await people.open({ colorScheme: "dark" });
    await page.goto(server.url);
    await page.getByRole("button", { name: "New call" }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.goto(`${server.url}/r/axe`);
    await page.getByRole("button", { name: "Join the call" }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.context().close();
    for (const colorScheme of ["light", "dark"] as const) {
      await amy.emulateMedia({ colorScheme });
      expect(await axeFindings(amy)).toEqual([]);
      for (const panel of ["People", "Settings"]) {
        if (panel === "People") await amy.keyboard.press("p");
        else await choose(amy, panel);
        await amy.getByRole("heading", { name: panel }).waitFor();
        expect(await axeFindings(amy)).toEqual([]);
        await closePanel(amy);
      }
      await amy.getByRole("button", { name: "More" }).click();
      expect(await axeFindings(amy)).toEqual([]);
      await amy.keyboard.press("Escape");
    }
  });

  it("everything can be reached at 200 %, and on a phone that lies on its side", async () => {
    for (const viewport of [
      { width: 640, height: 400 },
      { width: 740, height: 330 },
      { width: 320, height: 568 },
    ]) {
      await amy.setViewportSize(viewport);
      const hangUp = await amy.getByRole("button", { name: "Hang up" }).boundingBox();
      expect((hangUp?.x ?? 0) + (hangUp?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
      expect((hangUp?.y ?? 0) + (hangUp?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
      expect(await amy.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      await choose(amy, "Settings");
      await closePanel(amy);
    }
    await amy.setViewportSize({ width: 1280, height: 720 });
  });

  it("can be installed, and has a page of its own without a network", async () => {
    const page = await people.open();
    await page.goto(server.url);
    const manifest = await (await page.request.get(`${server.url}/manifest.webmanifest`)).json();
    expect(manifest).toMatchObject({ display: "standalone", start_url: "/" });
    for (const { src } of manifest.icons) {
      expect((await page.request.get(`${server.url}${src}`)).status()).toBe(200);
    }
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.context().setOffline(true);
    await page.goto(`${server.url}/r/tea`);
    await page.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: /Try again/ }).click();
    await page.getByRole("button", { name: "Join the call" }).waitFor();
    await page.context().close();
  });

  it("left nothing to complain of", () => {
    expect(people.complaints).toEqual([]);
  });
});

async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More" }).click();
  await page.locator(".menu").getByRole("button", { name: item, exact: true }).click();
}

async function closePanel(page: Page): Promise<void> {
  await page.locator(".panel-head").getByRole("button", { name: "Close" }).click();
  await page.locator(".panel").waitFor({ state: "detached" });
}

/** The widths of the tiles, by the names on them. */
function widths(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>(".tile")].map((tile) => [
        tile.querySelector(".tile-name")?.textContent ?? "",
        tile.offsetWidth,
      ]),
    ),
  );
}

function isLarge(name: string): (all: Record<string, number>) => boolean {
  return ({ [name]: large = 0, ...others }) =>
    Object.values(others).every((width) => width * 2 < large);
}

async function energy(page: Page): Promise<number> {
  const all = await received(page);
  return all.reduce((sum, track) => sum + track.energy, 0);
}

function ownAudioSettings(page: Page): Promise<MediaTrackSettings | undefined> {
  return page.evaluate(() => {
    const [publication] = window.tincan.call?.publications ?? [];
    return publication?.stream.getAudioTracks()[0]?.getSettings();
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
