import type { CipherSuite13 } from "./cipher-suite13.ts";
import { type NamedGroup, namedGroupCode } from "./named-group.ts";
import { dtls12, dtls13 } from "./record.ts";
import { encodeServerHello, retryRandom } from "./server-hello.ts";

/** What a server asks a client to say again (RFC 8446 §4.1.4). */
export interface HelloRetry {
  readonly suite: CipherSuite13;
  /** The group of the key share that it wants to see; `undefined` where the client's will do. */
  readonly group: NamedGroup | undefined;
  /** What it wants to be shown again. */
  readonly cookie: Uint8Array | undefined;
}

const nothing: Uint8Array = new Uint8Array(0);

/** The body of a HelloRetryRequest, which is a ServerHello by its form. */
export function encodeHelloRetryRequest({ suite, group, cookie }: HelloRetry): Uint8Array {
  return encodeServerHello({
    version: dtls12,
    random: retryRandom,
    sessionId: nothing,
    cipherSuite: suite.code,
    compressionMethod: 0,
    extensions: {
      extendedMasterSecret: false,
      encryptThenMac: false,
      supportedVersions: [dtls13],
      ...(cookie && { cookie }),
      ...(group && { keyShares: [{ group: namedGroupCode(group), publicKey: nothing }] }),
    },
  });
}
