import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { decodeAlert } from "./alert.ts";
import { cipherSuites13 } from "./cipher-suite13.ts";
import { decodeClientHello } from "./client-hello.ts";
import {
  CookieExchange,
  type CookieVerdict,
  type DtlsConfig,
  DtlsConnection,
  fingerprintOf,
  type RetriedHello,
  selfSigned,
} from "./index.ts";

const certificate = selfSigned(crypto, generateEcdsaKey(), { notBefore: 0, notAfter: 1000 });
const remoteFingerprints = [fingerprintOf(crypto, certificate.chain[0] as Uint8Array)];
const address = "192.0.2.1:5000";

function connection(role: "client" | "server"): DtlsConnection {
  // A client may offer more; who asks for cookies of 1.2 speaks 1.2.
  const versions = role === "server" ? (["1.2"] as const) : (["1.3", "1.2"] as const);
  const made = new DtlsConnection({ role, versions, crypto, certificate, remoteFingerprints });
  made.start(0);
  return made;
}

/** A client, and a server behind cookies that were shown already, where the two are of 1.3. */
function newer(role: "client" | "server", config: Partial<DtlsConfig> = {}): DtlsConnection {
  const made = new DtlsConnection({ role, crypto, certificate, remoteFingerprints, ...config });
  made.start(0);
  return made;
}

function accepted(verdict: CookieVerdict): RetriedHello {
  if (verdict.type !== "accept" || verdict.retried === undefined) throw new Error(verdict.type);
  return verdict.retried;
}

/** The server that goes on from a cookie, and whether the two then connect and have the same keys. */
function goOn(client: DtlsConnection, server: DtlsConnection, hello: readonly Uint8Array[]): void {
  let toServer = hello;
  for (let round = 0; round < 3; round += 1) {
    for (const packet of toServer) server.receive(packet.slice(), 10);
    for (const packet of packets(server)) client.receive(packet, 10);
    toServer = packets(client);
  }
  expect([client.state, server.state]).toEqual(["connected", "connected"]);
  const keys = (one: DtlsConnection) => one.exportKeyingMaterial("EXPORTER-x", 32);
  expect(keys(client)).toEqual(keys(server));
}

/** The hello with the cookie of a HelloRetryRequest, and what came before it. */
function retriedHello(cookies: CookieExchange, client: DtlsConnection): Uint8Array {
  const [hello] = packets(client) as [Uint8Array];
  const verdict = cookies.judge(hello, address, 0);
  if (verdict.type !== "challenge") throw new Error(verdict.type);
  client.receive(verdict.packet, 1);
  const again = packets(client);
  expect(again).toHaveLength(1);
  return again[0] as Uint8Array;
}

function alertIn(verdict: CookieVerdict): unknown {
  if (verdict.type !== "refuse") throw new Error(verdict.type);
  return decodeAlert(verdict.packet.subarray(13));
}

function packets(from: DtlsConnection): Uint8Array[] {
  const sent: Uint8Array[] = [];
  for (let output = from.poll(); output; output = from.poll()) {
    if (output.type === "packet") sent.push(output.packet.slice());
  }
  return sent;
}

/** The hello with a cookie that a client sends after it has been challenged. */
function answered(cookies: CookieExchange, client: DtlsConnection, from = address): Uint8Array {
  const [hello] = packets(client) as [Uint8Array];
  const verdict = cookies.judge(hello, from, 0);
  if (verdict.type !== "challenge") throw new Error(verdict.type);
  expect(verdict.packet.length).toBeLessThan(hello.length);
  client.receive(verdict.packet, 1);
  return packets(client)[0] as Uint8Array;
}

