import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { nodeCrypto } from "@tincan/webrtc/node";
import { makeRestCredentials } from "@tincan/webrtc/turn";
import type { TransportAddress } from "@tincan/webrtc/wire";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selfSignedCertificate } from "../certificate/self-signed-certificate.ts";
import { DataFolder } from "../data-folder.ts";
import { openUdpPeer, UdpTurnClient } from "../testing/udp-turn-client.ts";
import { type ReadTurnOptions, resolveTurnSettings } from "./read-turn-options.ts";
import { RunningTurn } from "./running-turn.ts";
import { readTurnserverConf } from "./turnserver-conf.ts";

const log = pino({ level: "silent" });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-turn-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What a file with these lines comes to. */
function conf(...lines: readonly string[]): ReadTurnOptions {
  const all = ["listening-ip=127.0.0.1", "listening-port=0", "tls-listening-port=0", ...lines];
  const settings = readTurnserverConf(all.join("\n")).map(({ name, value, line }) => ({
    ...{ name, value, where: name },
    place: `turn.conf, line ${line}`,
  }));
  return resolveTurnSettings([], settings, { env: {}, cwd: folder, isTerminal: false });
}

async function start(
  ...lines: readonly string[]
): Promise<AsyncDisposable & { turn: RunningTurn; at: TransportAddress }> {
  const turn = await RunningTurn.start(conf(...lines), log);
  const at = turn.server.addresses.udp[0] ?? turn.server.addresses.streams[0];
  return { turn, at: at as TransportAddress, [Symbol.asyncDispose]: () => turn.close() };
}

describe("reload", () => {
  test("changes users, secrets, quotas and peer rules, and an allocation carries data all the time", async () => {
    await using server = await start("user=amy:old", "allow-loopback-peers", "user-quota=5");
    const peer = await openUdpPeer();
    using amy = new UdpTurnClient(server.at, "amy", "old");
    await amy.after((client, now) => client.allocate(now), "allocated");
    await amy.after((client, now) => client.permit(["127.0.0.1"], now), "permitted");
    const carry = async (text: string): Promise<string> => {
      const arrived = once(peer.socket, "message");
      amy.send(peer.address, text);
      return String((await arrived)[0]);
    };
    expect(await carry("before")).toBe("before");

    await server.turn.reload(
      conf("user=bob:new", "static-auth-secret=north", "allow-loopback-peers", "user-quota=1"),
    );
    expect(await carry("after")).toBe("after");
    expect(server.turn.server.stats().allocations).toBe(1);
    // Its refreshes go on, although nobody knows its user any more.
    await amy.after((client, now) => client.bindChannel(peer.address, now), "channel-bound");

    using stranger = new UdpTurnClient(server.at, "amy", "old");
    expect(await stranger.allocate()).toMatchObject({ type: "ended", reason: "unauthorized" });
    using bob = new UdpTurnClient(server.at, "bob", "new");
    expect(await bob.allocate()).toMatchObject({ type: "allocated" });
    using bobAgain = new UdpTurnClient(server.at, "bob", "new");
    expect(await bobAgain.allocate()).toMatchObject({ type: "ended", reason: "no-capacity" });
    const { username, password } = makeRestCredentials(
      nodeCrypto,
      "north",
      "carol",
      Date.now() / 1000 + 60,
    );
    using carol = new UdpTurnClient(server.at, username, password);
    expect(await carol.allocate()).toMatchObject({ type: "allocated" });

    await server.turn.reload(conf("user=bob:new"));
    expect(await bob.permit("127.0.0.2")).toMatchObject({
      type: "permission-failed",
      failure: 403,
    });
    peer.socket.close();
  });

  test("a certificate is the new one for whoever comes then", async () => {
    const make = async (name: string): Promise<{ file: string; cert: string }> => {
      const own = await DataFolder.open(join(folder, name));
      const { cert } = await selfSignedCertificate(own, { dns: ["localhost"], ips: ["127.0.0.1"] });
      return { file: join(folder, name, "self-signed.pem"), cert };
    };
    const [first, second] = await Promise.all([make("first"), make("second")]);
    const lines = (file: string) => ["user=amy:x", `cert=${file}`, `pkey=${file}`];
    await using server = await start(...lines(first.file));
    const { port } = server.turn.server.addresses.streams[0] as TransportAddress;
    const isTrusted = async (ca: string): Promise<boolean> => {
      const socket = connectTls({ port, host: "127.0.0.1", ca, rejectUnauthorized: false });
      await once(socket, "secureConnect");
      socket.destroy();
      return socket.authorized;
    };
    expect(await isTrusted(first.cert)).toBe(true);
    await server.turn.reload(conf(...lines(second.file)));
    expect([await isTrusted(first.cert), await isTrusted(second.cert)]).toEqual([false, true]);
  });

  test("what cannot change says so, and what is wrong changes nothing", async () => {
    const lines: string[] = [];
    const noting = pino({ base: null }, { write: (line: string) => lines.push(line) });
    const turn = await RunningTurn.start(conf("user=amy:x"), noting);
    await turn.reload(conf("user=amy:x", "realm=other"));
    expect(lines.join("")).toContain("line 5: realm: takes effect at the next start");
    await expect(turn.reload(conf("user=amy:x", "cert=none.pem", "pkey=none.pem"))).rejects.toThrow(
      "line 5: cert: cannot read",
    );
    await turn.close();
  });
});

