import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "../e2e/support/browser.ts";
import { startTincan } from "../e2e/support/server.ts";

/**
 * Takes the pictures in docs/screens: every view, small and large, light and dark, in both languages.
 * `node tools/screens.ts`, or with the beginning of a look's name (`desktop-light`) for only that.
 */
const folder = join(import.meta.dirname, "../docs/screens");
mkdirSync(folder, { recursive: true });

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 800 };

interface Look {
  readonly size: "phone" | "desktop";
  readonly colorScheme: "light" | "dark";
  readonly lang: "en" | "zh";
}

const LOOKS: readonly Look[] = [
  { size: "desktop", colorScheme: "light", lang: "en" },
  { size: "desktop", colorScheme: "dark", lang: "zh" },
  { size: "phone", colorScheme: "dark", lang: "en" },
  { size: "phone", colorScheme: "light", lang: "zh" },
];

const only = process.argv[2] ?? "";
const raw = mkdtempSync(join(tmpdir(), "screens-"));
await using server = await startTincan(["--room-size", "8"]);
const browser = await launchChromium(["--auto-select-desktop-capture-source=Entire screen"]);
try {
  for (const [index, look] of LOOKS.entries()) {
    if (nameOf(look).startsWith(only)) await takeAll(browser, server.url, look, index);
  }
} finally {
  await browser.close();
  rmSync(raw, { recursive: true });
}

async function takeAll(chromium: Browser, url: string, look: Look, index: number): Promise<void> {
  const { size, lang } = look;
  const context = await chromium.newContext(contextOptions(look));
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const shoot = async (view: string, of: Page = page): Promise<void> => {
    const path = join(raw, "shot.png");
    await of.screenshot({ path });
    // A palette is enough for a page, and a tenth of the bytes.
    const out = join(folder, `${view}-${nameOf(look)}.png`);
    const filter =
      "split[a][b];[a]palettegen=max_colors=96:stats_mode=full[p];[b][p]paletteuse=dither=none";
    execFileSync("ffmpeg", ["-v", "error", "-y", "-i", path, "-vf", filter, out]);
  };
  const room = `sunday-tea-${index}`;

  await page.goto(`${url}/?lang=${lang}`);
  await page.locator("h1").waitFor();
  await shoot("start");

  await page.goto(`${url}/r/${room}?lang=${lang}&name=Amy`);
  await pictured(page, ".preview video");
  await page.waitForTimeout(600);
  await shoot("lobby");

  await page.locator(".lobby-join").click();
  await page.locator(".waiting").waitFor();
  await pictured(page, ".self video");
  await shoot("waiting");

  const others: BrowserContext[] = [];
  const bob = await joinAs(chromium, `${url}/r/${room}`, "Bob", others);
  await pictured(page, ".tile video");
  await page.locator('.chip[data-tone="good"]').waitFor();
  await page.waitForTimeout(2500);
  await shoot("call");

  await openPanel(page, "message-square");
  await talk(page, bob, lang);
  await shoot("chat");
  await closePanel(page);

  await page.locator(".more > button").click();
  await page.locator(".menu").waitFor();
  await shoot("more");
  await page.keyboard.press("Escape");

  for (const panel of ["safety", "connection", "settings"] as const) {
    await choose(page, panel);
    if (panel === "connection") await page.waitForTimeout(7000);
    if (panel === "safety") await page.locator(".safety-signs").waitFor();
    await shoot(panel);
    await closePanel(page);
  }

  await takeRoom(chromium, page, `${url}/r/${room}`, look, shoot);

  await bob.keyboard.press("h");
  await joinAs(chromium, `${url}/r/${room}`, lang === "zh" ? "小陈" : "Cyrus", others, "&audio=0");
  await joinAs(chromium, `${url}/r/${room}`, "Dana", others, "&video=0");
  await page.waitForFunction(() => document.querySelectorAll(".tile").length === 4);
  await page.waitForFunction(
    () => document.querySelectorAll(".tile:not(.tile-self) video:not(.is-unseen)").length === 2,
  );
  await page.locator('.chip[data-tone="good"]').waitFor();
  await page.waitForTimeout(2500);
  await shoot("four");

  if (size === "desktop") {
    await bob.keyboard.press("s");
    await pictured(page, '.tile[data-source="screen"] video');
    await page.locator(".call-controls .wide-only").nth(1).click();
    await page.locator(".person").nth(3).waitFor();
    await page.waitForTimeout(1500);
    await shoot("screen");
  } else {
    await page.keyboard.press("g");
    await page.waitForTimeout(1500);
    await shoot("speaker");
  }

  await Promise.all(others.map((other) => other.close()));
  await page.locator(".call-controls .button-danger").click();
  await page.locator(".notice-page").waitFor();
  if (size === "phone") await shoot("ended");
  await takeTransfer(chromium, page, url, look, shoot);
  await examine(page, url, lang, shoot);
  await context.close();
}

