import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto } from "../node/index.ts";
import { concat } from "../wire/index.ts";
import { CbcProtection } from "./cbc-protection.ts";

const number = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 5);
const data = 23;
const key = new Uint8Array(16).fill(1);
const macKey = new Uint8Array(20).fill(2);

describe.each([
  ["MAC over the plaintext", false],
  ["MAC over the ciphertext", true],
])("%s", (_name, encryptThenMac) => {
  const protection = new CbcProtection(crypto, crypto.aesCbc(key), macKey, encryptThenMac);

  it("opens what it has sealed, of every length, within the overhead it tells", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plaintext) => {
        const fragment = new Uint8Array(plaintext.length + protection.overhead);
        const length = protection.seal(data, number, plaintext, fragment, 0);
        const out = new Uint8Array(fragment.length);
        const opened = protection.open(data, number, fragment.subarray(0, length), out, 0);
        expect(opened).toBe(plaintext.length);
        expect(out.subarray(0, opened)).toEqual(plaintext);
      }),
    );
  });

  it("refuses a changed byte wherever it is, another type, another number, and short records", () => {
    const out = new Uint8Array(200);
    const length = protection.seal(data, number, new Uint8Array(40), out, 0);
    const fragment = out.slice(0, length);
    for (let at = 0; at < length; at += 1) {
      const changed = fragment.slice();
      changed[at] = (changed[at] as number) ^ 0x80;
      expect(protection.open(data, number, changed, out, 0)).toBe(-1);
    }
    expect(protection.open(22, number, fragment, out, 0)).toBe(-1);
    expect(protection.open(data, Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 6), fragment, out, 0)).toBe(-1);
    for (let at = 0; at < length; at += 1) {
      expect(protection.open(data, number, fragment.subarray(0, at), out, 0)).toBe(-1);
    }
  });
});

it("takes longer padding than it makes itself, up to 256 bytes (RFC 5246 §6.2.3.2)", () => {
  const protection = new CbcProtection(crypto, crypto.aesCbc(key), macKey, false);
  const iv = new Uint8Array(16).fill(4);
  const header = concat(number, Uint8Array.of(data, 0xfe, 0xfd, 0, 3));
  const plaintext = Uint8Array.of(1, 2, 3);
  const mac = crypto.hmac("sha1", macKey, header, plaintext);
  const content = concat(plaintext, mac);
  const wrap = (padding: Uint8Array): Uint8Array =>
    concat(iv, crypto.aesCbc(key).encrypt(iv, concat(content, padding)));
  const count = 256 - 7;
  const padding = new Uint8Array(count).fill(count - 1);
  const out = new Uint8Array(400);
  expect(protection.open(data, number, wrap(padding), out, 0)).toBe(3);
  padding[0] = 0;
  expect(protection.open(data, number, wrap(padding), out, 0)).toBe(-1);
});
