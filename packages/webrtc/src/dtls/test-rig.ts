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

type Role = DtlsConfig["role"];

export interface World {
  readonly client: DtlsConnection;
  readonly server: DtlsConnection;
  readonly pair: MachinePair<DtlsEvent>;
}

export interface WorldOptions extends MachinePairOptions {
  readonly client?: Partial<DtlsConfig>;
  readonly server?: Partial<DtlsConfig>;
  /** Who is not told the other's fingerprint. */
  readonly untold?: readonly Role[];
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

/** The genuine datagrams of a whole handshake with a little data, both sides'. */
export function recordingOf(
  client: DtlsConnection,
  server: DtlsConnection,
): readonly [Uint8Array, ...Uint8Array[]] {
  const pair = new MachinePair<DtlsEvent>(client, server, new Random(1));
  client.start(0);
  server.start(0);
  pair.run();
  client.send(new Uint8Array(20));
  server.send(new Uint8Array(20));
  pair.run();
  return [...pair.sent.a, ...pair.sent.b] as [Uint8Array, ...Uint8Array[]];
}

/** Genuine bytes, cut off or a few of them changed. */
export function mutated(genuine: Uint8Array, random: Random): Uint8Array {
  const bytes = genuine.slice(
    0,
    random.chance(0.2) ? random.between(0, genuine.length) : undefined,
  );
  for (let i = random.between(0, 3); i > 0 && bytes.length > 0; i -= 1) {
    bytes[random.between(0, bytes.length - 1)] = random.bits();
  }
  return bytes;
}

/** Sends 40 packets of somebody hostile to a connection, and answers how many it sent for them; it may end, and no more. */
export function sentFor(connection: DtlsConnection, hostile: () => Uint8Array): number {
  connection.start(0);
  let sent = 0;
  for (let i = 0; i < 40; i += 1) {
    connection.receive(hostile(), i * 10);
    for (let output = connection.poll(); output; output = connection.poll()) {
      if (output.type === "packet") sent += 1;
      else if (output.event.type !== "closed") throw new Error(output.event.type);
    }
  }
  return sent;
}

/** Runs a handshake while somebody sends one side, every millisecond, what it has no keys for; answers the two states. */
export function besieged(
  machine: (role: Role) => DtlsConnection,
  role: Role,
  random: Random,
  forged: () => readonly Uint8Array[],
): readonly string[] {
  const [client, server] = [machine("client"), machine("server")];
  const pair = new MachinePair<DtlsEvent>(client, server, random, { link: { delayMs: 20 } });
  client.start(0);
  server.start(0);
  const target = role === "client" ? client : server;
  for (let at = 0; at < 200; at += 1) {
    pair.run(at);
    for (const packet of forged()) target.receive(packet, at);
  }
  // What was forged may have taken the place of an early Finished; the next attempt brings it.
  pair.run(5000);
  return [client.state, server.state];
}

/** How connections end whose datagrams are changed on the way, the two states of each; throws where other data comes out. */
export function endsWhenChanged(
  machine: (role: Role) => DtlsConnection,
  rounds: number,
  random: Random,
): ReadonlySet<string> {
  const ends = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const [client, server] = [machine("client"), machine("server")];
    const pair = new MachinePair<DtlsEvent>(client, server, random, {
      link: { delayMs: 20, jitterMs: 20 },
      tamper: (packet) => (random.chance(0.15) ? mutated(packet, random) : packet),
    });
    client.start(0);
    server.start(0);
    pair.run();
    ends.add(`${client.state} ${server.state}`);
    if (client.state !== "connected") continue;
    for (let i = 0; i < 20; i += 1) client.send(Uint8Array.of(1, 2, 3, 4));
    pair.run();
    for (const event of pair.events.b) {
      if (event.type === "data" && `${event.data}` !== "1,2,3,4") throw new Error(`${event.data}`);
    }
  }
  return ends;
}
