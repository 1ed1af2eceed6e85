import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { canonicalIp, fromHex } from "../wire/index.ts";
import {
  type Attribute,
  addressAttribute,
  bytesAttribute,
  flagAttribute,
  textAttribute,
  u8Attribute,
  u16Attribute,
  u32Attribute,
  xorAddressAttribute,
} from "./attribute.ts";
import {
  ErrorCode,
  PasswordAlgorithms,
  Realm,
  Software,
  UnknownAttributes,
  Username,
  XorMappedAddress,
} from "./attributes.ts";
import { hasFingerprint, hasIntegrity } from "./integrity.ts";
import {
  type DecodeOptions,
  decodeMessage,
  type MessageClass,
  type StunMessage,
} from "./message.ts";
import { MessageWriter } from "./message-writer.ts";

const id = new Uint8Array(12).fill(7);
const key = new Uint8Array(16).fill(9);

function view(bytes: Uint8Array, options?: DecodeOptions): StunMessage {
  const result = decodeMessage(bytes, options);
  if (!result.ok) throw new Error(result.fault);
  return result.value;
}

function begin(): MessageWriter {
  return new MessageWriter().begin(1, "request", id);
}

describe("a message", () => {
  it("keeps its method and class, whatever they are", () => {
    const classes: readonly MessageClass[] = ["request", "indication", "success", "error"];
    fc.assert(
      fc.property(fc.nat(0xfff), fc.constantFrom(...classes), (method, messageClass) => {
        const message = view(new MessageWriter().begin(method, messageClass, id).finish());
        expect([message.method, message.class]).toEqual([method, messageClass]);
        expect(message.transactionId).toEqual(id);
      }),
    );
  });

  it("has the type numbers that RFC 8489 §5 and RFC 8656 §17 print", () => {
    const type = (method: number, messageClass: MessageClass): number => {
      const bytes = new MessageWriter().begin(method, messageClass, id).finish();
      return ((bytes[0] as number) << 8) | (bytes[1] as number);
    };
    expect(type(0x001, "request")).toBe(0x0001);
    expect(type(0x001, "success")).toBe(0x0101);
    expect(type(0x003, "error")).toBe(0x0113);
    expect(type(0x006, "indication")).toBe(0x0016);
  });

  it("gives back the values of its attributes", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 100 });
    const address = fc.record({
      ip: fc.oneof(fc.ipV4(), fc.ipV6()).map((ip) => canonicalIp(ip) as string),
      port: fc.nat(0xffff),
    });
    const check = <Value>(attribute: Attribute<Value>, values: fc.Arbitrary<Value>): void =>
      fc.assert(
        fc.property(values, fc.uint8Array({ maxLength: 5 }), (value, other) => {
          const message = view(
            begin()
              .add(bytesAttribute(0x7fff), other)
              .add(attribute, value)
              .add(Software, "x")
              .finish(),
          );
          expect(message.value(attribute)).toEqual(value);
          expect(message.value(Software)).toBe("x");
        }),
        { numRuns: 50 },
      );
    check(textAttribute(0x7000, 763), text);
    check(addressAttribute(0x7000), address);
    check(xorAddressAttribute(0x7000), address);
    check(u32Attribute(0x7000), fc.nat(0xffff_ffff));
    check(u16Attribute(0x7000), fc.nat(0xffff));
    check(u8Attribute(0x7000), fc.nat(0xff));
    check(flagAttribute(0x7000), fc.constant(true));
    check(bytesAttribute(0x7000), fc.uint8Array({ maxLength: 3000 }));
    check(UnknownAttributes, fc.array(fc.nat(0xffff)));
    check(ErrorCode, fc.record({ code: fc.integer({ min: 300, max: 699 }), reason: text }));
    const entry = fc.record({
      algorithm: fc.nat(0xffff),
      parameters: fc.uint8Array({ maxLength: 9 }),
    });
    check(PasswordAlgorithms, fc.array(entry, { maxLength: 16 }));
  });

  it("counts an attribute's first occurrence only (RFC 8489 §14)", () => {
    const message = view(begin().add(Realm, "first").add(Realm, "second").finish());
    expect(message.value(Realm)).toBe("first");
  });

  it("hides what follows MESSAGE-INTEGRITY, but for the other integrity and FINGERPRINT (§14.5)", () => {
    const message = view(
      begin()
        .add(Username, "alice")
        .addIntegrity(nodeCrypto, key)
        .add(Realm, "smuggled")
        .addIntegritySha256(nodeCrypto, key)
        .add(bytesAttribute(0x7000), new Uint8Array(3))
        .addFingerprint()
        .finish(),
    );
    expect(message.value(Realm)).toBeUndefined();
    expect(message.unknownRequired(new Set([Username.type]))).toEqual([]);
    expect([...message.types()]).toEqual([Username.type]);
    expect(hasIntegrity(message, nodeCrypto, key)).toBe(true);
    expect(message.integritySha256At).toBeGreaterThan(0);
    expect(hasFingerprint(message)).toBe(true);
  });

  it("ignores a MESSAGE-INTEGRITY that follows the SHA-256 one (§14.6)", () => {
    const bytes = begin()
      .addIntegritySha256(nodeCrypto, key)
      .addIntegrity(nodeCrypto, key)
      .finish();
    expect(view(bytes).integrityAt).toBe(-1);
  });

  it("lists each unknown comprehension-required attribute once, and never many (§6.3)", () => {
    const writer = begin().add(Software, "optional");
    for (const type of [0x7001, 0x7001, 0x0006, 0x7002]) writer.add(flagAttribute(type), true);
    expect(view(writer.finish()).unknownRequired(new Set([0x0006]))).toEqual([0x7001, 0x7002]);
    const many = begin();
    for (let type = 0x6000; type < 0x6100; type += 1) many.add(flagAttribute(type), true);
    expect(view(many.finish()).unknownRequired(new Set()).length).toBe(8);
  });

  it("tells a malformed attribute from an absent one", () => {
    const message = view(begin().add(bytesAttribute(0x0020), new Uint8Array(5)).finish());
    expect(message.value(XorMappedAddress)).toBeUndefined();
    expect(message.isMalformed(XorMappedAddress)).toBe(true);
    expect(message.isMalformed(Realm)).toBe(false);
  });

  it("is written into the caller's buffer where it fits, and elsewhere where it does not", () => {
    const buffer = new Uint8Array(64);
    const writer = new MessageWriter(buffer);
    const small = writer.begin(1, "request", id).add(Software, "x").finish();
    expect(small.buffer).toBe(buffer.buffer);
    const large = writer.begin(1, "request", id).add(Software, "x".repeat(700)).finish();
    expect(view(large).value(Software)).toBe("x".repeat(700));
  });
});

