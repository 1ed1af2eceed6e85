import { type Browser, launch, type Page } from "puppeteer-core";

/** Starts Debian's Firefox with a fake camera and microphone that nobody has to allow. */
export function launchFirefox(downloads: string): Promise<Browser> {
  return launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: {
      // A camera and a microphone without a device or a question, and sound without a click.
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      // Calls connect on a machine without any network, too, and by addresses.
      "media.peerconnection.ice.loopback": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
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
