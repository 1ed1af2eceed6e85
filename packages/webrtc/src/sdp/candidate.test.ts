import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCandidate, writeCandidate } from "./candidate.ts";

describe("candidate attributes (RFC 8839 §5.1)", () => {
  it.each([
    "candidate:1 1 udp 2130706431 192.0.2.1 8998 typ host",
    "candidate:2 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 10.0.1.1 rport 8998",
    "candidate:4 1 tcp 2105458943 2001:db8::1 9 typ host tcptype active",
    "candidate:a+/9 1 udp 1 f484f6f4-3e1a-454e-abed-f07d9b966228.local 1 typ host ufrag abcd",
  ])("%s comes back as it was written", (text) => {
    const parsed = parseCandidate(text);
    expect(parsed.ok && writeCandidate(parsed.value)).toBe(text);
  });

  it("read what browsers add, in upper and lower case, with or without a=", () => {
    expect(
      parseCandidate(
        "a=candidate:3 1 UDP 2113937151 2001:DB8:0::1 9 typ host generation 0 network-cost 999",
      ),
    ).toMatchObject({ ok: true, value: { transport: "udp", address: "2001:db8::1" } });
  });

  it.each([
    ["", "malformed"],
    ["candidate:1 1 udp 1 192.0.2.1 1", "malformed"],
    ["candidate:1 0 udp 1 192.0.2.1 1 typ host", "malformed"],
    ["candidate:1 1 udp 4294967296 192.0.2.1 1 typ host", "malformed"],
    ["candidate:1 1 udp 1 192.0.2.1 65536 typ host", "malformed"],
    ["candidate:1 1 udp 1 192.0.2.1 1 typ host raddr", "malformed"],
    ["candidate:1 1 tcp 1 192.0.2.1 1 typ host", "malformed"],
    ["candidate:1 1 quic 1 192.0.2.1 1 typ host", "unknown-transport"],
    ["candidate:1 1 udp 1 192.0.2.1 1 typ magic", "unknown-type"],
    ["candidate:1 1 udp 1 example.org 1 typ host", "bad-address"],
    ["candidate:1 1 udp 1 192.0.2.300 1 typ host", "bad-address"],
  ])("%j: %s", (text, fault) => {
    expect(parseCandidate(text)).toEqual({ ok: false, fault });
  });

  it("answer every text, and what they accept survives being written", () => {
    const base =
      "candidate:1 1 udp 2130706431 192.0.2.1 8998 typ host raddr 10.0.1.1 rport 8998 tcptype so";
    const mutated = fc
      .tuple(fc.nat(base.length), fc.nat(4), fc.string({ maxLength: 4 }))
      .map(([at, length, noise]) => base.slice(0, at) + noise + base.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string(), mutated), (text) => {
        const parsed = parseCandidate(text);
        if (parsed.ok) expect(parseCandidate(writeCandidate(parsed.value))).toEqual(parsed);
      }),
      { numRuns: 3000 },
    );
  });
});
