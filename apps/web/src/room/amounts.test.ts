import { describe, expect, it } from "vitest";
import { formatBitrate, formatBytes } from "./amounts.ts";

describe("amounts", () => {
  it("have the unit that keeps the number short", () => {
    expect(formatBytes(0, "en")).toBe("0 bytes");
    expect(formatBytes(999, "en")).toBe("999 bytes");
    expect(formatBytes(1000, "en")).toBe("1 kB");
    expect(formatBytes(3_240_000, "en")).toBe("3.2 MB");
    expect(formatBytes(999_999_999, "en")).toBe("1 GB");
    expect(formatBytes(10_000_000_000, "en")).toBe("10 GB");
  });

  it("of data a second are in bits", () => {
    expect(formatBitrate(64_000, "en")).toBe("64 kbit/s");
    expect(formatBitrate(1_240_000, "en")).toBe("1.2 Mbit/s");
    expect(formatBitrate(0, "en")).toBe("0 kbit/s");
  });
});
