import { afterAll, describe, expect, it } from "vitest";
import { handshakeHeaderLength } from "../packages/webrtc/src/dtls/handshake-message.ts";
import { CookieExchange, parseFingerprint } from "../packages/webrtc/src/dtls/index.ts";
import { recordHeaderLength } from "../packages/webrtc/src/dtls/record.ts";
import { decodeServerHello, isRetryRequest } from "../packages/webrtc/src/dtls/server-hello.ts";
import { nodeDtlsCrypto as crypto } from "../packages/webrtc/src/node/index.ts";
import { startChromium } from "./support/chromium.ts";
import { startFirefox } from "./support/firefox.ts";
import type { PagePeer } from "./support/page-peer.ts";
import { RecordedSide } from "./support/recorded-side.ts";

/** Browsers as clients of DTLS 1.3 whose server keeps nothing of them before they have shown a cookie. */

interface Browser {
  make(): Promise<PagePeer>;
  close(): Promise<void>;
}

const browsers: Readonly<Record<string, () => Promise<Browser>>> = {
  Chromium: async () => {
    const chromium = await startChromium();
    const options = { servers: [], isRelayed: false, onCandidate: () => {} };
    return { make: () => chromium.make(options), close: () => chromium.close() };
  },
  Firefox: async () => {
    const firefox = await startFirefox();
    const options = { servers: [], isRelayed: false };
    return { make: () => firefox.make(options), close: () => firefox.close() };
  },
};
const endings: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

describe.each(Object.entries(browsers))("%s", (_name, start) => {
  it.each([
    ["a cookie", {}],
    ["a cookie and another key share", { groups: ["secp384r1"] }],
  ] as const)("shows %s, and the handshake goes on from there", async (_what, settings) => {
    const browser = await start();
    endings.push(() => browser.close());
    const page = await browser.make();
    await page.createChannel("chat");
    const { sdp } = await page.offer({ restart: false });
    const believed = parseFingerprint(/^a=fingerprint:(.*?)\r?$/m.exec(sdp ?? "")?.[1] ?? "");
    if (!believed.ok) throw new Error("no fingerprint");
    const cookies = new CookieExchange(crypto, settings);
    const side = await RecordedSide.bind("server", ["1.3", "1.2"], believed.value, cookies);
    await page.accept({ type: "answer", sdp: side.answer });
    // Comes when data of the page's were decrypted, for which it has to have shown the cookie.
    const { datagrams } = await side.captured();
    const [asked = ""] = datagrams.filter((line) => line.startsWith(">"));
    const body = recordHeaderLength + handshakeHeaderLength;
    const retry = decodeServerHello(Buffer.from(asked.slice(2), "base64").subarray(body));
    expect(retry.ok && isRetryRequest(retry.value.random)).toBe(true);
    await page.dispose();
  });
});
