import { launch } from "puppeteer-core";
import type { OtherPeerOptions } from "./other-peer.ts";
import { PagePeer } from "./page-peer.ts";

/** One Firefox; each peer is a page of its own, whose candidates come within its descriptions. */
export interface FirefoxPeers {
  make(options: Pick<OtherPeerOptions, "servers" | "isRelayed">): Promise<PagePeer>;
  close(): Promise<void>;
}

/** `keyLog` is a file for the secrets of its connections, which its sandboxes would not let it write. */
export async function startFirefox({
  keyLog,
}: {
  readonly keyLog?: string;
} = {}): Promise<FirefoxPeers> {
  const browser = await launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    ...(keyLog !== undefined && {
      env: {
        ...process.env,
        SSLKEYLOGFILE: keyLog,
        MOZ_DISABLE_CONTENT_SANDBOX: "1",
        MOZ_DISABLE_SOCKET_PROCESS_SANDBOX: "1",
      },
    }),
    extraPrefsFirefox: {
      // Calls connect on a machine without any network, too, and by addresses.
      "media.peerconnection.ice.loopback": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
    },
  });
  return {
    make: async (options) => {
      const page = await browser.newPage();
      const evaluate = (code: string): Promise<unknown> => page.evaluate(code);
      const close = (): Promise<void> => page.close();
      return PagePeer.start({ evaluate, close }, options, { trickles: false });
    },
    close: () => browser.close(),
  };
}
