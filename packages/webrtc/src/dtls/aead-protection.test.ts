import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto } from "../node/index.ts";
import { fromHex, toHex } from "../wire/index.ts";
import { ChachaProtection, GcmProtection } from "./aead-protection.ts";
import type { RecordProtection } from "./record-protection.ts";

const number = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 5);
const data = 23;

/** Test case 4 of "The Galois/Counter Mode of Operation" (McGrew, Viega), appendix B. */
it("the GCM behind it is the real one", () => {
  const aead = crypto.aead("aes-128-gcm", hex("feffe9928665731c6d6a8f9467308308"));
  const plaintext = hex(`d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
    1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39`);
  const additional = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const out = new Uint8Array(76);
  expect(aead.seal(hex("cafebabefacedbaddecaf888"), additional, plaintext, out, 0)).toBe(76);
  const expected = `42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
    21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47`;
  expect(toHex(out)).toBe(toHex(hex(expected)));
});

it("a GCM record has its nonce in front, and the record header under the tag", () => {
  const key = hex("000102030405060708090a0b0c0d0e0f");
  const salt = hex("a0a1a2a3");
  const out = new Uint8Array(64);
  const length = new GcmProtection(crypto.aead("aes-128-gcm", key), salt).seal(
    data,
    number,
    Uint8Array.of(1, 2, 3),
    out,
    0,
  );
  expect(length).toBe(8 + 3 + 16);
  expect(out.subarray(0, 8)).toEqual(number);
  // RFC 5288 §3 and RFC 5246 §6.2.3.3, spelled out by hand.
  const nonce = hex("a0a1a2a3 0001000000000005");
  const additional = hex("0001000000000005 17 fefd 0003");
  const plain = new Uint8Array(3);
  const opened = crypto
    .aead("aes-128-gcm", key)
    .open(nonce, additional, out.subarray(8, length), plain, 0);
  expect([opened, ...plain]).toEqual([3, 1, 2, 3]);
});

it("a ChaCha20 record has its nonce from the number and the mask alone", () => {
  const key = new Uint8Array(32).fill(3);
  const mask = hex("c0c1c2c3c4c5c6c7c8c9cacb");
  const out = new Uint8Array(64);
  const protection = new ChachaProtection(crypto.aead("chacha20-poly1305", key), mask);
  expect(protection.seal(data, number, Uint8Array.of(1, 2, 3), out, 0)).toBe(3 + 16);
  // RFC 7905 §2: the padded number XORed with the mask.
  const nonce = hex("c0c1c2c3 c4c4c6c7c8c9cace");
  const additional = hex("0001000000000005 17 fefd 0003");
  const plain = new Uint8Array(3);
  const opened = crypto
    .aead("chacha20-poly1305", key)
    .open(nonce, additional, out.subarray(0, 19), plain, 0);
  expect([opened, ...plain]).toEqual([3, 1, 2, 3]);
});

describe.each([
  ["GCM", () => new GcmProtection(crypto.aead("aes-128-gcm", new Uint8Array(16)), hex("01020304"))],
  [
    "ChaCha20",
    () =>
      new ChachaProtection(
        crypto.aead("chacha20-poly1305", new Uint8Array(32)),
        new Uint8Array(12).fill(9),
      ),
  ],
] as readonly (readonly [string, () => RecordProtection])[])("%s", (_name, make) => {
  it("refuses another type, another number, a changed byte and a short record", () => {
    const protection = make();
    const out = new Uint8Array(200);
    const length = protection.seal(data, number, new Uint8Array(50).fill(7), out, 0);
    const fragment = out.slice(0, length);
    const plain = new Uint8Array(200);
    expect(protection.open(data, number, fragment, plain, 0)).toBe(50);
    expect(protection.open(22, number, fragment, plain, 0)).toBe(-1);
    expect(protection.open(data, Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 6), fragment, plain, 0)).toBe(
      -1,
    );
    expect(protection.open(data, number, fragment.subarray(0, 10), plain, 0)).toBe(-1);
    for (let at = 0; at < length; at += 1) {
      const changed = fragment.slice();
      changed[at] = (changed[at] as number) ^ 1;
      expect(protection.open(data, number, changed, changed, 0)).toBe(-1);
    }
  });

  it("opens in place", () => {
    const protection = make();
    const out = new Uint8Array(100);
    const length = protection.seal(data, number, new Uint8Array(50).fill(7), out, 13);
    const fragment = out.subarray(13, 13 + length);
    expect(protection.open(data, number, fragment, fragment, 0)).toBe(50);
    expect(fragment.subarray(0, 50)).toEqual(new Uint8Array(50).fill(7));
  });
});

function hex(text: string): Uint8Array {
  return fromHex(text) as Uint8Array;
}
