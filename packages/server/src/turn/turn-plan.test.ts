import { describe, expect, test } from "vitest";
import { resolveTurnSettings } from "./read-turn-options.ts";
import { planTurn, type TurnPlan } from "./turn-plan.ts";
import { readTurnserverConf } from "./turnserver-conf.ts";

const OWN = { network: ["192.168.1.5", "2001:db8::5"], loopback: ["127.0.0.1", "::1"] };

function plan(lines: string, own: typeof OWN = OWN): TurnPlan {
  const settings = readTurnserverConf(lines).map(({ name, value, line }) => ({
    ...{ name, value, where: name },
    place: `turn.conf, line ${line}`,
  }));
  const surroundings = { env: {}, cwd: "/", isTerminal: false };
  return planTurn(resolveTurnSettings([], settings, surroundings), own);
}

const ips = (all: readonly { readonly ip: string }[] | undefined) => all?.map(({ ip }) => ip);

describe("where it listens and relays", () => {
  test("everywhere, and relays from where others reach it", () => {
    const { server, warnings } = plan("user=a:b");
    expect(ips(server.udp)).toEqual([...OWN.network, ...OWN.loopback]);
    expect(server.streams).toEqual(server.udp);
    expect(ips(server.relays)).toEqual(OWN.network);
    // One of the two is public.
    expect(warnings).toEqual([]);
  });

  test("on loopback alone where there is nothing else, and says so", () => {
    const { server, warnings } = plan("user=a:b", { network: [], loopback: ["127.0.0.1"] });
    expect(ips(server.relays)).toEqual(["127.0.0.1"]);
    expect(warnings).toEqual([expect.stringContaining("send to 127.0.0.1, which nobody outside")]);
  });

  test("where it is told to", () => {
    const { server } = plan("user=a:b\nlistening-ip=192.168.1.5\nrelay-ip=10.0.0.9\nno-tcp");
    expect([ips(server.udp), server.streams]).toEqual([["192.168.1.5"], []]);
    expect(ips(server.relays)).toEqual(["10.0.0.9"]);
    expect(ips(plan("user=a:b\nlistening-ip=0.0.0.0").server.udp)).toEqual([
      "192.168.1.5",
      "127.0.0.1",
    ]);
  });

  test("with a certificate, on the port for TLS too", () => {
    const secure = "user=a:b\nlistening-ip=192.168.1.5\ncert=c\npkey=k\n";
    const ports = (lines: string) => {
      const { server, wantsTls, wantsDtls } = plan(secure + lines);
      const of = (all: readonly { readonly port: number }[] = []) => all.map(({ port }) => port);
      return [of(server.udp), of(server.streams), wantsTls, wantsDtls];
    };
    expect(ports("")).toEqual([[3478, 5349], [3478, 5349], true, true]);
    expect(ports("no-dtls")).toEqual([[3478], [3478, 5349], true, false]);
    expect(ports("no-tls\nno-dtls")).toEqual([[3478], [3478], false, false]);
    expect(ports("no-udp\nno-tcp")).toEqual([[], [3478, 5349], true, false]);
  });
});

describe("addresses that others see", () => {
  test("one for all of its family, or one for each", () => {
    const relays = (lines: string) =>
      plan(`user=a:b\n${lines}`).server.relays.map(({ ip, externalIp }) => [ip, externalIp]);
    expect(relays("external-ip=203.0.113.9")).toEqual([
      ["192.168.1.5", "203.0.113.9"],
      ["2001:db8::5", undefined],
    ]);
    expect(relays("external-ip=203.0.113.9/192.168.1.5\nexternal-ip=2001:db8:9::9")).toEqual([
      ["192.168.1.5", "203.0.113.9"],
      ["2001:db8::5", "2001:db8:9::9"],
    ]);
  });

  test("an address for one that is not there is a warning, two for one a mistake", () => {
    expect(plan("user=a:b\nexternal-ip=203.0.113.9/10.0.0.1").warnings).toEqual([
      expect.stringMatching(/^turn.conf, line 2: external-ip stands for 10.0.0.1, which nothing/),
    ]);
    expect(() => plan("user=a:b\nexternal-ip=203.0.113.9\nexternal-ip=203.0.113.8")).toThrow(
      "two addresses of one family",
    );
  });

  test("a private relay alone is warned of, and not one that is mapped", () => {
    const own = { network: ["192.168.1.5"], loopback: [] };
    expect(plan("user=a:b", own).warnings).toEqual([expect.stringContaining("give external-ip")]);
    expect(plan("user=a:b\nexternal-ip=198.51.100.7", own).warnings).toEqual([]);
  });
});

test("behaviour discovery takes two addresses of one family", () => {
  const lines = "user=a:b\nrfc5780\nlistening-ip=198.51.100.1\nlistening-ip=2001:db8::1\n";
  expect(() => plan(lines)).toThrow(
    "turn.conf, line 2: rfc5780: needs two addresses of one family",
  );
  expect(plan(`${lines}listening-ip=198.51.100.2`).server.behaviour).toEqual({
    primary: { ip: "198.51.100.1", port: 3478 },
    alternate: { ip: "198.51.100.2", port: 3479 },
  });
});

test("numbers mean what they mean to coturn, 0 included", () => {
  const { settings } = plan(
    "user=a:b\nuser-quota=0\ntotal-quota=12\nmax-bps=64000\nstale-nonce=0",
  ).server;
  expect(settings?.limits).toMatchObject({
    allocations: 12,
    allocationsPerUser: Number.MAX_SAFE_INTEGER,
    bytesPerSecond: 64_000,
    totalBytesPerSecond: undefined,
  });
  expect(settings?.nonceLifetimeMs).toBeGreaterThan(86_400_000);
  expect(plan("user=a:b\nmax-allocate-lifetime=300").server.settings).toMatchObject({
    maxLifetimeS: 300,
    defaultLifetimeS: 300,
  });
});

test.each([
  ["", "nobody could use this server"],
  ["no-auth", "nobody could use this server"],
  [
    "use-auth-secret",
    "turn.conf, line 1: use-auth-secret: needs a secret; give static-auth-secret",
  ],
  [
    "user=a:b\nmin-port=10\nmax-port=9",
    "turn.conf, line 3: max-port: the ports from 10 to 9 are none",
  ],
  [
    "user=a:b\nno-udp-relay\nno-tcp-relay",
    "line 3: no-tcp-relay: with no-udp-relay nothing is relayed",
  ],
  ["user=a:b\ncert=c", "turn.conf, line 2: cert: needs pkey too"],
  ["user=a:b\nno-udp\nno-tcp", "there is nothing to listen on"],
])("%j cannot work", (lines, message) => {
  expect(() => plan(lines)).toThrow(message);
});
