import { afterEach, describe, expect, it } from "vitest";
import { RTCPeerConnection } from "./index.ts";
import { Peers, refusal } from "./test-rig.ts";

const peers = new Peers();
afterEach(() => peers.closeAll());

const ecdsa = { name: "ECDSA", namedCurve: "P-256" };
const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: "SHA-256",
};
// biome-ignore lint/suspicious/noExplicitAny: these are the calls that the compiler would not let pass.
const generate = (algorithm: any) => RTCPeerConnection.generateCertificate(algorithm);

describe("generateCertificate", () => {
  it("lets a certificate live as long as is asked for, a year at most", async () => {
    const day = 86_400_000;
    for (const [expires, lifetime] of [
      [undefined, 30 * day],
      ["5000", 5000],
      [2000.9, 2000],
      [10_000 * day, 365 * day],
    ]) {
      const before = Date.now();
      const { expires: end } = await generate({ ...ecdsa, expires });
      expect(Number.isInteger(end)).toBe(true);
      expect(Math.abs(end - before - Number(lifetime))).toBeLessThan(1000);
    }
  });

  it.each([
    [{ ...ecdsa, expires: -1 }],
    [{ ...ecdsa, expires: "soon" }],
    [{ ...ecdsa, expires: Number.POSITIVE_INFINITY }],
    [undefined],
    [{}],
    // WebCrypto needs more than the name of these.
    ["ECDSA"],
    [{ ...rsa, publicExponent: undefined }],
  ])("throws a TypeError for %j", async (algorithm) => {
    expect(await refusal(() => generate(algorithm))).toBe("TypeError");
  });

  it.each([
    ["AES-GCM"],
    [{ name: "no-such" }],
    [{ ...ecdsa, namedCurve: "P-521" }],
    [{ ...rsa, hash: { name: "SHA-1" } }],
    [{ ...rsa, publicExponent: Uint8Array.of(3) }],
  ])("does not make %j", async (algorithm) => {
    expect(await refusal(() => generate(algorithm))).toBe("NotSupportedError");
  });
});

describe("a connection with certificates", () => {
  it("offers the fingerprint of each", async () => {
    const certificates = await Promise.all([generate(ecdsa), generate(rsa)]);
    const one = peers.make({ certificates });
    one.createDataChannel("x");
    const { sdp } = await one.createOffer();
    for (const certificate of certificates) {
      for (const { algorithm, value } of certificate.getFingerprints()) {
        expect(sdp).toContain(`a=fingerprint:${algorithm} ${value?.toUpperCase()}\r\n`);
      }
    }
  });

  it("takes none that has ended", async () => {
    const certificate = await generate({ ...ecdsa, expires: 0 });
    expect(() => new RTCPeerConnection({ certificates: [certificate] })).toThrow(
      expect.objectContaining({ name: "InvalidAccessError" }),
    );
  });
});
