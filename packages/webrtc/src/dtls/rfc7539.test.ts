import { expect, it } from "vitest";
import { nodeDtlsCrypto as crypto } from "../node/index.ts";
import { fromHex, toHex, toUtf8 } from "../wire/index.ts";

/** RFC 7539 §2.8.2. */
it("ChaCha20-Poly1305 seals and opens the sunscreen", () => {
  const plaintext = toUtf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const nonce = hex("070000004041424344454647");
  const additional = hex("50515253c0c1c2c3c4c5c6c7");
  const expected = `d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
    3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
    92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
    3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691`;
  const aead = crypto.aead("chacha20-poly1305", key);
  const out = new Uint8Array(plaintext.length + 20);
  const length = aead.seal(nonce, additional, plaintext, out, 4);
  expect(toHex(out.subarray(4, 4 + length))).toBe(toHex(hex(expected)));
  expect(aead.open(nonce, additional, out.subarray(4), out, 4)).toBe(plaintext.length);
  expect(out.subarray(4, 4 + plaintext.length)).toEqual(plaintext);
});

function hex(text: string): Uint8Array {
  return fromHex(text) as Uint8Array;
}
