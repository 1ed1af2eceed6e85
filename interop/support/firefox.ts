import { launchFirefox } from "./launch-firefox.ts";
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
  const browser = await launchFirefox({
    ...(keyLog !== undefined && {
      env: {
        SSLKEYLOGFILE: keyLog,
        MOZ_DISABLE_CONTENT_SANDBOX: "1",
        MOZ_DISABLE_SOCKET_PROCESS_SANDBOX: "1",
      },
    }),
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
