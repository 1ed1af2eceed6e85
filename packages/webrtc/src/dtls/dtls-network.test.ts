import { expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey, generateRsaKey } from "../node/index.ts";
import { MachinePair, Random } from "../testing/index.ts";
import { DtlsConnection, type DtlsEvent, fingerprintOf, selfSigned } from "./index.ts";

/** Handshakes of 1.2 over networks that lose, double, delay and reorder; a failing seed replays by its number. */

/** A second or so by itself; machines that test much else at the same time take longer. */
const patienceForTestMs = 30_000;

const worlds = 120;

/** With waits of 60 s between attempts, bad luck takes its time. */
const patienceMs = 1_800_000;
const validity = { notBefore: 0, notAfter: 86_400_000 };
const certificates = [
  selfSigned(crypto, generateEcdsaKey(), validity),
  selfSigned(crypto, await generateRsaKey(), validity),
] as const;

it(
  `completes in each of ${worlds} worlds, and then carries data`,
  () => {
    for (let seed = 1; seed <= worlds; seed += 1) {
      const { pair, client, server } = world(seed);
      pair.run(patienceMs);
      const states = [client.state, server.state];
      expect(states, `seed ${seed}`).toEqual(["connected", "connected"]);
      for (let i = 0; i < 40; i += 1) client.send(Uint8Array.of(i));
      pair.run();
      const data = pair.events.b.flatMap((event) => (event.type === "data" ? [...event.data] : []));
      expect(new Set(data).size, `seed ${seed}: nothing twice`).toBe(data.length);
      expect(data.length, `seed ${seed}: something at all`).toBeGreaterThan(0);
      expect(forgeries(client) + forgeries(server), `seed ${seed}`).toBe(0);
    }
  },
  patienceForTestMs,
);

it("does not send much more than the network makes it", () => {
  const { pair } = world(7, 0);
  pair.run(patienceMs);
  expect(pair.sent.a.length + pair.sent.b.length).toBeLessThan(40);
});

function forgeries(connection: DtlsConnection): number {
  return connection.faults.get("forged") ?? 0;
}

function world(
  seed: number,
  maxLoss = 0.4,
): {
  readonly pair: MachinePair<DtlsEvent>;
  readonly client: DtlsConnection;
  readonly server: DtlsConnection;
} {
  const random = new Random(seed);
  const mine = random.pick(certificates);
  const yours = random.pick(certificates);
  const shared = {
    versions: ["1.2"],
    crypto,
    initialRtoMs: random.pick([50, 250, 1000]),
    handshakeTimeoutMs: patienceMs,
  } as const;
  const client = new DtlsConnection({
    ...shared,
    role: "client",
    certificate: mine,
    remoteFingerprints: [fingerprintOf(crypto, yours.chain[0] as Uint8Array, "sha-512")],
    mtu: random.between(228, 1400),
  });
  const server = new DtlsConnection({
    ...shared,
    role: "server",
    certificate: yours,
    remoteFingerprints: [fingerprintOf(crypto, mine.chain[0] as Uint8Array, "sha-384")],
    mtu: random.between(228, 1400),
  });
  const link = {
    delayMs: random.between(0, 200),
    jitterMs: random.between(0, 300),
    loss: maxLoss * random.unit(),
    duplication: 0.3 * random.unit(),
    mtu: random.between(500, 1400),
  };
  const pair = new MachinePair<DtlsEvent>(client, server, random, { link });
  client.start(0);
  server.start(0);
  return { pair, client, server };
}
