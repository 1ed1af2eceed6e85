import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium } from "../e2e/support/browser.ts";
import { startTincan } from "../e2e/support/server.ts";

/** Takes the pictures in docs/screens: every view, small and large, light and dark, in both languages. */
const folder = join(import.meta.dirname, "../docs/screens");
mkdirSync(folder, { recursive: true });

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 800 };

type Look = {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: "light" | "dark";
  readonly lang: "en" | "zh";
};

const LOOKS: readonly Look[] = [
  { viewport: desktop, colorScheme: "light", lang: "en" },
  { viewport: desktop, colorScheme: "dark", lang: "zh" },
  { viewport: phone, colorScheme: "dark", lang: "en" },
  { viewport: phone, colorScheme: "light", lang: "zh" },
];

await using server = await startTincan();
const browser = await launchChromium();
try {
  for (const [index, look] of LOOKS.entries()) await takeAll(browser, server.url, look, index);
} finally {
  await browser.close();
}

async function takeAll(chromium: Browser, url: string, look: Look, index: number): Promise<void> {
  const { viewport, colorScheme, lang } = look;
  const context = await chromium.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const shoot = async (view: string): Promise<void> => {
    const size = viewport === phone ? "phone" : "desktop";
    await page.screenshot({ path: join(folder, `${view}-${size}-${colorScheme}-${lang}.png`) });
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
  if (viewport === phone) await shoot("waiting");

  const other = await joinAs(chromium, `${url}/r/${room}`, "Bob");
  await pictured(page, ".tile video");
  await page.locator('.chip[data-tone="good"]').waitFor();
  await shoot("call");
  await other.close();

  await page.locator(".call-controls .button-danger").click();
  await page.locator(".notice-page").waitFor();
  await shoot("ended");
  await context.close();
}

async function joinAs(chromium: Browser, room: string, name: string): Promise<BrowserContext> {
  const context = await chromium.newContext({ viewport: phone });
  const page = await context.newPage();
  await page.goto(`${room}?autojoin=1&name=${name}`);
  return context;
}

async function pictured(page: Page, selector: string): Promise<void> {
  await page.waitForFunction(
    (query) => {
      const video = document.querySelector<HTMLVideoElement>(query);
      return video !== null && video.videoWidth > 2 && video.currentTime > 0;
    },
    selector,
    { timeout: 20_000 },
  );
}
