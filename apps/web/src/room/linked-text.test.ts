import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkedText } from "./linked-text.ts";

const links = (text: string): (string | undefined)[] =>
  linkedText(text).flatMap(({ href, text: shown }) => (href === undefined ? [] : [shown]));

describe("a message", () => {
  it("has its addresses as links, without what ends the sentence", () => {
    expect(links("See https://example.org/a?b=c#d, please.")).toEqual([
      "https://example.org/a?b=c#d",
    ]);
    expect(links("(at http://example.org/x_(y))")).toEqual(["http://example.org/x_(y)"]);
    expect(links("(https://example.org/)")).toEqual(["https://example.org/"]);
    expect(links("看 https://example.org/路径。好")).toEqual(["https://example.org/路径。好"]);
    expect(links("看 https://example.org/路径。")).toEqual(["https://example.org/路径"]);
  });

  it("never links to anything but the web", () => {
    expect(links("javascript:alert(1) data:text/html,x file:///etc")).toEqual([]);
    expect(links("http://")).toEqual([]);
  });

  it("is told completely, whatever is in it", () => {
    const part = fc.oneof(fc.string(), fc.constantFrom("https://a.example/", "http://", ")", "."));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join("");
        const pieces = linkedText(text);
        expect(pieces.map((piece) => piece.text).join("")).toBe(text);
        for (const { href } of pieces) expect(href ?? "https://").toMatch(/^https?:\/\//);
      }),
    );
  });
});
