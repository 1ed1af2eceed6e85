import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { headerLength } from "../stun/index.ts";
import { toUtf8, writeU16 } from "../wire/index.ts";
import {
  AdditionalAddressFamily,
  ChannelNumber,
  Data,
  EvenPort,
  Lifetime,
  MobilityTicket,
  RequestedTransport,
  XorPeerAddress,
} from "./attributes.ts";
import { encodeChannelData } from "./channel-data.ts";
import {
  allocateMethod,
  channelBindMethod,
  createPermissionMethod,
  refreshMethod,
  sendMethod,
} from "./methods.ts";
import { Rig, type TestClient } from "./test-rig.ts";
import { TurnClient } from "./turn-client.ts";

const limits = {
  allocations: 4,
  allocationsPerUser: 2,
  permissions: 3,
  channels: 2,
  reservations: 2,
  reservationsPerUser: 1,
  tcpConnections: 2,
  pendingTcpConnections: 1,
};

/** What a client may do next; the numbers choose among few clients and peers, so that they meet. */
const step = fc.record({
  what: fc.constantFrom(
    "allocate",
    "pair",
    "dual",
    "refresh",
    "release",
    "permit",
    "bind",
    "send",
    "channel",
    "wait",
    "move",
  ),
  client: fc.nat(5),
  peer: fc.nat(5),
});

