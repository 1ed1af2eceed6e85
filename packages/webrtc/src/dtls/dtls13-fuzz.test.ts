import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { Random } from "../testing/index.ts";
import { decodeAck, encodeAck } from "./ack.ts";
import { decodeCertificateMessage13, encodeCertificateMessage13 } from "./certificate-message13.ts";
import { decodeCertificateRequest13, encodeCertificateRequest13 } from "./certificate-request13.ts";
import { type CipherSuite13, cipherSuites13 } from "./cipher-suite13.ts";
import { decodeEncryptedExtensions, encodeEncryptedExtensions } from "./encrypted-extensions.ts";
import { CookieExchange, DtlsConnection, fingerprintOf, selfSigned } from "./index.ts";
import { decodeRetryCookie, encodeRetryCookie } from "./retry-cookie.ts";
import { besieged, endsWhenChanged, mutated, recordingOf, sentFor } from "./test-rig.ts";
import { decodeCipherRecord } from "./unified-header.ts";

/** Random and mutated bytes into each decoder of 1.3 and into both machines: never a throw, never without end. */

const certificate = selfSigned(crypto, generateEcdsaKey(), { notBefore: 0, notAfter: 1000 });
const der = certificate.chain[0] as Uint8Array;
const remoteFingerprints = [fingerprintOf(crypto, der)];
const recorded = recordingOf(machine("client", ["1.3", "1.2"]), machine("server"));

const decoders = {
  decodeAck: [decodeAck, encodeAck([{ epoch: 2, sequence: 5 }])],
  decodeCertificateMessage13: [decodeCertificateMessage13, encodeCertificateMessage13([der])],
  decodeCertificateRequest13: [decodeCertificateRequest13, encodeCertificateRequest13([0x0403])],
  decodeEncryptedExtensions: [
    decodeEncryptedExtensions,
    encodeEncryptedExtensions({ alpn: ["webrtc"] }),
  ],
  decodeRetryCookie: [
    decodeRetryCookie,
    encodeRetryCookie(
      { suite: cipherSuites13[0] as CipherSuite13, group: "x25519", helloHash: new Uint8Array(32) },
      () => new Uint8Array(32),
    ),
  ],
  decodeCipherRecord: [
    (bytes: Uint8Array) => decodeCipherRecord(bytes, 0),
    Uint8Array.of(0x2e, 0, 1, 0, 17, ...new Array(17).fill(3)),
  ],
} as const;

describe.each(Object.entries(decoders))("%s", (_name, [decode, genuine]) => {
  it("takes random and mutated bytes", () => {
    const random = new Random(61);
    expect(decode(genuine).ok).toBe(true);
    for (let i = 0; i < 3000; i += 1) {
      const bytes = random.chance(0.3)
        ? random.bytes(random.between(1, 80))
        : mutated(genuine, random);
      const answer = decode(bytes.length > 0 ? bytes : Uint8Array.of(0));
      expect(answer.ok || typeof answer.fault === "string").toBe(true);
    }
  });
});

describe.each(["client", "server"] as const)("the %s", (role) => {
  it.each([[["1.3"]], [["1.3", "1.2"]]] as const)(
    "with %j takes random and mutated packets, and sends little for them",
    (versions) => {
      const random = new Random(role === "client" ? 71 : 72);
      const hostile = (): Uint8Array =>
        random.chance(0.2)
          ? random.bytes(random.between(0, 200))
          : mutated(random.pick(recorded), random);
      for (let round = 0; round < 100; round += 1) {
        expect(sentFor(machine(role, versions), hostile)).toBeLessThan(20);
      }
    },
  );

  it("connects all the same while somebody sends it records under keys it does not have", () => {
    const random = new Random(73);
    const forged = (): Uint8Array[] => {
      const body = random.bytes(random.between(0, 60));
      return [2, 3].map((epoch) => Uint8Array.of(0x28 | epoch, 0, 1, ...body));
    };
    expect(besieged(machine, role, random, forged)).toEqual(["connected", "connected"]);
  });
});

it("both end well or badly, but never with other data, when datagrams are changed on the way", () => {
  const ends = endsWhenChanged(machine, 60, new Random(81));
  expect(ends).toContain("connected connected");
  expect([...ends].filter((end) => /new|handshaking|unverified/.test(end))).toEqual([]);
});

it("a cookie exchange takes anything, and accepts nothing", () => {
  const random = new Random(91);
  const cookies = new CookieExchange(crypto, {});
  for (let i = 0; i < 3000; i += 1) {
    const packet = mutated(random.pick(recorded), random);
    expect(cookies.judge(packet, "192.0.2.1:1", i).type).not.toBe("accept");
  }
});

function machine(
  role: "client" | "server",
  versions: readonly ("1.3" | "1.2")[] = ["1.3"],
): DtlsConnection {
  return new DtlsConnection({ role, versions, crypto, certificate, remoteFingerprints });
}