describe("a fault", () => {
  const good = begin().add(Software, "abcd").addFingerprint().finishCopy();
  const changed = (change: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = good.slice();
    change(bytes);
    return bytes;
  };

  it.each([
    ["truncated", good.subarray(0, 19)],
    ["truncated", good.subarray(0, 24)],
    ["truncated", new Uint8Array(0)],
    ["not-stun", changed((bytes) => bytes.fill(0x80, 0, 1))],
    ["misaligned", changed((bytes) => bytes.fill(0x0d, 3, 4))],
    ["bad-length", changed((bytes) => bytes.fill(0x04, 3, 4))],
    ["bad-cookie", changed((bytes) => bytes.fill(0, 4, 5))],
    ["attribute-overrun", changed((bytes) => bytes.fill(0x11, 23, 24))],
    ["after-fingerprint", begin().addFingerprint().add(Software, "late").finish()],
  ] as const)("is %s", (fault, bytes) => {
    expect(decodeMessage(bytes)).toEqual({ ok: false, fault });
  });

  it("is not a missing cookie where RFC 3489 is spoken", () => {
    const classic = fromHex("00010000 000102030405060708090a0b0c0d0e0f") as Uint8Array;
    expect(decodeMessage(classic).ok).toBe(false);
    const message = view(classic, { classic: true });
    expect(message.isClassic).toBe(true);
    expect(message.transactionId).toEqual(classic.subarray(4));
  });
});
