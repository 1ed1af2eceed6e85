import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateRoomId, parseRoomId } from "./room-id.ts";

describe("parseRoomId", () => {
  it.each([
    ["Standup", "standup"],
    ["Café", "café"],
    ["Cafe\u0301", "café"],
    ["会议室", "会议室"],
    ["मीटिंग", "मीटिंग"],
    ["İzmir_9-a", "i\u0307zmir_9-a"],
    ["a".repeat(64), "a".repeat(64)],
    ["𝒶".repeat(64), "𝒶".repeat(64)],
  ])("%s is the room %s", (text, value) => {
    expect(parseRoomId(text)).toEqual({ ok: true, value });
  });

  it.each([
    ["", "empty"],
    ["a".repeat(65), "too-long"],
    ["two words", "bad-character"],
    ["a/b", "bad-character"],
    ["a\nb", "bad-character"],
    ["a.b", "bad-character"],
    ["\u0301a", "bad-character"],
    ["a\u200db", "bad-character"],
    ["a\ufe0f", "bad-character"],
    ["a\u3164", "bad-character"],
    ["\ud800", "bad-character"],
    ["🎉", "bad-character"],
  ])("%j is refused as %s", (text, fault) => {
    expect(parseRoomId(text)).toEqual({ ok: false, fault });
  });

  it("reads what it made as the same name, whatever was typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        const id = parseRoomId(text);
        if (id.ok) expect(parseRoomId(id.value)).toEqual(id);
      }),
      { numRuns: 3000 },
    );
  });

  it("takes upper and lower case of a name for the same one", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\p{Script=Cyrillic}a-z0-9_-]{1,20}$/u), (text) => {
        expect(parseRoomId(text.toLowerCase().toUpperCase().toLowerCase())).toEqual(
          parseRoomId(text.toLowerCase().toUpperCase()),
        );
      }),
    );
  });
});

describe("generateRoomId", () => {
  it("writes bits as proquints do", () => {
    const bytes = Uint8Array.of(127, 0, 0, 1, 63, 84, 220, 193);
    expect(generateRoomId(() => bytes)).toBe("lusab-babad-gutih-tugad");
  });

  it("carries all 64 bits, in a name that can be typed", () => {
    const eight = fc.uint8Array({ minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(eight, eight, (a, b) => {
        const id = generateRoomId(() => a);
        expect(parseRoomId(id)).toEqual({ ok: true, value: id });
        expect(generateRoomId(() => b) === id).toBe(a.join() === b.join());
      }),
    );
  });
});
