import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { chromiumPath } from "../../tools/browser.ts";

/** Starts Chromium with a fake camera and microphone that nobody has to allow. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    // Chromium's sandbox cannot start for root, and containers often lack what it needs.
    chromiumSandbox: false,
    args: [...CHROMIUM_FLAGS, ...args],
  });
}

/** The same with a profile on disk: other contexts are incognito, where little more than 1 GB can be stored. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(),
    chromiumSandbox: false,
    args: [...CHROMIUM_FLAGS],
  });
}

/** A camera and a microphone without a device or a question, and as little noise as can be. */
export const CHROMIUM_FLAGS: readonly string[] = [
  // Each picture is encoded, decoded and drawn without a graphics card: few of them leave the machine to the rest.
  "--use-fake-device-for-media-stream=fps=5",
  "--use-fake-ui-for-media-stream",
  "--ignore-certificate-errors",
  "--autoplay-policy=no-user-gesture-required",
  // Calls must connect on a machine without any network, too.
  "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
  // The machine's own noise stays out of the tests.
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];
