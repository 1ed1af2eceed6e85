import { describe, expect, test } from "vitest";
import { type TurnReach, turnUrls, type Visit, withCredentials } from "./ice-servers.ts";

const REACH: TurnReach = {
  ...{ turnPort: 3478, securePort: 8443, isProven: true },
  ...{ externalIps: [], domain: undefined, networkIp: "192.168.1.5" },
};

function urls(visit: Visit, reach: Partial<TurnReach> = {}): readonly string[] {
  const { stun, turn } = turnUrls({ ...REACH, ...reach }, visit);
  return [...stun, ...turn];
}

describe("a browser is told the address by which it came", () => {
  test.each([
    ["call.example.org", "call.example.org", 443],
    ["192.168.1.5:8443", "192.168.1.5", 8443],
    ["[2001:DB8::5]:8443", "[2001:db8::5]", 8443],
    ["Box.lan:9000", "box.lan", 9000],
  ])("%s", (host, place, port) => {
    expect(urls({ host, via: "front" })).toEqual([
      `stun:${place}:3478`,
      `turn:${place}:3478?transport=udp`,
      `turn:${place}:3478?transport=tcp`,
      `turns:${place}:${port}?transport=tcp`,
    ]);
  });

  test("on this machine, its address on the network, the domain, or loopback where there is neither", () => {
    for (const host of [
      "localhost:8080",
      "127.0.0.1:8080",
      "[::1]:8080",
      undefined,
      "a b",
      "x/../y",
    ]) {
      expect(urls({ host, via: "plain" })).toEqual([
        "stun:192.168.1.5:3478",
        "turn:192.168.1.5:3478?transport=udp",
        "turn:192.168.1.5:3478?transport=tcp",
        "turns:192.168.1.5:8443?transport=tcp",
      ]);
    }
    const visit: Visit = { host: "localhost:8080", via: "plain" };
    expect(urls(visit, { domain: "call.example.org" })[0]).toBe("stun:call.example.org:3478");
    expect(urls(visit, { networkIp: undefined })[0]).toBe("stun:127.0.0.1:3478");
  });

  test("without a certificate that browsers can check, TURN without TLS on the port that is open", () => {
    const told = urls({ host: "box.lan:8443", via: "front" }, { isProven: false });
    expect(told.at(-1)).toBe("turn:box.lan:8443?transport=tcp");
  });

  test("through a proxy, only what does not go through it", () => {
    const told = urls({ host: "call.example.org", via: "proxy" });
    expect(told.filter((url) => url.startsWith("turns:"))).toEqual([]);
    expect(told).toContain("turn:call.example.org:3478?transport=udp");
  });

  test("addresses outside of a NAT go before the name, but for TLS, which proves a name", () => {
    const externalIps = ["203.0.113.9", "2001:db8:9::9"];
    expect(urls({ host: "call.example.org", via: "front" }, { externalIps })).toEqual([
      "stun:203.0.113.9:3478",
      "stun:[2001:db8:9::9]:3478",
      "turn:203.0.113.9:3478?transport=udp",
      "turn:[2001:db8:9::9]:3478?transport=udp",
      "turn:203.0.113.9:3478?transport=tcp",
      "turn:[2001:db8:9::9]:3478?transport=tcp",
      "turns:call.example.org:443?transport=tcp",
    ]);
  });
});

test("with an address outside of a NAT, whoever came from inside is told both", () => {
  const externalIps = ["203.0.113.9"];
  for (const host of ["192.168.1.5:8443", "localhost:8443"]) {
    const told = urls({ host, via: "front" }, { externalIps });
    expect(told.slice(0, 4)).toEqual([
      "stun:192.168.1.5:3478",
      "stun:203.0.113.9:3478",
      "turn:192.168.1.5:3478?transport=udp",
      "turn:203.0.113.9:3478?transport=udp",
    ]);
    expect(told.at(-1)).toBe("turns:192.168.1.5:8443?transport=tcp");
  }
});

test("credentials end after a day and belong to a peer", () => {
  // The password was made with: printf '%s' 1700086400:amy | openssl dgst -sha1 -hmac north -binary | base64
  expect(withCredentials(["turn:a"], "north", "amy", 1_700_000_000_999)).toEqual({
    urls: ["turn:a"],
    username: "1700086400:amy",
    credential: "pFUiPTVTKOA/Z5uhNidEy0Fy7ak=",
  });
});
