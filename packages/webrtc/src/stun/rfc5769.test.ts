import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { fromHex, fromUtf8, toHex } from "../wire/index.ts";
import { bytesAttribute, u32Attribute } from "./attribute.ts";
import { Nonce, Realm, Software, Username, XorMappedAddress } from "./attributes.ts";
import { longTermKey, shortTermKey } from "./credentials.ts";
import { hasFingerprint, hasIntegrity } from "./integrity.ts";
import { decodeMessage, type StunMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { prepareSasl } from "./prepared-string.ts";

const Priority = u32Attribute(0x0024);
const IceControlled = bytesAttribute(0x8029, 8, 8);
const password = "VOkJxbRl1RmTxUk/WvJxBt";

function message(bytes: Uint8Array): StunMessage {
  const result = decodeMessage(bytes);
  if (!result.ok) throw new Error(result.fault);
  return result.value;
}

function bytes(hex: string): Uint8Array {
  return fromHex(hex) as Uint8Array;
}

const request = bytes(`
  00010058 2112a442 b7e7a701 bc34d686 fa87dfae
  80220010 5354554e 20746573 7420636c 69656e74
  00240004 6e0001ff
  80290008 932ff9b1 51263b36
  00060009 6576746a 3a683676 59202020
  00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2
  80280004 e57a3bcf`);

const ipv4Response = bytes(`
  0101003c 2112a442 b7e7a701 bc34d686 fa87dfae
  8022000b 74657374 20766563 746f7220
  00200008 0001a147 e112a643
  00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
  80280004 c07d4c96`);

const ipv6Response = bytes(`
  01010048 2112a442 b7e7a701 bc34d686 fa87dfae
  8022000b 74657374 20766563 746f7220
  00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
  00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41
  80280004 c8fb0b4c`);

const longTermRequest = bytes(`
  00010060 2112a442 78ad3433 c6ad72c0 29da412e
  00060012 e3839ee3 8388e383 aae38383 e382afe3 82b90000
  0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 36347341
  0014000b 6578616d 706c652e 6f726700
  00080014 f6702465 6dd64a3e 02b8e071 2e85c9a2 8ca89666`);

describe("RFC 5769 §2.1, a request", () => {
  const decoded = message(request);

  it("is read", () => {
    expect([decoded.class, decoded.method]).toEqual(["request", 1]);
    expect(toHex(decoded.transactionId)).toBe("b7e7a701bc34d686fa87dfae");
    expect(decoded.value(Software)).toBe("STUN test client");
    expect(decoded.value(Priority)).toBe(0x6e0001ff);
    expect(decoded.value(IceControlled)).toEqual(bytes("932ff9b151263b36"));
    expect(decoded.value(Username)).toBe("evtj:h6vY");
  });

  it("is authentic and whole, until a bit of it changes", () => {
    expect(hasIntegrity(decoded, nodeCrypto, shortTermKey(password))).toBe(true);
    expect(hasFingerprint(decoded)).toBe(true);
    expect(hasIntegrity(decoded, nodeCrypto, shortTermKey(`${password}x`))).toBe(false);
    for (const at of [4, 30, 60, 75]) {
      const changed = request.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      const view = decodeMessage(changed, { classic: true });
      if (!view.ok) continue;
      expect(hasIntegrity(view.value, nodeCrypto, shortTermKey(password))).toBe(false);
      expect(hasFingerprint(view.value)).toBe(false);
    }
  });
});

describe("RFC 5769 §2.2 and §2.3, responses", () => {
  it.each([
    ["IPv4", ipv4Response, { ip: "192.0.2.1", port: 32853 }],
    ["IPv6", ipv6Response, { ip: "2001:db8:1234:5678:11:2233:4455:6677", port: 32853 }],
  ])("%s", (_, response, mapped) => {
    const decoded = message(response);
    expect([decoded.class, decoded.method]).toEqual(["success", 1]);
    expect(decoded.value(Software)).toBe("test vector");
    expect(decoded.value(XorMappedAddress)).toEqual(mapped);
    expect(hasIntegrity(decoded, nodeCrypto, shortTermKey(password))).toBe(true);
    expect(hasFingerprint(decoded)).toBe(true);
  });
});

describe("RFC 5769 §2.4, a request with long-term credentials", () => {
  const username = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9";
  const prepared = prepareSasl("The\u00adM\u00aatr\u2168") as string;
  const key = longTermKey(nodeCrypto, "md5", username, "example.org", prepared);

  it("is read and authentic", () => {
    expect(prepared).toBe("TheMatrIX");
    const decoded = message(longTermRequest);
    expect(decoded.value(Username)).toBe(username);
    expect(decoded.value(Nonce)).toBe("f//499k954d6OL34oL9FSTvy64sA");
    expect(decoded.value(Realm)).toBe("example.org");
    expect(hasIntegrity(decoded, nodeCrypto, key)).toBe(true);
    expect(hasFingerprint(decoded)).toBe(false);
  });

  it("is written byte for byte", () => {
    const written = new MessageWriter()
      .begin(1, "request", bytes("78ad3433c6ad72c029da412e"))
      .add(Username, username)
      .add(Nonce, "f//499k954d6OL34oL9FSTvy64sA")
      .add(Realm, "example.org")
      .addIntegrity(nodeCrypto, key)
      .finish();
    expect(toHex(written)).toBe(toHex(longTermRequest));
    expect(fromUtf8(written.subarray(24, 42))).toBe(username);
  });
});
