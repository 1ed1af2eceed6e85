import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { ErrorCode, MessageWriter, Nonce, Realm } from "../stun/index.ts";
import { type TransportAddress, toUtf8 } from "../wire/index.ts";
import {
  ChannelNumber,
  Data,
  EvenPort,
  Lifetime,
  RequestedTransport,
  XorPeerAddress,
  XorRelayedAddress,
} from "./attributes.ts";
import { encodeChannelData } from "./channel-data.ts";
import {
  allocateMethod,
  channelBindMethod,
  connectMethod,
  createPermissionMethod,
  refreshMethod,
  sendMethod,
} from "./methods.ts";
import { peer, Rig, relayIp, TestStream } from "./test-rig.ts";

const hidden = { ip: "10.1.2.3", port: 80 };

/** An unauthenticated request of twenty bytes and the attributes. */
function bare(method: number, write: (writer: MessageWriter) => void = () => {}): Uint8Array {
  const writer = new MessageWriter().begin(method, "request", nodeCrypto.random(12));
  write(writer);
  return writer.finishCopy();
}

describe("a peer that is refused", () => {
  it("is refused as permission, as channel, in Send, in Connect and when it connects itself", () => {
    const rig = new Rig();
    const client = rig.client();
    const relay = client.allocate().value(XorRelayedAddress) as TransportAddress;
    expect(client.code(createPermissionMethod, (w) => w.add(XorPeerAddress, hidden))).toBe(403);
    expect(
      client.code(channelBindMethod, (w) =>
        w.add(ChannelNumber, 0x4000).add(XorPeerAddress, hidden),
      ),
    ).toBe(403);
    client.indicate(sendMethod, (w) => w.add(XorPeerAddress, hidden).add(Data, toUtf8("x")));
    expect(rig.sentFrom(relay)).toEqual([]);
    rig.fromPeer(relay, hidden, "x");
    expect(client.inbox).toEqual([]);

    const tcp = rig.stream(1001);
    const told = tcp
      .ask(allocateMethod, (w) => w.add(RequestedTransport, 6))
      ?.value(XorRelayedAddress);
    expect(tcp.code(connectMethod, (w) => w.add(XorPeerAddress, hidden))).toBe(403);
    expect(rig.connectPeer(told as TransportAddress, new TestStream(hidden))).toBe(false);
  });

  it("is opened by a rule, and closed again while the allocation goes on", () => {
    const rig = new Rig();
    const client = rig.client();
    const relay = client.allocate().value(XorRelayedAddress) as TransportAddress;
    rig.server.reconfigure({ peers: { allow: ["10.1.2.0/24"] } });
    const bind = () =>
      client.code(channelBindMethod, (w) =>
        w.add(ChannelNumber, 0x4000).add(XorPeerAddress, hidden),
      );
    expect(bind()).toBe("ok");
    client.sendRaw(encodeChannelData(0x4000, toUtf8("x"), false));
    expect(rig.sentFrom(relay)).toHaveLength(1);
    rig.server.reconfigure({ peers: {} });
    client.sendRaw(encodeChannelData(0x4000, toUtf8("x"), false));
    expect(rig.sentFrom(relay)).toHaveLength(1);
    expect(rig.server.stats()).toMatchObject({ allocations: 1, permissions: 0, channels: 0 });
  });
});

describe("relay to relay", () => {
  // Deny lists that name the server's own network break the call between two relayed clients.
  it.each([
    ["a refused network", [{ ip: relayIp, firstPort: 50_000, lastPort: 50_099 }]],
    [
      "behind a NAT",
      [{ ip: "10.0.0.5", externalIp: "9.8.7.6", firstPort: 50_000, lastPort: 50_099 }],
    ],
  ])("works on an address in %s, and reaches nothing else there", (_where, relays) => {
    const rig = new Rig({ relays, settings: { peers: { deny: ["9.8.7.6"] } } });
    const [alice, bob] = [rig.client(1000), rig.client(1001, "bob")];
    const [a, b] = [alice, bob].map((one) => one.allocate().value(XorRelayedAddress));
    const permit = (one: typeof alice, to: TransportAddress | undefined) =>
      one.code(createPermissionMethod, (w) => w.add(XorPeerAddress, to as TransportAddress));
    expect([permit(alice, b), permit(bob, a)]).toEqual(["ok", "ok"]);
    const send = (to: TransportAddress) =>
      alice.indicate(sendMethod, (w) => w.add(XorPeerAddress, to).add(Data, toUtf8("hi")));
    send(b as TransportAddress);
    const message = bob.take();
    expect(message?.value(XorPeerAddress)).toEqual(a);
    expect(message?.value(Data)).toEqual(toUtf8("hi"));
    send({ ip: (b as TransportAddress).ip, port: 22 });
    expect([...rig.relays.values()].flatMap(({ sent }) => sent)).toEqual([]);
    expect(rig.server.stats().counters.drops["peer-refused"]).toBe(1);
  });
});

