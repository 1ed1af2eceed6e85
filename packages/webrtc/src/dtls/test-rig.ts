import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { MachinePair, type MachinePairOptions, Random } from "../testing/index.ts";
import {
  type DtlsConfig,
  DtlsConnection,
  type DtlsEvent,
  type DtlsVersion,
  type Fingerprint,
  fingerprintOf,
  type LocalCertificate,
  selfSigned,
} from "./index.ts";

export const validity = { notBefore: 0, notAfter: 86_400_000 };
const clientCertificate: LocalCertificate = selfSigned(crypto, generateEcdsaKey(), validity);
export const serverCertificate: LocalCertificate = selfSigned(crypto, generateEcdsaKey(), validity);
export const clientFingerprint: Fingerprint = fingerprintOf(
  crypto,
  clientCertificate.chain[0] as Uint8Array,
);
export const serverFingerprint: Fingerprint = fingerprintOf(
  crypto,
  serverCertificate.chain[0] as Uint8Array,
);

export interface World {
  readonly client: DtlsConnection;
  readonly server: DtlsConnection;
  readonly pair: MachinePair<DtlsEvent>;
}

export interface WorldOptions extends MachinePairOptions {
  readonly client?: Partial<DtlsConfig>;
  readonly server?: Partial<DtlsConfig>;
  /** Who is not told the other's fingerprint. */
  readonly untold?: readonly ("client" | "server")[];
}

/** Makes a client and a server of one version that know each other, 10 ms apart, and starts them. */
export function worldOf(version: DtlsVersion): (options?: WorldOptions) => World {
  return (options = {}) => {
    const { untold = [] } = options;
    const client = new DtlsConnection({
      role: "client",
      versions: [version],
      crypto,
      certificate: clientCertificate,
      ...(!untold.includes("client") && { remoteFingerprints: [serverFingerprint] }),
      ...options.client,
    });
    const server = new DtlsConnection({
      role: "server",
      versions: [version],
      crypto,
      certificate: serverCertificate,
      ...(!untold.includes("server") && { remoteFingerprints: [clientFingerprint] }),
      ...options.server,
    });
    const pair = new MachinePair<DtlsEvent>(client, server, new Random(1), {
      link: { delayMs: 10 },
      ...options,
    });
    client.start(0);
    server.start(0);
    return { client, server, pair };
  };
}

export function types(events: readonly DtlsEvent[]): readonly string[] {
  return events.map((event) => event.type);
}

/** Why a connection ended, and with which alert. */
export function closing(events: readonly DtlsEvent[]): unknown {
  const closed = events.find((event) => event.type === "closed");
  return closed && [closed.reason, closed.alert];
}
