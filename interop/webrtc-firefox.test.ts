import { afterAll } from "vitest";
import { describeCounterpart } from "./support/describe-counterpart.ts";
import { type FirefoxPeers, startFirefox } from "./support/firefox.ts";

/** Firefox's RTCPeerConnection against ours. */

let firefox: FirefoxPeers | undefined;
afterAll(() => firefox?.close());

describeCounterpart({
  name: "Firefox",
  needs: ["firefox-esr"],
  start: async () => {
    firefox = await startFirefox();
  },
  make: async (options) => {
    if (firefox === undefined) throw new Error("Firefox was not started");
    return firefox.make(options);
  },
  maxMessageSize: 1_073_741_823,
  restarts: ["we", "they"],
  relays: ["ours", "both sides"],
});