describe("without credentials", () => {
  it("nothing is relayed, and nothing is kept", () => {
    const rig = new Rig();
    const client = rig.client();
    for (let i = 0; i < 100; i += 1) {
      client.sendRaw(bare(allocateMethod, (w) => w.add(RequestedTransport, 17)));
    }
    client.indicate(sendMethod, (w) => w.add(XorPeerAddress, peer).add(Data, toUtf8("x")));
    expect(rig.server.stats()).toMatchObject({ allocations: 0, users: 0, relayPorts: 0 });
    expect(rig.server.deadline).toBeUndefined();
  });

  it("wrong passwords and strangers are refused, and counted", () => {
    const rig = new Rig();
    const stranger = rig.client(1000, "mallory");
    expect(stranger.allocate().value(ErrorCode)?.code).toBe(401);
    expect(rig.server.stats().counters.authFailures).toBe(1);
    expect(rig.server.stats().allocations).toBe(0);
  });

  it("a Binding of 20 bytes is answered with at most 40, an Allocate with at most 80", () => {
    const rig = new Rig();
    const client = rig.client();
    client.sendRaw(bare(0x001));
    expect(client.inbox.pop()?.length).toBeLessThanOrEqual(40);
    client.sendRaw(bare(allocateMethod));
    const challenge = client.inbox.at(-1) as Uint8Array;
    expect(challenge.length).toBeLessThanOrEqual(80);
    expect(client.take()?.value(Realm)).toBe("tincan");
  });

  it("challenges over UDP are limited for each source, and not for others", () => {
    const rig = new Rig({ settings: { unauthenticated: { perSecond: 2, burst: 5 } } });
    const victim = rig.client();
    for (let i = 0; i < 50; i += 1) victim.sendRaw(bare(allocateMethod));
    expect(victim.inbox).toHaveLength(5);
    rig.advance(1);
    for (let i = 0; i < 50; i += 1) victim.sendRaw(bare(allocateMethod));
    expect(victim.inbox).toHaveLength(7);
    const other = rig.client(1000, "bob", "192.0.2.99");
    other.sendRaw(bare(allocateMethod));
    expect(other.inbox).toHaveLength(1);
    expect(rig.server.stats().counters.drops["rate-limited"]).toBe(93);
  });

  it("a packet of RFC 3489 gets no answer", () => {
    const rig = new Rig();
    const client = rig.client();
    client.sendRaw(Uint8Array.of(0, 1, 0, 0, ...nodeCrypto.random(16)));
    expect(client.inbox).toEqual([]);
    expect(rig.server.stats().counters.drops["bad-cookie"]).toBe(1);
  });
});

describe("nonces and ports", () => {
  it("a nonce is another for each client and second, and goes stale (438)", () => {
    const rig = new Rig();
    const nonces = new Set<string | undefined>();
    for (let i = 0; i < 20; i += 1) {
      const client = rig.client(1000 + (i % 10));
      client.sendRaw(bare(allocateMethod));
      nonces.add(client.take()?.value(Nonce));
      if (i === 9) rig.advance(1);
    }
    expect(nonces.size).toBe(20);
    const client = rig.client(999);
    client.allocate((w) => w.add(Lifetime, 3000));
    rig.advance(700);
    client.sendRaw(client.build(refreshMethod));
    expect(client.take()?.value(ErrorCode)?.code).toBe(438);
    expect(client.code(refreshMethod)).toBe("ok");
  });

  it("relay ports do not follow one another", () => {
    const rig = new Rig();
    const ports = Array.from({ length: 30 }, (_, i) => {
      return (
        rig
          .client(1000 + i)
          .allocate()
          .value(XorRelayedAddress)?.port ?? 0
      );
    });
    const steps = ports.slice(1).map((port, i) => port - (ports[i] as number));
    expect(new Set(ports).size).toBe(30);
    expect(steps.filter((step) => Math.abs(step) <= 2).length).toBeLessThan(8);
  });
});

describe("caps", () => {
  it("hold for permissions and channels of an allocation", () => {
    const rig = new Rig();
    const { limits } = rig.server.settings;
    rig.server.reconfigure({ limits: { ...limits, permissions: 3, channels: 2 } });
    const client = rig.client();
    client.allocate();
    const permit = (n: number) =>
      client.code(createPermissionMethod, (w) =>
        w.add(XorPeerAddress, { ip: `8.8.8.${n}`, port: 1 }),
      );
    expect([1, 2, 3, 4, 1].map(permit)).toEqual(["ok", "ok", "ok", 508, "ok"]);
    const bind = (n: number) =>
      client.code(channelBindMethod, (w) => {
        w.add(ChannelNumber, 0x4000 + n).add(XorPeerAddress, { ip: "8.8.8.1", port: n });
      });
    expect([1, 2, 3, 1].map(bind)).toEqual(["ok", "ok", 508, "ok"]);
  });

  it("hold for reservations of a user", () => {
    const rig = new Rig();
    const { limits } = rig.server.settings;
    rig.server.reconfigure({ limits: { ...limits, reservationsPerUser: 1 } });
    const ask = (port: number, user: string) =>
      rig.client(port, user).allocate((w) => w.add(EvenPort, true)).class;
    expect([ask(1, "alice"), ask(2, "alice"), ask(3, "bob")]).toEqual([
      "success",
      "error",
      "success",
    ]);
  });
});
