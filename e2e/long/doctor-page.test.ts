import { networkInterfaces } from "node:os";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath } from "../../tools/browser.ts";
import { CHROMIUM_FLAGS, launchChromium } from "../support/browser.ts";
import { meetingHost, visitDoctor } from "../support/doctor-visit.ts";
import { FaultyServers } from "../support/faulty-servers.ts";

// All faults that can be made on one machine and that a page can see, one after the other: `npm run test:doctor`.

let servers: FaultyServers;
let browser: Browser;
/** Believes no certificate that it should not; http on this machine is enough for it. */
let strict: Browser;

beforeAll(async () => {
  [servers, browser, strict] = await Promise.all([
    FaultyServers.start(meetingHost()),
    launchChromium(),
    chromium.launch({
      executablePath: chromiumPath(),
      chromiumSandbox: false,
      args: [
        ...CHROMIUM_FLAGS.filter((flag) => flag !== "--ignore-certificate-errors"),
        `--host-resolver-rules=MAP turn.example.test ${meetingHost()}`,
      ],
    }),
  ]);
});
afterAll(async () => {
  await Promise.all([browser?.close(), strict?.close()]);
  await servers?.[Symbol.asyncDispose]();
});

describe("a fault made on purpose is named on the page", () => {
  test("no servers handed out, and STUN only", async () => {
    expect(await named(await servers.serve({ noTurn: true }))).toBe("no-ice-servers");
    const stun = `stun:${servers.host}:${servers.turnPort}`;
    expect(await named(await servers.serve({ turnUrl: [stun] }))).toBe("stun-only");
  });

  test("UDP blocked", async () => {
    const { port } = await servers.udpSocket();
    const stun = `stun:${servers.host}:${port}`;
    const url = await servers.foreign(
      stun,
      servers.turn(port, "udp"),
      servers.turn(servers.turnPort, "tcp"),
    );
    expect(await named(url)).toBe("udp-blocked");
  });

  test("WebSocket not upgraded by the proxy", async () => {
    const url = await servers.proxy({ dropsUpgrades: true });
    const { cause, checks } = await visitDoctor(browser, url);
    expect([cause, checks.signaling]).toEqual(["websocket-blocked", "good"]);
  });

  test("TURN down", async () => {
    const port = await servers.closedPort();
    const url = await servers.foreign(servers.turn(port, "udp"), servers.turn(port, "tcp"));
    expect(await named(url)).toBe("turn-down");
  });

  test("relay ports blocked", async () => {
    const port = await servers.turnProxyWithoutData();
    expect(await named(await servers.foreign(servers.turn(port, "udp")))).toBe("relay-blocked");
  });

  test("turns: on a port that nobody listens on", async () => {
    const closed = `turns:${servers.host}:${await servers.closedPort()}`;
    const url = await servers.foreign(servers.turn(servers.turnPort, "udp"), closed);
    expect(await named(url)).toBe("turn-port-closed");
  });

  test("TURN's certificate for another name", async () => {
    const { port } = new URL(servers.goodUrl);
    const secure = `turns:turn.example.test:${port}`;
    const url = await servers.foreign(servers.turn(servers.turnPort, "udp"), secure);
    expect((await visitDoctor(strict, servers.plainOf(url))).cause).toBe("turn-certificate");
  });

  test("a TURN name that the DNS does not know", async () => {
    const url = await servers.foreign("turn:nowhere.invalid:3478?transport=udp");
    expect(await named(url)).toBe("turn-name-unknown");
  });

  test("clock skew, and a proxy that does not pass the Host header on", async () => {
    const skewed = await servers.proxy({
      answer: (headers) => ({ ...headers, date: new Date(Date.now() + 3 * 864e5).toUTCString() }),
    });
    expect(await named(skewed)).toBe("clock-wrong");
    expect(await named(await servers.proxy({ host: "backend:8080" }))).toBe("origin-refused");
  });

  test("private external address", async () => {
    expect(await named(await servers.serve({ externalIp: ["127.0.0.99"] }))).toBe(
      "private-address",
    );
  });

  test("IPv6 broken", async ({ skip }) => {
    const faces = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const six = faces.find(
      ({ family, internal, address }) =>
        family === "IPv6" && !internal && !address.startsWith("fe80"),
    );
    if (six === undefined) return skip("this machine has no IPv6");
    const broken = "turn:[2001:db8::99]:3478?transport=udp";
    const url = await servers.foreign(servers.turn(servers.turnPort, "udp"), broken);
    expect(await named(url)).toBe("ipv6-broken");
  });

  test("an expired certificate, and one for another host: the browser does not open the page", async () => {
    const then = [Date.now() - 9e9, Date.now() - 1e8].map((at) => new Date(at)) as [Date, Date];
    for (const files of [
      await servers.sign("expired", [servers.host], then),
      await servers.sign("other", ["other.example.test"]),
    ]) {
      const page = await strict.newPage();
      await expect(page.goto(await servers.serve(files))).rejects.toThrow(/ERR_CERT/);
      await page.close();
    }
  });
});

async function named(url: string): Promise<string | null> {
  return (await visitDoctor(browser, url)).cause;
}
