import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { CookieExchange, DtlsConnection, fingerprintOf, selfSigned } from "./index.ts";

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
