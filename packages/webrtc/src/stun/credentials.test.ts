import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { toHex, toUtf8 } from "../wire/index.ts";
import { longTermKey, shortTermKey } from "./credentials.ts";
import { prepareOpaqueString, prepareSasl } from "./prepared-string.ts";

describe("OpaqueString (RFC 8265 §4.3)", () => {
  it.each([
    ["correct horse battery staple", "correct horse battery staple"],
    ["Correct Horse Battery Staple", "Correct Horse Battery Staple"],
    ["\u03c0\u00df\u00e5", "\u03c0\u00df\u00e5"],
    ["Jack of \u2666s", "Jack of \u2666s"],
    ["foo\u1680bar", "foo bar"],
    ["cafe\u0301", "caf\u00e9"],
  ])("%j becomes %j", (text, prepared) => {
    expect(prepareOpaqueString(text)).toBe(prepared);
  });

  it.each(["", "my cat is a \u0009by", "soft\u00adhyphen", "\ud800", "\u1100"])(
    "%j is no password",
    (text) => {
      expect(prepareOpaqueString(text)).toBeUndefined();
    },
  );
});

describe("SASLprep (RFC 4013 §3)", () => {
  it.each([
    ["I\u00adX", "IX"],
    ["user", "user"],
    ["USER", "USER"],
    ["\u00aa", "a"],
    ["\u2168", "IX"],
    ["a\u00a0b", "a b"],
  ])("%j becomes %j", (text, prepared) => {
    expect(prepareSasl(text)).toBe(prepared);
  });

  it.each(["\u0007", "\ue000", "\u200e"])("%j is prohibited", (text) => {
    expect(prepareSasl(text)).toBeUndefined();
  });
});

describe("a key", () => {
  it("is the hash of name, realm and password (RFC 8489 §18.5.1)", () => {
    expect(toHex(longTermKey(nodeCrypto, "md5", "user", "realm", "pass"))).toBe(
      "8493fbc53ba582fb4c044c456bdc40eb",
    );
  });

  it("is the same for the same text, however it was typed", () => {
    const composed = longTermKey(nodeCrypto, "sha256", "caf\u00e9", "r", "p\u00e4ss");
    const decomposed = longTermKey(nodeCrypto, "sha256", "cafe\u0301", "r", "pa\u0308ss");
    expect(toHex(decomposed)).toBe(toHex(composed));
    expect(shortTermKey("pa\u0308ss")).toEqual(toUtf8("p\u00e4ss"));
  });
});