describe("no sequence of requests", () => {
  it("exceeds a cap, leaks a port, or relays without permission or channel", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
        const rig = new Rig({ settings: { limits } });
        const clients = [0, 1, 2, 3, 4, 5].map((n) =>
          rig.client(1000 + n, n % 2 ? "alice" : "bob"),
        );
        const permitted = new Map<TestClient, Map<string, number>>();
        const tickets = new Map<TestClient, Uint8Array>();
        for (const { what, client: n, peer: m } of steps) {
          const client = clients[n] as TestClient;
          const peer = { ip: `8.8.8.${m}`, port: 5000 + m };
          const allow = (code: unknown, seconds: number) => {
            if (code !== "ok") return;
            const own = permitted.get(client) ?? new Map<string, number>();
            const until = Math.max(own.get(peer.ip) ?? 0, rig.now + seconds * 1000);
            permitted.set(client, own.set(peer.ip, until));
          };
          const before = sentCount(rig);
          if (what === "allocate" || what === "pair" || what === "dual") {
            const response = client.allocate((w) => {
              if (what === "pair") w.add(EvenPort, true);
              if (what === "dual") w.add(AdditionalAddressFamily, 2);
              w.add(MobilityTicket, new Uint8Array(0));
            });
            const ticket = response.value(MobilityTicket);
            if (ticket) tickets.set(client, ticket.slice());
          } else if (what === "refresh") client.ask(refreshMethod);
          else if (what === "release") client.ask(refreshMethod, (w) => w.add(Lifetime, 0));
          else if (what === "permit") {
            allow(
              client.code(createPermissionMethod, (w) => w.add(XorPeerAddress, peer)),
              300,
            );
          } else if (what === "bind") {
            const code = client.code(channelBindMethod, (w) =>
              w.add(ChannelNumber, 0x4000 + m).add(XorPeerAddress, peer),
            );
            allow(code, 600);
          } else if (what === "wait") rig.advance(100);
          else if (what === "move") {
            const ticket = tickets.get(clients[m] as TestClient) ?? new Uint8Array(32);
            client.ask(refreshMethod, (w) => w.add(MobilityTicket, ticket));
            // Whose permissions count now is more than this model keeps.
            for (const [ip, until] of permitted.get(clients[m] as TestClient) ?? []) {
              const own = permitted.get(client) ?? new Map<string, number>();
              permitted.set(client, own.set(ip, Math.max(until, own.get(ip) ?? 0)));
            }
          } else {
            if (what === "send")
              client.indicate(sendMethod, (w) =>
                w.add(XorPeerAddress, peer).add(Data, toUtf8("x")),
              );
            else client.sendRaw(encodeChannelData(0x4000 + m, toUtf8("x"), false));
            const mayReach = (permitted.get(client)?.get(peer.ip) ?? 0) > rig.now;
            if (!mayReach) expect(sentCount(rig)).toBe(before);
          }
          client.inbox.length = 0;
          const stats = rig.server.stats();
          expect(stats.allocations).toBeLessThanOrEqual(limits.allocations);
          expect(stats.permissions).toBeLessThanOrEqual(stats.allocations * limits.permissions);
          expect(stats.channels).toBeLessThanOrEqual(stats.allocations * limits.channels);
          expect(stats.reservations).toBeLessThanOrEqual(limits.reservations);
          expect(stats.tickets).toBeLessThanOrEqual(2 * stats.allocations);
          expect(stats.relayPorts).toBe(rig.relays.size);
          expect(stats.relayPorts).toBeLessThanOrEqual(2 * stats.allocations + stats.reservations);
        }
        rig.advance(4000);
        expect(rig.server.stats()).toMatchObject({
          allocations: 0,
          users: 0,
          permissions: 0,
          channels: 0,
          reservations: 0,
          relayPorts: 0,
        });
        expect(rig.relays.size).toBe(0);
        expect(rig.server.deadline).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});

/** Changes a valid packet in ways that reach behind the first checks. */
const mutation = fc.record({
  at: fc.nat(200),
  byte: fc.nat(255),
  how: fc.constantFrom("byte", "cut", "grow", "length", "double", "none"),
});

function mutate(
  bytes: Uint8Array,
  { at, byte, how }: { at: number; byte: number; how: string },
): Uint8Array {
  const copy = bytes.slice();
  if (how === "byte") copy[at % copy.length] = byte;
  if (how === "cut") return copy.slice(0, at % copy.length);
  if (how === "grow") return Uint8Array.of(...copy, ...new Uint8Array(byte));
  if (how === "length") writeU16(copy, (at % 2 ? 2 : headerLength + 2) % copy.length, byte);
  if (how === "double") {
    const more = copy.slice(headerLength);
    const whole = Uint8Array.of(...copy, ...more);
    writeU16(whole, 2, whole.length - headerLength);
    return whole;
  }
  return copy;
}

describe("hostile packets", () => {
  const kind = fc.nat(6);

  it("never throw, and leave no more than the caps allow", () => {
    const rig = new Rig({ settings: { limits } });
    const client = rig.client(1000);
    client.allocate();
    const stream = { current: rig.stream(1001) };
    const make = (which: number): Uint8Array => {
      const peer = { ip: "8.8.8.8", port: 5000 };
      if (which === 0)
        return client.build(allocateMethod, (w) =>
          w.add(RequestedTransport, 17).add(EvenPort, true),
        );
      if (which === 1) return client.build(refreshMethod, (w) => w.add(Lifetime, 700));
      if (which === 2)
        return client.build(createPermissionMethod, (w) => w.add(XorPeerAddress, peer));
      if (which === 3)
        return client.build(channelBindMethod, (w) =>
          w.add(ChannelNumber, 0x4000).add(XorPeerAddress, peer),
        );
      if (which === 4) return encodeChannelData(0x4000, toUtf8("data"), true);
      if (which === 5) return client.build(0x001);
      return client.build(0x00a, (w) => w.add(XorPeerAddress, peer));
    };
    const feed = (bytes: Uint8Array) => {
      client.sendRaw(bytes.slice());
      if (stream.current.connection?.stream.isClosed) stream.current = rig.stream(1001);
      stream.current.sendRaw(bytes.slice());
      for (const { receiver } of rig.relays.values()) {
        receiver.receive(bytes.slice(), 0, bytes.length, "8.8.8.8", 5000, rig.now);
      }
      client.inbox.length = 0;
      stream.current.inbox.length = 0;
    };
    fc.assert(
      fc.property(kind, mutation, (which, how) => feed(mutate(make(which), how))),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => feed(bytes)),
      { numRuns: 2000 },
    );
    const stats = rig.server.stats();
    expect(stats.allocations).toBeLessThanOrEqual(2);
    expect(stats.permissions).toBeLessThanOrEqual(2 * limits.permissions);
    rig.advance(4000);
    expect(rig.server.stats()).toMatchObject({ allocations: 0, relayPorts: 0, permissions: 0 });
  });

  it("do not throw in the client either, nor make it believe them", () => {
    const rig = new Rig();
    const server = rig.client();
    const client = new TurnClient({
      crypto: nodeCrypto,
      credentials: { username: "alice", password: "alice-secret" },
      transport: "udp",
    });
    client.allocate(0);
    const events: string[] = [];
    const pump = () => {
      for (let output = client.poll(); output; output = client.poll()) {
        if (output.type === "packet") server.sendRaw(output.packet.slice());
        else events.push(output.event.type);
        for (const bytes of server.inbox.splice(0)) client.receive(bytes, 0);
      }
    };
    pump();
    expect(events).toEqual(["allocated"]);
    client.bindChannel({ ip: "8.8.8.8", port: 1 }, 0);
    const answer = server.build(channelBindMethod);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), mutation, (random, how) => {
        for (const bytes of [
          random,
          mutate(answer, how),
          mutate(encodeChannelData(0x4000, random, true), how),
        ]) {
          client.receive(bytes, 0);
        }
        for (let output = client.poll(); output; output = client.poll()) {
          if (output.type === "event") expect(["data", "icmp"]).toContain(output.event.type);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function sentCount(rig: Rig): number {
  let count = 0;
  for (const { sent } of rig.relays.values()) count += sent.length;
  return count;
}
