import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalIp, formatAddress, formatIp, parseIp } from "./ip.ts";

describe("IP addresses", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::", "::"],
    ["::1", "::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ])("%s is %s in canonical form (RFC 5952 §4)", (text, canonical) => {
    expect(canonicalIp(text)).toBe(canonical);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4.5",
    "::1::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::12345",
    "g::",
    "1.2.3.4::",
    ":1",
    "1:2:3:4:5:6:7::8",
  ])("%j is no address", (text) => {
    expect(canonicalIp(text)).toBeUndefined();
  });

  it("round-trip through text, for every sixteen bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(parseIp(formatIp(bytes))).toEqual(bytes);
      }),
    );
  });

  it("are accepted where the platform accepts them", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/)),
        (text) => {
          expect(parseIp(text) !== undefined).toBe(isIP(text) !== 0);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("stand in brackets before a port where they are IPv6", () => {
    expect(formatAddress({ ip: "::1", port: 80 })).toBe("[::1]:80");
    expect(formatAddress({ ip: "192.0.2.1", port: 80 })).toBe("192.0.2.1:80");
  });
});
