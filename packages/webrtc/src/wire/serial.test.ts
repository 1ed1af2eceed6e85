import { describe, expect, it } from "vitest";
import { distance16, distance32, isAfter16, isAfter32 } from "./serial.ts";

describe("serial numbers (RFC 1982 §3.2)", () => {
  it("compare across the wrap", () => {
    expect(isAfter16(0, 0xffff)).toBe(true);
    expect(isAfter16(0xffff, 0)).toBe(false);
    expect(isAfter16(7, 7)).toBe(false);
    expect(isAfter32(3, 0xffff_fffe)).toBe(true);
    expect(isAfter32(0xffff_fffe, 3)).toBe(false);
  });

  it("tell their distance across the wrap", () => {
    expect(distance16(2, 0xfffe)).toBe(4);
    expect(distance16(0xfffe, 2)).toBe(-4);
    expect(distance32(1, 0xffff_ffff)).toBe(2);
    expect(distance32(0xffff_ffff, 1)).toBe(-2);
  });
});
