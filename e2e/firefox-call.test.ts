import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Page as FirefoxPage, Browser as PuppeteerBrowser } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../interop/support/needs.ts";
import { launchChromium } from "./support/browser.ts";
import { flows, People, received } from "./support/call-page.ts";
import { click, launchCallingFirefox } from "./support/firefox.ts";
import { type SdkSite, startSdkSite } from "./support/sdk-site.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

/** Fay with Firefox and Amy with Chromium, both at the call page, as two people would use it. */
describeWith(["firefox-esr"], "Firefox calls Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "tincan-firefox-"));
  let site: SdkSite;
  let server: RunningTincan;
  let chromium: Browser;
  let firefox: PuppeteerBrowser;
  let people: People;
  let amy: Page;
  let fay: FirefoxPage;

  beforeAll(async () => {
    site = await startSdkSite();
    [server, chromium, firefox] = await Promise.all([
      startTincan(["--embed-origin", site.origin]),
      launchChromium(),
      launchCallingFirefox(join(folder, "downloads")),
    ]);
    people = new People(chromium);
    amy = await people.join(`${server.url}/r/tea`, "Amy");
    fay = await firefox.newPage();
    fay.setDefaultTimeout(20_000);
    fay.on("pageerror", (error) => people.complaints.push(String(error)));
    fay.on("console", (message) => {
      if (message.type() === "error") people.complaints.push(message.text());
    });
    await fay.setViewport({ width: 1280, height: 800 });
    await fay.goto(`${server.url}/r/tea?name=Fay&lang=en`);
    await click(fay, ".lobby-join");
  }, 120_000);

  afterAll(async () => {
    await people?.close();
    await Promise.all([chromium?.close(), firefox?.close()]);
    await server?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it("both see and hear the other", async () => {
    await amy.getByRole("article", { name: "Picture of Fay" }).waitFor();
    for (const page of [amy, fay]) {
      const before = await media(page);
      const more = async (): Promise<boolean> => {
        const now = await media(page);
        return now.frames > before.frames && now.energy > before.energy;
      };
      await expect.poll(more, { timeout: 20_000, interval: 150 }).toBe(true);
    }
    await click(fay, labelled("Mute microphone"));
    await amy.getByRole("img", { name: "Fay is muted" }).waitFor();
    await amy.getByRole("button", { name: "Turn camera off" }).click();
    await fay.waitForSelector("text/Amy has the camera off");
    await amy.getByRole("button", { name: "Turn camera on" }).click();
    const { frames } = await media(fay);
    await expect
      .poll(async () => (await media(fay)).frames, { timeout: 20_000 })
      .toBeGreaterThan(frames);
  });

  it("chat arrives on both sides", async () => {
    await amy.keyboard.press("c");
    const field = amy.getByRole("textbox", { name: "Write a message" });
    await field.fill("salut, panda");
    await field.press("Enter");
    await amy.getByRole("img", { name: "Delivered" }).waitFor();
    await click(fay, labelled("Chat, 1 unread"));
    await fay.type("textarea", "hello, dinosaur");
    await fay.keyboard.press("Enter");
    await amy.getByText("hello, dinosaur").last().waitFor();
    await fay.waitForSelector("text/salut, panda");
    await fay.waitForSelector(labelled("Delivered"));
  });

  it("a file goes each way, and is the same there", async () => {
    const files = ["from-firefox.bin", "from-chromium.bin"].map((name, index) => {
      const path = join(folder, name);
      // More than one block of 256 KiB, and no end of one.
      writeFileSync(path, Buffer.alloc(1_000_003, `${name} ${index} `));
      return { name, path };
    });
    const [fromFay, fromAmy] = files as [File, File];

    await click(fay, labelled("More"));
    await click(fay, "::-p-text(Files)");
    const input = await fay.waitForSelector('input[type="file"][multiple]');
    await input?.uploadFile(fromFay.path);
    await amy.getByText(`Fay wants to send ${fromFay.name}`).waitFor();
    await amy.getByRole("button", { name: "Show", exact: true }).last().click();
    await amy.getByRole("button", { name: "Save", exact: true }).click();
    const downloading = amy.waitForEvent("download");
    await amy.getByRole("link", { name: `Save ${fromFay.name}` }).click();
    expect(sha256(await (await downloading).path())).toBe(sha256(fromFay.path));

    await amy.locator('input[type="file"][multiple]').setInputFiles(fromAmy.path);
    await click(fay, ".transfer .button-primary");
    await click(fay, `a[download="${fromAmy.name}"]`);
    const saved = join(folder, "downloads", fromAmy.name);
    await expect.poll(() => isWhole(saved), { timeout: 20_000 }).toBe(true);
    expect(sha256(saved)).toBe(sha256(fromAmy.path));
  });

  it("a call in a frame opens in Firefox too, does what its page asks, and tells it", async () => {
    await Promise.all([amy.close(), fay.close()]);
    // She has muted herself before, and a frame would remember that.
    const options = { server: server.url, room: "framed", name: "Fay", audio: "on" };
    const query = new URLSearchParams(options);
    const page = await firefox.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${site.origin}/examples/embed/?${query}`);
    const says = (words: string): Promise<unknown> =>
      page.waitForFunction(
        (text) => document.getElementById("status")?.textContent === text,
        {},
        words,
      );
    await says("Ready to join.");
    await click(page, "#join");
    await says("In the call with nobody yet.");
    amy = await people.join(`${server.url}/r/framed`, "Amy");
    await says("In the call with Amy.");
    await flows(amy);
    await click(page, "#mute");
    await amy.getByRole("img", { name: "Fay is muted" }).waitFor();
    await page.waitForSelector('::-p-text(media {"audio":false,"video":true})');
    await click(page, "#leave");
    await says("The call is over: left.");
    await amy.getByText("Nobody else is here yet").waitFor();
  });

  it("neither browser has complained", () => {
    expect(people.complaints).toEqual([]);
  });
});

interface File {
  readonly name: string;
  readonly path: string;
}

function labelled(label: string): string {
  return `[aria-label="${label}"]`;
}

/** What comes in, all tracks together. */
async function media(page: Page | FirefoxPage): Promise<{ frames: number; energy: number }> {
  const tracks = await received(page);
  return {
    frames: tracks.reduce((sum, { framesDecoded }) => sum + framesDecoded, 0),
    energy: tracks.reduce((sum, track) => sum + track.energy, 0),
  };
}

/** Firefox writes into a file of another name beside it first. */
function isWhole(path: string): boolean {
  return existsSync(path) && !existsSync(`${path}.part`) && readFileSync(path).length > 0;
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
