import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { launchChromium } from "../../e2e/support/browser.ts";
import type { OtherPeerOptions } from "./other-peer.ts";
import { PagePeer } from "./page-peer.ts";

/** One Chromium for the tests of a file; each peer is a page of its own. */
export interface ChromiumPeers {
  make(options: OtherPeerOptions): Promise<PagePeer>;
  close(): Promise<void>;
}

export async function startChromium(): Promise<ChromiumPeers> {
  const browser = await launchChromium();
  // The page of an origin that may use WebRTC.
  const site = createServer((_, response) =>
    response.setHeader("content-type", "text/html").end("<title>peer</title>"),
  );
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  return {
    make: async (options) => {
      const page = await browser.newPage();
      await page.exposeFunction("tell", options.onCandidate);
      await page.goto(url);
      const evaluate = (code: string): Promise<unknown> => page.evaluate(code);
      const close = (): Promise<void> => page.close();
      return PagePeer.start({ evaluate, close }, options, { trickles: true });
    },
    close: async () => {
      await browser.close();
      site.close();
    },
  };
}
