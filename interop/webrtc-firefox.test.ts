import { type Browser, launch } from "puppeteer-core";
import { afterAll } from "vitest";
import { describeCounterpart } from "./support/describe-counterpart.ts";
import { PagePeer } from "./support/page-peer.ts";

/** Firefox's RTCPeerConnection against ours. Its candidates come within its descriptions. */

let browser: Browser | undefined;
afterAll(() => browser?.close());

describeCounterpart({
  name: "Firefox",
  needs: ["firefox-esr"],
  start: async () => {
    browser = await launchFirefox();
  },
  make: async (options) => {
    if (browser === undefined) throw new Error("Firefox was not started");
    const page = await browser.newPage();
    const evaluate = (code: string): Promise<unknown> => page.evaluate(code);
    const close = (): Promise<void> => page.close();
    return PagePeer.start({ evaluate, close }, options, { trickles: false });
  },
  maxMessageSize: 1_073_741_823,
  restarts: ["we", "they"],
  relays: ["ours", "both sides"],
});

function launchFirefox(): Promise<Browser> {
  return launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: {
      // Calls connect on a machine without any network, too, and by addresses.
      "media.peerconnection.ice.loopback": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
    },
  });
}
