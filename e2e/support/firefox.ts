import type { Browser, Page } from "puppeteer-core";
import { launchFirefox } from "../../interop/support/launch-firefox.ts";

/** Starts Firefox with a fake camera and microphone that nobody has to allow. */
export function launchCallingFirefox(downloads: string): Promise<Browser> {
  return launchFirefox({
    preferences: {
      // A camera and a microphone without a device or a question, and sound without a click.
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      "browser.download.folderList": 2,
      "browser.download.dir": downloads,
      "browser.download.useDownloadDir": true,
    },
  });
}

/** Locators of puppeteer wait for a picture that stands still, which takes long where video is decoded. */
export async function click(page: Page, selector: string): Promise<void> {
  const element = await page.waitForSelector(selector, { visible: true });
  await element?.click();
}
