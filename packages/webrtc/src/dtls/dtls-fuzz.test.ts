import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { Random } from "../testing/index.ts";
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
  decodeCertificate,
  fingerprintOf,
  parseFingerprint,
  selfSigned,
} from "./index.ts";
import { decodeRecord } from "./record.ts";
import { decodeServerHello } from "./server-hello.ts";
import { decodeServerKeyExchange } from "./server-key-exchange.ts";
import { besieged, endsWhenChanged, mutated, recordingOf, sentFor } from "./test-rig.ts";

/** Random and mutated bytes into each decoder and into both machines: never a throw, never without end. */

const certificate = selfSigned(crypto, generateEcdsaKey(), { notBefore: 0, notAfter: 1000 });
const der = certificate.chain[0] as Uint8Array;
const fingerprint = fingerprintOf(crypto, der);
const recorded = recordingOf(machine("client"), machine("server"));

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
      expect(sentFor(machine(role), () => hostile(random))).toBeLessThan(20);
    }
  });

  it("connects all the same while somebody sends it records under keys it does not have", () => {
    const random = new Random(31);
    const forged = (): Uint8Array[] => Array.from({ length: 3 }, () => forgedRecord(random));
    expect(besieged(machine, role, random, forged)).toEqual(["connected", "connected"]);
  });
});

it("both end well or badly, but never with other data, when datagrams are changed on the way", () => {
  const ends = endsWhenChanged(machine, 150, new Random(51));
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
