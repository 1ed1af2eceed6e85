import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { NonceIssuer, securityFeatures } from "./nonce.ts";

const alice = { ip: "192.0.2.1", port: 5000 };
const features = { passwordAlgorithms: true, usernameAnonymity: false };

function issuer(lifetimeMs = 60_000): NonceIssuer {
  return new NonceIssuer({ crypto: nodeCrypto, lifetimeMs, ...features });
}

describe("a nonce", () => {
  it("is valid for its client until it is stale", () => {
    const nonces = issuer();
    const nonce = nonces.issue(alice, 5_000);
    expect(nonces.isValid(nonce, alice, 5_000)).toBe(true);
    expect(nonces.isValid(nonce, alice, 65_000)).toBe(true);
    expect(nonces.isValid(nonce, alice, 66_000)).toBe(false);
    expect(nonces.isValid(nonce, { ...alice, port: 5001 }, 5_000)).toBe(false);
    expect(nonces.isValid(nonce, { ...alice, ip: "192.0.2.2" }, 5_000)).toBe(false);
    expect(issuer().isValid(nonce, alice, 5_000)).toBe(false);
  });

  it("stays stale when the two bytes of its time come round again", () => {
    const nonces = issuer();
    const nonce = nonces.issue(alice, 0);
    expect(nonces.isValid(nonce, alice, 65_536_000)).toBe(false);
  });

  it("does not mind a clock whose zero means nothing", () => {
    const nonces = issuer();
    const nonce = nonces.issue(alice, -100_000);
    expect(nonces.isValid(nonce, alice, -60_000)).toBe(true);
    expect(nonces.isValid(nonce, alice, 100_000)).toBe(false);
  });

  it("is short, and says what the server can do", () => {
    const nonce = issuer().issue(alice, 0);
    expect(nonce.length).toBe(24);
    expect(securityFeatures(nonce)).toEqual(features);
    expect(securityFeatures("f//499k954d6OL34oL9FSTvy64sA")).toBeUndefined();
    expect(securityFeatures("obMatJos2")).toBeUndefined();
  });

  it("is valid no more once any character of it is another, its features included", () => {
    const nonces = issuer();
    const nonce = nonces.issue(alice, 0);
    fc.assert(
      fc.property(fc.nat(nonce.length - 1), fc.constantFrom(..."ABab01+/x~"), (at, character) => {
        const changed = nonce.slice(0, at) + character + nonce.slice(at + 1);
        expect(nonces.isValid(changed, alice, 0)).toBe(changed === nonce);
      }),
    );
  });
});

describe("base64", () => {
  it("agrees with the platform's, both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64").replace(/=+$/, "");
        expect(toBase64(bytes)).toBe(text);
        expect(fromBase64(text)).toEqual(bytes);
      }),
    );
  });

  it.each(["A", "AB", "A===", "AA-_", "AAB"])("%j is none", (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });
});
