import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathKey, safePath } from "./path.ts";

describe("paths of a peer", () => {
  test.each([
    ["notes.txt", "notes.txt"],
    ["photos/2026/one.jpg", "photos/2026/one.jpg"],
    ["/etc/passwd", "etc/passwd"],
    ["C:\\Users\\x.txt", "C_/Users/x.txt"],
    ["a//./b", "a/b"],
    ["con", "_con"],
    ["NUL.txt", "_NUL.txt"],
    ["com1", "_com1"],
    ["command", "command"],
    ["trailing. ", "trailing__"],
    ["what?<b>.html", "what__b_.html"],
    ["photo\u202egpj.exe", "photo_gpj.exe"],
    ["line\nbreak", "line_break"],
    ["👩‍💻.md", "👩‍💻.md"],
    ["cafe\u0301", "caf\u00e9"],
    [".bashrc", ".bashrc"],
  ])("%j becomes %j", (path, safe) => {
    expect(safePath(path)).toBe(safe);
  });

  test.each(["", "/", ".", "..", "a/../b", "..\\x", "a\0b", "x".repeat(401), "a/".repeat(33)])(
    "%j is refused",
    (path) => {
      expect(safePath(path)).toBeUndefined();
    },
  );

  test("a long name keeps its extension", () => {
    expect(safePath(`${"x".repeat(100)}.jpeg`)).toMatch(/^x{55}\.jpeg$/);
  });

  test("whatever comes: what goes out stays inside, and is safe already", () => {
    const piece = fc.oneof(
      fc.constantFrom("..", ".", "/", "\\", "con", "nul", " ", "\0", "\u202e", ":", "é", "a.b"),
      fc.string({ unit: "binary", maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const safe = safePath(pieces.join(""));
        if (safe === undefined) return;
        for (const name of safe.split("/")) {
          expect(name).not.toBe("");
          expect(name).not.toMatch(/^\.{1,2}$|[\\:<>"|?*]|[. ]$|\p{Cc}/u);
        }
        expect(safePath(safe)).toBe(safe);
      }),
      { numRuns: 2000 },
    );
  });

  test("names that some systems take for the same have one key", () => {
    expect(pathKey("A/B.TXT")).toBe(pathKey("a/b.txt"));
  });
});