/** The room as its host sees it, and its door from outside. */
async function takeRoom(
  chromium: Browser,
  page: Page,
  room: string,
  look: Look,
  shoot: (view: string, of?: Page) => Promise<void>,
): Promise<void> {
  await openRoomSection(page);
  await page.locator(".room-section input[role=switch]").check();
  await page.waitForTimeout(400);
  await shoot("host");
  await closePanel(page);

  const outside = await chromium.newContext(contextOptions(look));
  const eve = await outside.newPage();
  await eve.goto(`${room}?lang=${look.lang}&name=Eve`);
  await pictured(eve, ".preview video");
  await eve.locator(".lobby-join").click();
  await eve.locator('[data-door="locked"]').waitFor();
  await eve.locator(".lobby-join").click();
  await eve.locator('[data-door="waiting"]').waitFor();
  await shoot("door-waiting", eve);
  await page.locator("[data-knock]").waitFor();
  await shoot("knock");
  await page.locator("[data-knock] .button").first().click();
  await eve.locator('[data-door="denied"]').waitFor();

  await openRoomSection(page);
  await page.locator(".room-section input[role=switch]").uncheck();
  await page
    .locator(".room-password input")
    .fill(look.lang === "zh" ? "周日的蛋糕" : "sunday cake");
  await page.locator(".room-password button").first().click();
  await page.locator(".room-password button").nth(1).waitFor();
  await closePanel(page);
  await eve.reload();
  await pictured(eve, ".preview video");
  await eve.locator(".lobby-join").click();
  await eve.locator("[name=room-password]").fill("teapot");
  await eve.locator(".lobby-join").click();
  await eve.locator("[name=room-password][aria-invalid=true]").waitFor();
  await shoot("door-password", eve);
  await outside.close();

  // Those who come next have none.
  await openRoomSection(page);
  await page.locator(".room-password button").nth(1).click();
  await page.locator(".room-password button").nth(1).waitFor({ state: "detached" });
  await closePanel(page);
}

async function openRoomSection(page: Page): Promise<void> {
  await page.locator(".more > button").click();
  await page.locator(".menu-item:has(.lucide-lock-keyhole)").click();
  await page.locator(".room-password").waitFor();
}

function contextOptions({ size, colorScheme }: Look): BrowserContextOptions {
  return {
    ...{ viewport: size === "phone" ? phone : desktop, colorScheme, reducedMotion: "reduce" },
    ...(size === "phone" && { hasTouch: true, isMobile: true }),
  };
}

