import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/index.ts";
import { concat, fromHex, toHex, toUtf8 } from "../wire/index.ts";
import { hkdfExpand, hkdfExpandLabel, hkdfExtract } from "./hkdf.ts";

describe("HKDF", () => {
  it("is that of RFC 5869, appendix A.1", () => {
    const keyingMaterial = new Uint8Array(22).fill(0x0b);
    const salt = hex("000102030405060708090a0b0c");
    const secret = hkdfExtract(nodeCrypto, "sha256", salt, keyingMaterial);
    expect(toHex(secret)).toBe("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    const info = hex("f0f1f2f3f4f5f6f7f8f9");
    expect(toHex(hkdfExpand(nodeCrypto, "sha256", secret, info, 42))).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  it("without salt is that of appendix A.3", () => {
    const keyingMaterial = new Uint8Array(22).fill(0x0b);
    const secret = hkdfExtract(nodeCrypto, "sha256", new Uint8Array(0), keyingMaterial);
    expect(toHex(secret)).toBe("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
    expect(toHex(hkdfExpand(nodeCrypto, "sha256", secret, new Uint8Array(0), 42))).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });

  it("derives as the trace of RFC 8448 §3 does, but for the labels' prefix", () => {
    const zeros = new Uint8Array(32);
    const early = hkdfExtract(nodeCrypto, "sha256", zeros, zeros);
    expect(toHex(early)).toBe("33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
    const empty = nodeCrypto.hash("sha256", new Uint8Array(0));
    const derived = (prefix: string): string =>
      toHex(
        hkdfExpand(
          nodeCrypto,
          "sha256",
          early,
          concat(Uint8Array.of(0, 32, 13), toUtf8(`${prefix}derived`), Uint8Array.of(32), empty),
          32,
        ),
      );
    expect(derived("tls13 ")).toBe(
      "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba",
    );
    expect(toHex(hkdfExpandLabel(nodeCrypto, "sha256", early, "derived", empty, 32))).toBe(
      derived("dtls13"),
    );
  });
});

function hex(text: string): Uint8Array {
  return fromHex(text) as Uint8Array;
}
