import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatIp, isInRange, parseIp, parseIpRange } from "../wire/index.ts";
import { embeddedIpv4, PeerPolicy } from "./peer-policy.ts";

describe("the peer policy", () => {
  const policy = new PeerPolicy();

  it.each([
    ["0.0.0.0", "0.255.255.255"],
    ["10.0.0.0", "10.255.255.255"],
    ["100.64.0.0", "100.127.255.255"],
    ["127.0.0.0", "127.255.255.255"],
    ["169.254.0.0", "169.254.255.255"],
    ["172.16.0.0", "172.31.255.255"],
    ["192.0.0.0", "192.0.0.255"],
    ["192.0.2.0", "192.0.2.255"],
    ["192.88.99.0", "192.88.99.255"],
    ["192.168.0.0", "192.168.255.255"],
    ["198.18.0.0", "198.19.255.255"],
    ["198.51.100.0", "198.51.100.255"],
    ["203.0.113.0", "203.0.113.255"],
    ["224.0.0.0", "239.255.255.255"],
    ["240.0.0.0", "255.255.255.255"],
    ["::", "::1"],
    ["100::", "100::ffff:ffff:ffff:ffff"],
    ["2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["fe80::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ])("refuses %s to %s by default", (first, last) => {
    expect([policy.allows(first), policy.allows(last)]).toEqual([false, false]);
  });

  it.each([
    "1.0.0.0",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "8.8.8.8",
    "2001:1::1",
    "2001:4860:4860::8888",
    "100:0:0:1::",
    "fbff::1",
    "fe00::1",
    "2003::1",
  ])("allows %s, beside a refused block or far from all", (ip) => {
    expect(policy.allows(ip)).toBe(true);
  });

  it("judges every IPv6 form by the IPv4 address inside", () => {
    const forms = (ip: string): string[] => {
      const [a, b, c, d] = parseIp(ip) as Uint8Array as unknown as [number, number, number, number];
      const bytes = (at: number, head: number[]) => {
        const whole = new Uint8Array(16);
        whole.set(head);
        whole.set([a, b, c, d], at);
        return formatIp(whole);
      };
      return [
        bytes(12, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        bytes(12, []),
        bytes(12, [0, 0x64, 0xff, 0x9b]),
        bytes(2, [0x20, 0x02]),
      ];
    };
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        for (const form of forms(ip)) {
          expect(policy.allows(form)).toBe(policy.allows(ip));
          expect(embeddedIpv4(parseIp(form) as Uint8Array)).toEqual(parseIp(ip));
        }
      }),
    );
    // Teredo turns the client's address around; it is refused whatever is inside.
    const teredo = parseIp("2001:0:1:2:3:4:f7f7:f7f7") as Uint8Array;
    expect(embeddedIpv4(teredo)).toEqual(parseIp("8.8.8.8"));
    expect(policy.allows("2001:0:1:2:3:4:f7f7:f7f7")).toBe(false);
  });

  it("is opened and narrowed by rules, of which allow is the stronger", () => {
    const rules = new PeerPolicy({
      allow: ["10.1.0.0-10.1.0.9", "192.168.7.0/24", "fd00::/8"],
      deny: ["8.8.8.0/24", "10.1.0.5"],
    });
    expect(
      ["10.1.0.0", "10.1.0.5", "10.1.0.9", "192.168.7.255", "fd00::1"].map((ip) =>
        rules.allows(ip),
      ),
    ).toEqual([true, true, true, true, true]);
    expect(
      ["10.1.0.10", "10.0.255.255", "192.168.8.0", "8.8.8.8", "::ffff:8.8.8.8"].map((ip) =>
        rules.allows(ip),
      ),
    ).toEqual([false, false, false, false, false]);
  });

  it("opens loopback, and closes multicast for good, when told to", () => {
    const loopback = new PeerPolicy({ allowLoopback: true });
    expect(
      ["127.0.0.1", "::1", "::ffff:127.9.9.9", "0.0.0.1"].map((ip) => loopback.allows(ip)),
    ).toEqual([true, true, true, false]);
    const allow = ["224.0.0.0/4", "ff00::/8"];
    expect(new PeerPolicy({ allow }).allows("239.1.1.1")).toBe(true);
    const closed = new PeerPolicy({ allow, noMulticast: true });
    expect(["239.1.1.1", "ff02::1"].map((ip) => closed.allows(ip))).toEqual([false, false]);
  });

  it("says which rule it cannot read", () => {
    expect(() => new PeerPolicy({ deny: ["10.0.0.0/33"] })).toThrow("10.0.0.0/33");
    expect(new PeerPolicy().allows("no address")).toBe(false);
  });
});

describe("address ranges", () => {
  it.each([
    "10.0.0.0/33",
    "10.0.0.9-10.0.0.1",
    "10.0.0.1-::1",
    "10.0.0/8",
    "a-b",
    "1.2.3.4/",
    "1-2-3",
    "",
  ])("%j is none", (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  });

  // A server was once fooled by comparing the bytes of an address one by one.
  it("compare whole addresses", () => {
    const range = parseIpRange("10.0.5.200-10.1.0.3");
    const has = (ip: string) => range !== undefined && isInRange(range, parseIp(ip) as Uint8Array);
    expect(["10.0.5.200", "10.0.6.1", "10.0.255.255", "10.1.0.3"].map(has)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["10.0.5.199", "10.1.0.4", "10.1.200.1", "11.0.6.1"].map(has)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("of a prefix have the ends that arithmetic gives", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4(), (base, bits, other) => {
        const value = (ip: string) =>
          [...(parseIp(ip) as Uint8Array)].reduce((sum, byte) => sum * 256 + byte, 0);
        const size = 2 ** (32 - bits);
        const range = parseIpRange(`${base}/${bits}`);
        const expected = Math.floor(value(base) / size) === Math.floor(value(other) / size);
        expect(range && isInRange(range, parseIp(other) as Uint8Array)).toBe(expected);
      }),
    );
  });
});