/** Files without a call: the code of who sends, where who receives types it, the question, and the end. */
async function takeTransfer(
  chromium: Browser,
  page: Page,
  url: string,
  look: Look,
  shoot: (view: string, of?: Page) => Promise<void>,
): Promise<void> {
  const outside = await chromium.newContext(contextOptions(look));
  const receiver = await outside.newPage();
  // The system's own dialog cannot be answered here; without it files wait behind a link.
  await receiver.addInitScript(() => Reflect.deleteProperty(window, "showDirectoryPicker"));
  await receiver.goto(`${url}/receive?lang=${look.lang}`);
  await receiver.locator(".transfer-form").waitFor();
  await shoot("receive", receiver);
  await page.goto(`${url}/send?lang=${look.lang}`);
  const code = await page.locator(".transfer-code").innerText();
  await shoot("send");
  await receiver.locator(".transfer-form .field").fill(code);
  await receiver.locator(".transfer-form .button-primary").click();
  await page.locator(".transfer-met").waitFor();
  const names =
    look.lang === "zh" ? ["周日散步.jpg", "周日散步.mp4"] : ["sunday-walk.jpg", "sunday-walk.mp4"];
  const files = names.map((name, index) => ({
    ...{ name, mimeType: "application/octet-stream" },
    buffer: Buffer.alloc(2_400_000 * (index * 4 + 1), name),
  }));
  await page.locator("input[type=file]").first().setInputFiles(files);
  await receiver.locator(".transfer .button-primary").click({ trial: true });
  await shoot("receive-offer", receiver);
  await receiver.locator(".transfer .button-primary").click();
  await page.locator('.transfer[data-reason="done"]').waitFor();
  await shoot("send-done");
  await receiver.locator(".transfer a[download]").first().waitFor();
  await shoot("receive-done", receiver);
  await outside.close();
}

/** The doctor: before, at work, at the end of a good visit, and with a fault. */
async function examine(
  page: Page,
  url: string,
  lang: "en" | "zh",
  shoot: (view: string) => Promise<void>,
): Promise<void> {
  await page.goto(`${url}/doctor?lang=${lang}`);
  await page.locator(".doctor-start").waitFor();
  await shoot("doctor");
  await page.locator(".doctor-start").click();
  await page.locator('[data-check="signaling"]').waitFor();
  await shoot("doctor-running");
  await page.locator('.doctor[data-phase="done"]').waitFor({ timeout: 60_000 });
  await shoot("doctor-good");
  await page.route("**/healthz", (route) => route.abort());
  await page.locator(".doctor-start").click();
  await page.locator('.verdict[data-status="fault"]').waitFor();
  await shoot("doctor-fault");
}

function nameOf({ size, colorScheme, lang }: Look): string {
  return `${size}-${colorScheme}-${lang}`;
}

async function talk(page: Page, bob: Page, lang: "en" | "zh"): Promise<void> {
  const texts =
    lang === "zh"
      ? ["你好！这是地图：https://example.org/map", "收到，谢谢！", "那就周日下午三点见。"]
      : [
          "Hello! Here is the map: https://example.org/map",
          "Got it, thank you!",
          "Sunday at three, then. I bring the cake.",
        ];
  await bob.keyboard.press("c");
  await say(bob, texts[0] as string);
  await say(page, texts[1] as string);
  await say(page, texts[2] as string);
  await page.locator('[data-delivery="delivered"]').nth(1).waitFor();
  await bob.keyboard.press("Escape");
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator(".chat-field").fill(text);
  await page.locator(".chat-field").press("Enter");
  await page.locator(".chat-message").last().waitFor();
  await page.waitForTimeout(300);
}

async function openPanel(page: Page, icon: string): Promise<void> {
  await page.locator(`.call-controls button:has(.lucide-${icon})`).first().click();
  await page.locator(".panel").waitFor();
}

async function closePanel(page: Page): Promise<void> {
  await page.locator(".panel-head button").click();
  await page.locator(".panel").waitFor({ state: "detached" });
}

async function choose(page: Page, panel: "safety" | "connection" | "settings"): Promise<void> {
  const icon = { safety: "shield-check", connection: "activity", settings: "settings" }[panel];
  await page.locator(".more > button").click();
  await page.locator(`.menu-item:has(.lucide-${icon})`).click();
  await page.locator(".panel-body").waitFor();
}

async function joinAs(
  chromium: Browser,
  room: string,
  name: string,
  contexts: BrowserContext[],
  more = "",
): Promise<Page> {
  const context = await chromium.newContext({ viewport: { width: 800, height: 600 } });
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(`${room}?autojoin=1&name=${encodeURIComponent(name)}${more}`);
  await page.locator(".call").waitFor();
  return page;
}

async function pictured(page: Page, selector: string): Promise<void> {
  await page.waitForFunction(
    (query) => {
      const video = document.querySelector<HTMLVideoElement>(query);
      return video !== null && video.videoWidth > 2 && video.currentTime > 0;
    },
    selector,
    { timeout: 60_000 },
  );
}