describe("CookieExchange", () => {
  it("lets a client in that can hear us, and the handshake goes on from there", () => {
    const cookies = new CookieExchange(crypto);
    const client = connection("client");
    const hello = answered(cookies, client);
    expect(cookies.judge(hello, address, 2)).toEqual({ type: "accept" });
    const server = connection("server");
    let toServer = [hello];
    for (let round = 0; round < 3; round += 1) {
      for (const packet of toServer) server.receive(packet, 10);
      for (const packet of packets(server)) client.receive(packet, 10);
      toServer = packets(client);
    }
    expect([client.state, server.state]).toEqual(["connected", "connected"]);
  });

  it("does not take a cookie from another address, or with another hello", () => {
    const cookies = new CookieExchange(crypto);
    const hello = answered(cookies, connection("client"));
    expect(cookies.judge(hello, "192.0.2.1:5001", 2).type).toBe("challenge");
    const changed = hello.slice();
    changed[30] = (changed[30] as number) ^ 1;
    expect(cookies.judge(changed, address, 2).type).toBe("challenge");
  });

  it("takes a cookie for a minute at least, and not for ever", () => {
    const cookies = new CookieExchange(crypto);
    const hello = answered(cookies, connection("client"));
    expect(cookies.judge(hello, address, 60_000).type).toBe("accept");
    expect(cookies.judge(hello, address, 120_000).type).toBe("challenge");
    const idle = new CookieExchange(crypto);
    expect(idle.judge(answered(idle, connection("client")), address, 120_000).type).toBe(
      "challenge",
    );
  });

  it("judges a hello in fragments by the first of them", () => {
    const cookies = new CookieExchange(crypto);
    const alpn = Array.from({ length: 30 }, (_, index) => `protocol-${index}`);
    const client = new DtlsConnection({
      role: "client",
      crypto,
      certificate,
      remoteFingerprints,
      alpn,
      mtu: 300,
    });
    client.start(0);
    const [first, second] = packets(client) as [Uint8Array, Uint8Array];
    expect(cookies.judge(second, address, 0)).toEqual({ type: "drop" });
    const verdict = cookies.judge(first, address, 0);
    client.receive(verdict.type === "challenge" ? verdict.packet : new Uint8Array(0), 1);
    const again = packets(client);
    expect(cookies.judge(again[0] as Uint8Array, address, 2)).toEqual({ type: "accept" });
    const server = connection("server");
    for (const packet of again) server.receive(packet, 3);
    expect(packets(server).length).toBeGreaterThan(0);
  });

  it("keeps quiet about anything else", () => {
    const cookies = new CookieExchange(crypto);
    const [hello] = packets(connection("client")) as [Uint8Array];
    expect(cookies.judge(hello.subarray(0, 60), address, 0)).toEqual({ type: "drop" });
    expect(cookies.judge(Uint8Array.of(0, 1, 2), address, 0)).toEqual({ type: "drop" });
  });

  it("a client asks no more than three times", () => {
    const client = connection("client");
    packets(client);
    for (let sequence = 0; sequence < 4; sequence += 1) {
      const challenge = [3, 0, 0, 4, 0, sequence, 0, 0, 0, 0, 0, 4, 0xfe, 0xff, 1, sequence];
      const header = [22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, sequence, 0, challenge.length];
      client.receive(Uint8Array.from([...header, ...challenge]), sequence);
    }
    expect(client.state).toBe("closed");
  });
});