describe("drain", () => {
  test("ends at once where nobody is there", async () => {
    await using server = await start("user=amy:x");
    await server.turn.drain();
  });

  test("waits for the last allocation, and makes no new ones", async () => {
    await using server = await start("user=amy:x");
    using amy = new UdpTurnClient(server.at, "amy", "x");
    await amy.allocate();
    let isOver = false;
    const drained = server.turn.drain().then(() => {
      isOver = true;
    });
    using late = new UdpTurnClient(server.at, "amy", "x");
    expect(await late.allocate()).toMatchObject({ type: "ended", reason: "no-capacity" });
    expect(isOver).toBe(false);
    await amy.after((client, now) => client.release(now), "ended");
    await drained;
  });

  test("gives up after the time that is set", async () => {
    await using server = await start("user=amy:x", "drain-timeout=0");
    using amy = new UdpTurnClient(server.at, "amy", "x");
    await amy.allocate();
    await server.turn.drain();
    expect(server.turn.server.stats().allocations).toBe(1);
  });
});

test("metrics count allocations and data, on loopback", async () => {
  await using server = await start(
    "user=amy:x",
    "prometheus",
    "prometheus-port=0",
    "allow-loopback-peers",
  );
  using amy = new UdpTurnClient(server.at, "amy", "x");
  await amy.allocate();
  const url = `http://127.0.0.1:${server.turn.metrics?.port}`;
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toMatch(/^tincan_turn_allocations 1$/m);
  expect(text).toMatch(/^tincan_turn_allocations_made_total 1$/m);
  expect(text).toMatch(/^tincan_turn_refusals_total\{code="401"\} 1$/m);
  expect(text).toMatch(
    /^tincan_turn_bytes_total\{side="client",direction="in",transport="udp"\} 0$/m,
  );
  expect((await fetch(`${url}/other`)).status).toBe(404);
});

describe("an address that cannot be had", () => {
  test("is named with its line and those that there are", async () => {
    const options = conf("listening-ip=203.0.113.9", "user=amy:x");
    await expect(RunningTurn.start(options, log)).rejects.toMatchObject({
      code: "cannot-listen",
      message: expect.stringMatching(
        /^turn.conf, line 4: listening-ip: 203.0.113.9 is not an address of this machine, which has .*127\.0\.0\.1.*; give one of these/,
      ),
    });
  });

  test("is named where another program has the port", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    await expect(
      RunningTurn.start(conf(`listening-port=${port}`, "user=a:x"), log),
    ).rejects.toThrow(
      `turn.conf, line 4: listening-port: TCP 127.0.0.1:${port} is in use by another program`,
    );
    other.close();
  });
});
