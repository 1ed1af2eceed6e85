import { networkInterfaces } from "node:os";
import type { Browser, Page } from "playwright-core";

/** Where servers and browsers of this machine meet: libwebrtc leaves loopback alone where there is a network. */
export function meetingHost(): string {
  const faces = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const own = faces.find(({ family, internal }) => family === "IPv4" && !internal);
  return own?.address ?? "127.0.0.1";
}

export interface Visit {
  readonly status: string | null;
  readonly cause: string | null;
  /** How each check went, by its id. */
  readonly checks: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Opens /doctor as a visitor, starts it and reads what it says; `spoil` runs in the page before it. */
export async function visitDoctor(
  browser: Browser,
  url: string,
  spoil: () => void = () => {},
): Promise<Visit> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    await page.addInitScript(spoil);
    await page.goto(new URL("/doctor?lang=en", url).href);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.locator('.doctor[data-phase="done"]').waitFor({ timeout: PATIENCE_MS });
    return await readDoctor(page);
  } finally {
    await context.close();
  }
}

/** Most of a visit is waiting for what does not answer. */
const PATIENCE_MS = 90_000;

/** What stands on the page. */
export async function readDoctor(page: Page): Promise<Visit> {
  const verdict = page.locator(".verdict");
  const lines = await page
    .locator(".result")
    .evaluateAll((all) =>
      all.map((one) => [one.getAttribute("data-check"), one.getAttribute("data-status")]),
    );
  return {
    status: await verdict.getAttribute("data-status"),
    cause: await verdict.getAttribute("data-cause"),
    checks: Object.fromEntries(lines),
    text: await verdict.innerText(),
  };
}
