import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { fromHex, toHex } from "../wire/index.ts";
import { Nonce, PasswordAlgorithm, Realm, Userhash } from "./attributes.ts";
import { longTermKey, userhash } from "./credentials.ts";
import { hasIntegritySha256 } from "./integrity.ts";
import { decodeMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { securityFeatures } from "./nonce.ts";

/** Appendix B.1 as erratum 6268 corrects it: the printed one has a wrong length and no algorithm. */
const vector = fromHex(`
  00010090 2112a442 78ad3433 c6ad72c0 29da412e
  001e0020 4a3cf38f ef6992bd a952c678 0417da0f 24819415 569e60b2 05c46e41 407f1704
  00150029 6f624d61 744a6f73 32414141 43662f2f 3439396b 39353464 364f4c33 346f4c39 46535476
           79363473 41000000
  0014000b 6578616d 706c652e 6f726700
  001d0004 00020000
  001c0020 b5c7bf00 5b6c52a2 1c51c5e8 92f81924 136296cb 927c4314 9309278c c6518e65`) as Uint8Array;

const username = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9";
const realm = "example.org";
const nonce = "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA";
const key = longTermKey(nodeCrypto, "sha256", username, realm, "TheMatrIX");

describe("RFC 8489 appendix B.1, a request with USERHASH and MESSAGE-INTEGRITY-SHA256", () => {
  it("is read and authentic", () => {
    const result = decodeMessage(vector);
    if (!result.ok) throw new Error(result.fault);
    const request = result.value;
    expect(request.value(Userhash)).toEqual(new Uint8Array(userhash(nodeCrypto, username, realm)));
    expect(request.value(Nonce)).toBe(nonce);
    expect(request.value(Realm)).toBe(realm);
    expect(request.value(PasswordAlgorithm)?.algorithm).toBe(2);
    expect(hasIntegritySha256(request, nodeCrypto, key)).toBe(true);
  });

  it("is written byte for byte", () => {
    const written = new MessageWriter()
      .begin(1, "request", fromHex("78ad3433c6ad72c029da412e") as Uint8Array)
      .add(Userhash, userhash(nodeCrypto, username, realm))
      .add(Nonce, nonce)
      .add(Realm, realm)
      .add(PasswordAlgorithm, { algorithm: 2, parameters: new Uint8Array(0) })
      .addIntegritySha256(nodeCrypto, key)
      .finish();
    expect(toHex(written)).toBe(toHex(vector));
  });

  it("says in its nonce that names may be hashed, and nothing of algorithms", () => {
    expect(securityFeatures(nonce)).toEqual({ passwordAlgorithms: false, usernameAnonymity: true });
  });
});

describe("MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.6)", () => {
  it.each([16, 20, 28, 32])("of %i bytes is right where that length is allowed", (length) => {
    const written = new MessageWriter()
      .begin(1, "request", new Uint8Array(12))
      .addIntegritySha256(nodeCrypto, key, length)
      .addFingerprint()
      .finish();
    const result = decodeMessage(written);
    if (!result.ok) throw new Error(result.fault);
    expect(hasIntegritySha256(result.value, nodeCrypto, key, 16)).toBe(true);
    expect(hasIntegritySha256(result.value, nodeCrypto, key)).toBe(length === 32);
  });

  it.each([0, 4, 12, 18, 36])("of %i bytes is never right", (length) => {
    const written = new MessageWriter()
      .begin(1, "request", new Uint8Array(12))
      .addIntegritySha256(nodeCrypto, key, length)
      .finish();
    const result = decodeMessage(written);
    if (!result.ok) throw new Error(result.fault);
    expect(hasIntegritySha256(result.value, nodeCrypto, key, 0)).toBe(false);
  });
});
