import { describe, expect, it } from "vitest";
import { addressKey } from "./address-key.ts";
import { Admission } from "./admission.ts";
import { isOriginAllowed } from "./origin.ts";
import { SIGNALING_LIMITS } from "./signaling-limits.ts";

describe("Admission", () => {
  it("remembers the joins of an address that left, until they are long past", () => {
    const admission = new Admission({ ...SIGNALING_LIMITS, joinBurst: 2, joinsPerSecond: 1 });
    admission.open("a", 0);
    expect([admission.join("a", 0), admission.join("a", 0)]).toEqual([0, 0]);
    admission.close("a", 0);
    expect(admission.addresses).toBe(1);
    admission.open("a", 10);
    expect(admission.join("a", 10)).toBe(990);
    admission.close("a", 10);
    admission.open("b", 2000);
    expect(admission.addresses).toBe(1);
    admission.close("b", 2000);
    expect(admission.addresses).toBe(0);
  });

  it("does not grow without bound, however many addresses come and go", () => {
    const admission = new Admission(SIGNALING_LIMITS);
    for (let count = 0; count < 40_000; count += 1) {
      admission.open(`${count}`, 0);
      admission.join(`${count}`, 0);
      admission.close(`${count}`, 0);
    }
    expect(admission.addresses).toBeLessThanOrEqual(16_384);
    admission.open("later", 12_001);
    expect(admission.addresses).toBe(1);
  });
});

describe("addressKey", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["fe80::1%eth0", "fe80::/64"],
    ["", ""],
  ])("%s counts as %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe("isOriginAllowed", () => {
  it.each([
    ["https://a.example", "a.example", true],
    ["https://a.example", "a.example:443", true],
    ["http://a.example", "a.example:443", false],
    ["https://a.example:8443", "a.example:8443", true],
    ["https://a.example:8443", "a.example", false],
    ["https://a.example", "b.example", false],
    ["https://a.example", "x@a.example", true],
    ["https://a.example", "a.example.b.example", false],
    ["http://[::1]:8080", "[::1]:8080", true],
    ["null", "a.example", false],
    ["", "a.example", false],
    ["https://a.example", undefined, false],
  ])("%j at host %j: %s", (origin, host, isAllowed) => {
    expect(isOriginAllowed({ origin, host }, [])).toBe(isAllowed);
  });
});