describe("CookieExchange with 1.3", () => {
  it.each(cipherSuites13)(
    "goes on from a HelloRetryRequest that it has forgotten: $name",
    (suite) => {
      const only = { cipherSuites: [suite.name] } as const;
      const cookies = new CookieExchange(crypto, only);
      const client = newer("client");
      const hello = retriedHello(cookies, client);
      const retried = accepted(cookies.judge(hello, address, 2));
      // All that it knew is in the cookie: another exchange with the same secret would say the same.
      expect(retried.helloHash).toHaveLength(suite.hashLength);
      goOn(client, newer("server", { ...only, retried }), [hello]);
    },
  );

  it("asks for another key share in the same breath", () => {
    const cookies = new CookieExchange(crypto, { groups: ["secp256r1"] });
    const client = newer("client");
    const hello = retriedHello(cookies, client);
    const retried = accepted(cookies.judge(hello, address, 2));
    expect(retried.group).toBe("secp256r1");
    goOn(client, newer("server", { groups: ["secp256r1"], retried }), [hello]);
  });

  it("answers with hardly more than it was asked with, and counts on from the client's records", () => {
    const cookies = new CookieExchange(crypto, {});
    const client = newer("client", { versions: ["1.3"] });
    const [hello] = packets(client) as [Uint8Array];
    client.handleTimeout(1000);
    const [again] = packets(client) as [Uint8Array];
    const verdict = cookies.judge(again, address, 1000);
    if (verdict.type !== "challenge") throw new Error(verdict.type);
    expect(verdict.packet.length).toBeLessThan(hello.length);
    // The number of the record that it answers.
    expect(verdict.packet[10]).toBe(1);
    client.receive(verdict.packet, 1001);
    const answer = packets(client)[0] as Uint8Array;
    const retried = accepted(cookies.judge(answer, address, 1002));
    const server = newer("server", { retried });
    server.receive(answer, 1003);
    const [serverHello] = packets(server) as [Uint8Array];
    expect([...serverHello.subarray(9, 11)]).toEqual([0, 2]);
  });

  it("refuses a cookie from another address, of another hello, changed, or too old", () => {
    const cookies = new CookieExchange(crypto, {});
    const hello = retriedHello(cookies, newer("client"));
    const illegal = { ok: true, value: { level: "fatal", description: "illegal_parameter" } };
    expect(alertIn(cookies.judge(hello, "192.0.2.1:5001", 2))).toEqual(illegal);
    const otherRandom = flipped(hello, 30);
    expect(alertIn(cookies.judge(otherRandom, address, 2))).toEqual(illegal);
    const cookieAt = indexOf(hello, cookieOf(hello));
    for (const at of [1, 3, 4, 35, 51]) {
      const forged = flipped(hello, cookieAt + at);
      expect(alertIn(cookies.judge(forged, address, 2))).toEqual(illegal);
    }
    expect(cookies.judge(hello, address, 60_000).type).toBe("accept");
    expect(alertIn(cookies.judge(hello, address, 120_000))).toEqual(illegal);
    expect(alertIn(new CookieExchange(crypto, {}).judge(hello, address, 2))).toEqual(illegal);
  });

  it("takes no cookie of 1.2 for one of 1.3", () => {
    const cookies = new CookieExchange(crypto, {});
    const client = connection("client");
    const [hello] = packets(client) as [Uint8Array];
    const old = new CookieExchange(crypto).judge(hello, address, 0);
    if (old.type !== "challenge") throw new Error(old.type);
    client.receive(old.packet, 1);
    const again = packets(client)[0] as Uint8Array;
    expect(cookies.judge(again, address, 2).type).toBe("challenge");
  });

  it("a server whose first hello brings another cookie than it was made for ends", () => {
    const cookies = new CookieExchange(crypto, {});
    const client = newer("client");
    const hello = retriedHello(cookies, client);
    const retried = accepted(cookies.judge(hello, address, 2));
    const server = newer("server", { retried });
    server.receive(flipped(hello, indexOf(hello, cookieOf(hello)) + 5), 3);
    expect(server.state).toBe("closed");
  });

  it("a client that was sent back by an alert may begin again", () => {
    const cookies = new CookieExchange(crypto, {});
    const client = newer("client");
    const verdict = cookies.judge(retriedHello(cookies, client), address, 120_000);
    if (verdict.type !== "refuse") throw new Error(verdict.type);
    client.receive(verdict.packet, 120_001);
    expect(client.state).toBe("closed");
    const second = newer("client");
    const hello = retriedHello(cookies, second);
    const retried = accepted(cookies.judge(hello, address, 2));
    goOn(second, newer("server", { retried }), [hello]);
  });

  it("says at once that there is nothing in common", () => {
    const cookies = new CookieExchange(crypto, { groups: ["secp384r1"] });
    const [hello] = packets(newer("client", { groups: ["x25519"] })) as [Uint8Array];
    expect(alertIn(cookies.judge(hello, address, 0))).toMatchObject({
      value: { description: "handshake_failure" },
    });
  });

  it("asks a client of 1.2 in the way of 1.2, where it speaks that", () => {
    const cookies = new CookieExchange(crypto, {});
    const client = newer("client", { versions: ["1.2"] });
    const hello = answered(cookies, client);
    expect(cookies.judge(hello, address, 2)).toEqual({ type: "accept" });
    const server = newer("server");
    goOn(client, server, [hello]);
    const [other] = packets(newer("client", { versions: ["1.2"] })) as [Uint8Array];
    expect(new CookieExchange(crypto, { versions: ["1.3"] }).judge(other, address, 0)).toEqual({
      type: "drop",
    });
  });

  it("puts hellos in fragments together, in whichever order they come", () => {
    const cookies = new CookieExchange(crypto, {});
    const client = newer("client", { alpn: longAlpn, mtu: 300 });
    const [first, ...more] = packets(client) as [Uint8Array, ...Uint8Array[]];
    expect(more.length).toBeGreaterThan(0);
    let verdict: CookieVerdict = { type: "drop" };
    for (const packet of [...more, first]) {
      expect(verdict).toEqual({ type: "drop" });
      verdict = cookies.judge(packet, address, 0);
    }
    if (verdict.type !== "challenge") throw new Error(verdict.type);
    client.receive(verdict.packet, 1);
    for (const packet of packets(client)) verdict = cookies.judge(packet, address, 2);
    const retried = accepted(verdict);
    const { packet: whole } = verdict as { packet?: Uint8Array };
    goOn(client, newer("server", { retried }), [whole as Uint8Array]);
  });

  it("drops a hello that is too short for one, whole or in fragments", () => {
    const cookies = new CookieExchange(crypto, {});
    const short = (length: number, offset: number, bytes: number): Uint8Array => {
      const fragment = [1, 0, 0, length, 0, 0, 0, 0, offset, 0, 0, bytes, ...Array(bytes).fill(7)];
      return Uint8Array.of(22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, fragment.length, ...fragment);
    };
    const packets = [short(0, 0, 0), short(20, 0, 20), short(20, 0, 9), short(20, 9, 11)];
    for (const packet of packets)
      expect(cookies.judge(packet, address, 0)).toEqual({ type: "drop" });
  });

  it("asks a client of 1.2 whose hello comes in fragments once it is whole", () => {
    const cookies = new CookieExchange(crypto, {});
    const client = newer("client", { alpn: longAlpn, mtu: 300, versions: ["1.2"] });
    const verdicts = packets(client).map((packet) => cookies.judge(packet, address, 0));
    const [challenge] = verdicts.filter(({ type }) => type !== "drop") as [CookieVerdict];
    if (challenge.type !== "challenge") throw new Error(challenge.type);
    client.receive(challenge.packet, 1);
    const again = packets(client);
    expect(cookies.judge(again[0] as Uint8Array, address, 2)).toEqual({ type: "accept" });
    goOn(client, newer("server"), again);
  });

  it("does not mix the fragments of two addresses, and keeps those of the last 256 for two seconds", () => {
    const cookies = new CookieExchange(crypto, {});
    const halves = packets(newer("client", { alpn: longAlpn, mtu: 600 }));
    const [first, second] = halves as [Uint8Array, Uint8Array];
    expect(halves).toHaveLength(2);
    const from = (host: number, packet: Uint8Array, now: number): string =>
      cookies.judge(packet, `host ${host}`, now).type;
    expect(from(1, first, 0)).toBe("drop");
    expect(from(2, second, 0)).toBe("drop");
    expect(from(1, second, 1999)).toBe("challenge");
    expect(from(3, first, 2000)).toBe("drop");
    expect(from(3, second, 4000)).toBe("drop");
    for (let host = 10; host < 267; host += 1) expect(from(host, first, 5000)).toBe("drop");
    expect(from(10, second, 5000)).toBe("drop");
    expect(from(266, second, 5000)).toBe("challenge");
    expect(from(12, second, 5000)).toBe("challenge");
  });
});

const longAlpn = Array.from({ length: 60 }, (_, index) => `protocol-${index}`);

function flipped(packet: Uint8Array, at: number): Uint8Array {
  const changed = packet.slice();
  changed[at] = (changed[at] as number) ^ 1;
  return changed;
}

function cookieOf(packet: Uint8Array): Uint8Array {
  const hello = decodeClientHello(packet.subarray(25));
  if (!hello.ok || hello.value.extensions.cookie === undefined) throw new Error("no cookie");
  return hello.value.extensions.cookie;
}

function indexOf(packet: Uint8Array, part: Uint8Array): number {
  return part.byteOffset - packet.byteOffset;
}
