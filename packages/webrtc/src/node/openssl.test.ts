import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Aead } from "../wire/index.ts";
import { NodeAead, recordNumberMask } from "./dtls-ciphers.ts";
import { loadOpenSsl, type OpenSsl } from "./openssl.ts";
import { OpenSslAead, openSslRecordNumberMask } from "./openssl-ciphers.ts";

/** The tests install koffi: where it does not load, the fast way would be lost without a word. */
const openSsl = loadOpenSsl() as OpenSsl;

const algorithms = ["aes-128-gcm", "aes-256-gcm", "chacha20-poly1305"] as const;
const lengths = { "aes-128-gcm": 16, "aes-256-gcm": 32, "chacha20-poly1305": 32 };

describe.each(algorithms)("%s on OpenSSL's own functions", (algorithm) => {
  const key = Uint8Array.from({ length: lengths[algorithm] }, (_, i) => 7 * i);
  const direct = new OpenSslAead(openSsl, algorithm, key);
  const plain: Aead = new NodeAead(algorithm, key);
  const nonces = fc.uint8Array({ minLength: 12, maxLength: 12 });
  const records = fc.uint8Array({ maxLength: 3000 });
  const additionals = fc.uint8Array({ maxLength: 20 });

  it("seals as node:crypto does, in place too, and each opens what the other has sealed", () => {
    fc.assert(
      fc.property(nonces, additionals, records, (nonce, additional, data) => {
        const [one, other] = [0, 1].map(() => new Uint8Array(data.length + 20)) as [
          Uint8Array,
          Uint8Array,
        ];
        one.set(data, 3);
        const inPlace = one.subarray(3, 3 + data.length);
        expect(direct.seal(nonce, additional, inPlace, one, 3)).toBe(data.length + 16);
        plain.seal(nonce, additional, data, other, 3);
        expect(one).toEqual(other);
        const sealed = one.subarray(3, 3 + data.length + 16);
        const out = new Uint8Array(data.length);
        expect(plain.open(nonce, additional, sealed, out, 0)).toBe(data.length);
        expect(direct.open(nonce, additional, sealed, sealed, 0)).toBe(data.length);
        expect(sealed.subarray(0, data.length)).toEqual(data);
      }),
    );
  });

  it("refuses a forgery, leaves it as it is, and opens the next record", () => {
    const nonce = new Uint8Array(12);
    const genuine = new Uint8Array(5 + 16);
    direct.seal(nonce, new Uint8Array(3), Uint8Array.of(1, 2, 3, 4, 5), genuine, 0);
    for (let i = 0; i < genuine.length; i += 1) {
      const forged = genuine.slice();
      forged[i] = (forged[i] as number) ^ 1;
      const before = forged.slice();
      expect(direct.open(nonce, new Uint8Array(3), forged, forged, 0)).toBe(-1);
      expect(forged).toEqual(before);
    }
    expect(direct.open(nonce, new Uint8Array(3), genuine.subarray(0, 15), genuine, 0)).toBe(-1);
    expect(direct.open(nonce, new Uint8Array(3), genuine, genuine, 0)).toBe(5);
  });

  it("writes nothing where a record has no room", () => {
    const nonce = new Uint8Array(12);
    const out = new Uint8Array(20);
    expect(() => direct.seal(nonce, nonce, new Uint8Array(5), out, 0)).toThrow(RangeError);
    expect(() => direct.seal(nonce.subarray(1), nonce, new Uint8Array(4), out, 0)).toThrow(
      RangeError,
    );
    expect(out).toEqual(new Uint8Array(20));
  });

  it("masks record numbers as node:crypto does", () => {
    const mask = openSslRecordNumberMask(openSsl, algorithm, key);
    const expected = recordNumberMask(algorithm, key);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (sample) => {
        expect(mask(sample).slice(0, 2)).toEqual(Uint8Array.from(expected(sample)).slice(0, 2));
      }),
    );
  });
});
