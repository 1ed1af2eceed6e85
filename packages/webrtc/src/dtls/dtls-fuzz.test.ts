import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { MachinePair, Random } from "../testing/index.ts";
import { decodeAlert } from "./alert.ts";
import { decodeCertificateMessage } from "./certificate-message.ts";
import { decodeCertificateRequest } from "./certificate-request.ts";
import { decodeClientHello } from "./client-hello.ts";
import { decodeClientKeyExchange } from "./client-key-exchange.ts";
import { decodeFragments } from "./handshake-message.ts";
import { decodeHelloVerifyRequest } from "./hello-verify-request.ts";
import {
  CookieExchange,
  DtlsConnection,
  type DtlsEvent,
  decodeCertificate,
  fingerprintOf,
  parseFingerprint,
  selfSigned,
} from "./index.ts";
import { decodeRecord } from "./record.ts";
import { decodeServerHello } from "./server-hello.ts";
import { decodeServerKeyExchange } from "./server-key-exchange.ts";

/** Random and mutated bytes into each decoder and into both machines: never a throw, never without end. */

const certificate = selfSigned(crypto, generateEcdsaKey(), { notBefore: 0, notAfter: 1000 });
const der = certificate.chain[0] as Uint8Array;
const fingerprint = fingerprintOf(crypto, der);
const recorded = recording();

const decoders = {
  decodeAlert,
  decodeCertificate,
  decodeCertificateMessage,
  decodeCertificateRequest,
  decodeClientHello,
  decodeClientKeyExchange,
  decodeFragments,
  decodeHelloVerifyRequest,
  decodeServerHello,
  decodeServerKeyExchange,
  decodeRecord: (bytes: Uint8Array) => decodeRecord(bytes, 0),
  parseFingerprint: (bytes: Uint8Array) => parseFingerprint(Buffer.from(bytes).toString("latin1")),
} as const;

describe.each(Object.entries(decoders))("%s", (_name, decode) => {
  it("takes random bytes", () => {
    const random = new Random(11);
    for (let i = 0; i < 2000; i += 1) {
      const answer = decode(random.bytes(random.between(0, 80)));
      expect(answer.ok || typeof answer.fault === "string").toBe(true);
    }
  });

  it("takes genuine bytes with a few of them changed", () => {
    const random = new Random(12);
    const bodies = [der, ...messageBodies()] as [Uint8Array, ...Uint8Array[]];
    for (let i = 0; i < 4000; i += 1) {
      const answer = decode(mutated(random.pick(bodies), random));
      expect(answer.ok || typeof answer.fault === "string").toBe(true);
    }
  });
});

describe.each(["client", "server"] as const)("the %s", (role) => {
  it("takes random and mutated packets, and sends little for them", () => {
    const random = new Random(role === "client" ? 21 : 22);
    for (let round = 0; round < 150; round += 1) {
      const connection = machine(role);
      connection.start(0);
      let sent = 0;
      for (let i = 0; i < 40; i += 1) {
        connection.receive(hostile(random), i * 10);
        for (let output = connection.poll(); output; output = connection.poll()) {
          if (output.type === "packet") sent += 1;
          else if (output.event.type !== "closed") throw new Error(output.event.type);
        }
      }
      expect(sent).toBeLessThan(20);
    }
  });

  it("connects all the same while somebody sends it records under keys it does not have", () => {
    const random = new Random(31);
    const client = machine("client");
    const server = machine("server");
    const pair = new MachinePair<DtlsEvent>(client, server, random, { link: { delayMs: 20 } });
    client.start(0);
    server.start(0);
    const target = role === "client" ? client : server;
    for (let at = 0; at < 200; at += 1) {
      pair.run(at);
      for (let i = 0; i < 3; i += 1) target.receive(forgedRecord(random), at);
    }
    // What was forged may have taken the place of an early Finished; the next attempt brings it.
    pair.run(5000);
    expect([client.state, server.state]).toEqual(["connected", "connected"]);
  });
});

it("both end well or badly, but never with other data, when datagrams are changed on the way", () => {
  const random = new Random(51);
  const ends = new Set<string>();
  for (let round = 0; round < 150; round += 1) {
    const client = machine("client");
    const server = machine("server");
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
      if (event.type === "data") expect([...event.data]).toEqual([1, 2, 3, 4]);
    }
  }
  expect(ends).toContain("connected connected");
  expect(ends).toContain("closed closed");
  expect([...ends].filter((end) => /new|handshaking|unverified/.test(end))).toEqual([]);
});

it("a cookie exchange takes anything", () => {
  const random = new Random(41);
  const cookies = new CookieExchange(crypto);
  for (let i = 0; i < 3000; i += 1) {
    expect(cookies.judge(hostile(random), "192.0.2.1:1", i).type).not.toBe("accept");
  }
});

function machine(role: "client" | "server"): DtlsConnection {
  return new DtlsConnection({
    role,
    versions: ["1.2"],
    crypto,
    certificate,
    remoteFingerprints: [fingerprint],
  });
}

/** All datagrams of a genuine handshake with a little data. */
function recording(): readonly [Uint8Array, ...Uint8Array[]] {
  const client = machine("client");
  const server = machine("server");
  const pair = new MachinePair<DtlsEvent>(client, server, new Random(1));
  client.start(0);
  server.start(0);
  pair.run();
  client.send(new Uint8Array(20));
  server.send(new Uint8Array(20));
  pair.run();
  return [...pair.sent.a, ...pair.sent.b] as [Uint8Array, ...Uint8Array[]];
}

/** The bodies of the messages that the recording has in one piece. */
function messageBodies(): readonly Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (const packet of recorded) {
    for (let at = 0; at < packet.length; ) {
      const record = decodeRecord(packet, at);
      if (!record.ok) break;
      at += 13 + record.value.fragment.length;
      const fragments = decodeFragments(record.value.fragment);
      if (record.value.epoch === 0 && fragments.ok) {
        for (const { bytes } of fragments.value) bodies.push(bytes);
      }
    }
  }
  return bodies;
}

function hostile(random: Random): Uint8Array {
  return random.chance(0.2)
    ? random.bytes(random.between(0, 200))
    : mutated(random.pick(recorded), random);
}

function forgedRecord(random: Random): Uint8Array {
  const body = random.bytes(random.between(0, 60));
  const type = random.between(20, 23);
  const number = random.bytes(6);
  return Uint8Array.of(type, 0xfe, 0xfd, 0, 1, ...number, 0, body.length, ...body);
}

function mutated(genuine: Uint8Array, random: Random): Uint8Array {
  const bytes = genuine.slice(
    0,
    random.chance(0.2) ? random.between(0, genuine.length) : undefined,
  );
  for (let i = random.between(0, 3); i > 0 && bytes.length > 0; i -= 1) {
    bytes[random.between(0, bytes.length - 1)] = random.bits();
  }
  return bytes;
}
