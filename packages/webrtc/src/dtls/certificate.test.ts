import { generateKeyPairSync, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  nodeDtlsCrypto as crypto,
  generateEcdsaKey,
  generateRsaKey,
  importPkcs8,
} from "../node/index.ts";
import { der, derObjectIdentifier, derTag } from "./der.ts";
import { derTime, readDerTime } from "./der-time.ts";
import {
  decodeCertificate,
  fingerprintOf,
  formatFingerprint,
  matchesFingerprint,
  parseFingerprint,
  selfSigned,
} from "./index.ts";

const validity = { notBefore: Date.UTC(2026, 0, 31, 23, 59, 58), notAfter: Date.UTC(2051, 1, 28) };

describe("selfSigned", () => {
  it.each([
    ["ECDSA", async () => generateEcdsaKey()],
    ["RSA", () => generateRsaKey()],
  ])("makes an %s certificate that others read and verify", async (_name, generate) => {
    const key = await generate();
    const { chain } = selfSigned(crypto, key, { ...validity, commonName: "tést" });
    const bytes = chain[0] as Uint8Array;
    const x509 = new X509Certificate(bytes);
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(x509.subject).toBe("CN=tést");
    expect(x509.ca).toBe(false);
    expect(x509.validFromDate.getTime()).toBe(validity.notBefore);
    expect(x509.validToDate.getTime()).toBe(validity.notAfter);
    const curve = key.type === "ecdsa" ? "secp256r1" : undefined;
    expect(decodeCertificate(bytes)).toEqual({
      ok: true,
      value: {
        publicKey: { type: key.type, curve, spki: new Uint8Array(key.publicKey) },
        ...validity,
      },
    });
  });

  it("refuses a validity that ends before it starts, and a name that is none", () => {
    const key = generateEcdsaKey();
    expect(() => selfSigned(crypto, key, { notBefore: 2, notAfter: 1 })).toThrow("end after");
    expect(() => selfSigned(crypto, key, { ...validity, commonName: "" })).toThrow("common name");
  });

  it("works with a key that was kept", () => {
    // Enough for a coordinate or two to begin with a zero.
    for (let i = 0; i < 300; i += 1) {
      const key = generateEcdsaKey();
      expect(Buffer.compare(importPkcs8(key.exportPkcs8()).publicKey, key.publicKey)).toBe(0);
    }
    expect(() => importPkcs8(Uint8Array.of(1))).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
    const ed25519 = generateKeyPairSync("ed25519").privateKey;
    expect(() => importPkcs8(ed25519.export({ type: "pkcs8", format: "der" }))).toThrow(
      "ECDSA or RSA",
    );
  });
});

describe("decodeCertificate", () => {
  const issued = selfSigned(crypto, generateEcdsaKey(), validity).chain[0] as Uint8Array;

  it("refuses every prefix", () => {
    for (let length = 0; length < issued.length; length += 1) {
      expect(decodeCertificate(issued.subarray(0, length)).ok).toBe(false);
    }
  });

  it("names keys that are weak or not ours", () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const other = generateKeyPairSync("ed25519");
    const p224 = generateKeyPairSync("ec", { namedCurve: "secp224r1" });
    const faults = [weak, other, p224].map(({ publicKey }) =>
      decodeCertificate(
        selfSigned(
          crypto,
          { ...generateEcdsaKey(), publicKey: publicKey.export({ type: "spki", format: "der" }) },
          validity,
        ).chain[0] as Uint8Array,
      ),
    );
    expect(faults).toEqual(
      ["weak-key", "unsupported-key", "unsupported-key"].map((fault) => ({ ok: false, fault })),
    );
  });
});

describe("DER", () => {
  it("writes times that it reads again, whole seconds from 1600 to 9999", () => {
    const [min, max] = [Date.UTC(1600, 0, 1) / 1000, Date.UTC(9999, 11, 31) / 1000];
    fc.assert(
      fc.property(fc.integer({ min, max }), (seconds) => {
        const bytes = derTime(seconds * 1000);
        const element = { tag: bytes[0] as number, content: bytes.subarray(2), whole: bytes };
        expect(readDerTime(element)).toBe(seconds * 1000);
        const text = new Date(seconds * 1000).toISOString().replace(/[-:T]|\.000/g, "");
        expect(text.endsWith(Buffer.from(element.content).toString())).toBe(true);
      }),
    );
  });

  it("writes long lengths and large arcs as X.690 has them", () => {
    expect([...der(derTag.octetString, new Uint8Array(300)).subarray(0, 4)]).toEqual([
      4, 0x82, 1, 44,
    ]);
    expect([...der(derTag.octetString, new Uint8Array(200)).subarray(0, 3)]).toEqual([
      4, 0x81, 200,
    ]);
    expect([...derObjectIdentifier("1.2.840.113549")]).toEqual([6, 6, 42, 134, 72, 134, 247, 13]);
  });
});

describe("fingerprints", () => {
  const issued = selfSigned(crypto, generateEcdsaKey(), validity).chain[0] as Uint8Array;

  it("are written as SDP has them, and as others compute them", () => {
    const { fingerprint256, fingerprint512 } = new X509Certificate(issued);
    expect(formatFingerprint(fingerprintOf(crypto, issued))).toBe(`sha-256 ${fingerprint256}`);
    expect(fingerprintOf(crypto, issued, "sha-512").value).toBe(fingerprint512);
  });

  it("are read in either case, and only if they are whole and not SHA-1", () => {
    const text = formatFingerprint(fingerprintOf(crypto, issued));
    expect(parseFingerprint(text.toLowerCase())).toEqual({
      ok: true,
      value: fingerprintOf(crypto, issued),
    });
    expect(parseFingerprint(text.slice(0, -3))).toMatchObject({ fault: "malformed-fingerprint" });
    expect(parseFingerprint(`${text}:`)).toMatchObject({ fault: "malformed-fingerprint" });
    const sha1 = `sha-1 ${new X509Certificate(issued).fingerprint}`;
    expect(parseFingerprint(sha1)).toMatchObject({ fault: "unsupported-hash" });
  });

  it("match by the strongest hash alone", () => {
    const weak = fingerprintOf(crypto, issued);
    const strong = fingerprintOf(crypto, issued, "sha-512");
    const wrong = fingerprintOf(crypto, Uint8Array.of(1), "sha-512");
    expect(matchesFingerprint(crypto, issued, [weak])).toBe(true);
    expect(matchesFingerprint(crypto, issued, [weak, wrong])).toBe(false);
    expect(matchesFingerprint(crypto, issued, [weak, wrong, strong])).toBe(true);
    expect(matchesFingerprint(crypto, issued, [])).toBe(false);
  });
});
