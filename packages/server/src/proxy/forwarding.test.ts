import { createServer, type IncomingMessage } from "node:http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressRanges, isAddressRange, plainAddress } from "./address-ranges.ts";
import { Forwarding } from "./forwarding.ts";

function request(remoteAddress: string, headers: Record<string, string>): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

describe("AddressRanges", () => {
  it.each([
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.0.0.0/8", "::ffff:10.1.2.3", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["127.0.0.1", "127.0.0.2", false],
    ["2001:db8::/32", "2001:DB8:0:0::7", true],
    ["fe80::/10", "fe80::1%eth0", true],
    ["2000::/3", "10.0.0.1", false],
    ["0.0.0.0/0", "no address", false],
  ])("%s holds %s: %s", (range, address, isThere) => {
    expect(new AddressRanges([range]).contains(address)).toBe(isThere);
  });

  it.each([
    "",
    "10.0.0.0/33",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "::/129",
    "10.0.0.0/-1",
    "a/8",
    "1.2.3.4/",
  ])("%j is no range", (text) => expect(isAddressRange(text)).toBe(false));
});

describe("Forwarding", () => {
  const forwarding = new Forwarding(["127.0.0.1", "10.0.0.0/8"]);

  it.each([
    ["127.0.0.1", "203.0.113.7", "203.0.113.7"],
    ["::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"],
    ["127.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.5", "203.0.113.7"],
    ["127.0.0.1", "[2001:db8::1]:443", "2001:db8::1"],
    ["127.0.0.1", "203.0.113.7:5000", "203.0.113.7"],
    ["127.0.0.1", "203.0.113.7, unknown", "127.0.0.1"],
    ["127.0.0.1", "", "127.0.0.1"],
    ["198.51.100.1", "203.0.113.7", "198.51.100.1"],
  ])("from %s, forwarded for %j: %s", (peer, list, address) => {
    const asked = request(peer, { "x-forwarded-for": list });
    expect(forwarding.clientAddress(asked)).toBe(address);
  });

  it("never believes what a stranger wrote, whatever it wrote", () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (forged, real) => {
        const asked = request("127.0.0.1", { "x-forwarded-for": `${forged}, 8.8.8.8` });
        expect(forwarding.clientAddress(asked)).toBe("8.8.8.8");
        const direct = request(`::ffff:${real}`, { "x-forwarded-for": forged });
        if (!new AddressRanges(["127.0.0.1", "10.0.0.0/8"]).contains(real)) {
          expect(forwarding.clientAddress(direct)).toBe(plainAddress(real));
        }
      }),
    );
  });

  it.each([
    ["127.0.0.1", "call.example.org"],
    ["203.0.113.1", "inside:8080"],
  ])("restores the Host that a browser asked for, told by %s: %s", (proxy, host) => {
    const server = createServer();
    const seen: unknown[] = [];
    for (const event of ["request", "upgrade"] as const) {
      server.on(event, (asked: IncomingMessage) => seen.push(asked.headers.host));
    }
    new Forwarding([proxy]).restoreHost(server);
    const headers = { host: "inside:8080", "x-forwarded-host": "call.example.org" };
    server.emit("request", request("127.0.0.1", { ...headers }));
    server.emit("upgrade", request("127.0.0.1", { ...headers }));
    expect(seen).toEqual([host, host]);
  });

  it("knows claims of strangers", () => {
    const headers = { "x-forwarded-proto": "https" };
    expect(forwarding.isDubious(request("198.51.100.1", headers))).toBe(true);
    expect(forwarding.isDubious(request("198.51.100.1", {}))).toBe(false);
  });
});
