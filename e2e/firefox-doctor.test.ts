import { tmpdir } from "node:os";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../interop/support/needs.ts";
import { meetingHost } from "./support/doctor-visit.ts";
import { click, launchCallingFirefox } from "./support/firefox.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

/** The page /doctor in Firefox, which gathers, allocates and reports in its own way. */
describeWith(["firefox-esr"], "the page of the doctor in Firefox", () => {
  let server: RunningTincan;
  let firefox: Browser;
  let page: Page;

  beforeAll(async () => {
    [server, firefox] = await Promise.all([
      startTincan(["--allow-peer", meetingHost()]),
      launchCallingFirefox(tmpdir()),
    ]);
    page = await firefox.newPage();
  }, 120_000);

  afterAll(async () => {
    await firefox?.close();
    await server?.[Symbol.asyncDispose]();
  });

  it("finds a good server good, and the camera too", async () => {
    await page.goto(`${server.url}/doctor?lang=en`);
    await click(page, ".doctor-start");
    await page.waitForSelector('.doctor[data-phase="done"]', { timeout: 60_000 });
    expect(await attributes(page, ".verdict")).toMatchObject({ status: "good" });
    const rows = await page.$$eval(".result", (all) =>
      all.map((one) => [one.getAttribute("data-check"), one.getAttribute("data-status")]),
    );
    expect(rows).toHaveLength(19);
    // Without a certificate that browsers can check, no TURN over TLS is handed out.
    expect(rows.filter(([, status]) => status !== "good")).toEqual([["turn-tls", "skipped"]]);

    await click(page, ".device-buttons button:first-child");
    await page.waitForSelector('[data-check="camera"]');
    expect(await attributes(page, '[data-check="camera"]')).toMatchObject({ status: "good" });
  });
});

function attributes(page: Page, selector: string): Promise<Record<string, string | undefined>> {
  return page.$eval(selector, (one) => ({ ...(one as HTMLElement).dataset }));
}
