import { beforeEach, describe, expect, it } from "vitest";
import type { MessageWriter } from "../stun/index.ts";
import { type TransportAddress, toUtf8 } from "../wire/index.ts";
import {
  ChannelNumber,
  Data,
  DontFragment,
  Icmp,
  RequestedAddressFamily,
  XorPeerAddress,
  XorRelayedAddress,
} from "./attributes.ts";
import { decodeChannelData, encodeChannelData } from "./channel-data.ts";
import {
  channelBindMethod,
  createPermissionMethod,
  dataMethod,
  refreshMethod,
  sendMethod,
} from "./methods.ts";
import { peer, peer6, Rig, type TestClient } from "./test-rig.ts";

let rig: Rig;
let client: TestClient;
let relay: TransportAddress;

beforeEach(() => {
  rig = new Rig();
  client = rig.client();
  relay = client.allocate().value(XorRelayedAddress) as TransportAddress;
});

const permit = (...peers: TransportAddress[]) =>
  client.code(createPermissionMethod, (writer) => {
    for (const one of peers) writer.add(XorPeerAddress, one);
  });

const bind = (number: number, to: TransportAddress) =>
  client.code(channelBindMethod, (writer) => {
    writer.add(ChannelNumber, number).add(XorPeerAddress, to);
  });

const send = (
  to: TransportAddress,
  text: string,
  more: (writer: MessageWriter) => void = () => {},
) =>
  client.indicate(sendMethod, (writer) => {
    writer.add(XorPeerAddress, to).add(Data, toUtf8(text));
    more(writer);
  });

const sendOnChannel = (number: number, text: string) =>
  client.sendRaw(encodeChannelData(number, toUtf8(text), false));

const received = (): string | undefined => {
  const bytes = client.inbox.at(-1);
  if (bytes === undefined) return undefined;
  const decoded = decodeChannelData(bytes);
  if (decoded.ok)
    return `${decoded.value.channel.toString(16)} ${new TextDecoder().decode(decoded.value.data)}`;
  const message = client.take();
  const data = message?.value(Data);
  return `${message?.value(XorPeerAddress)?.ip} ${data && new TextDecoder().decode(data)}`;
};

describe("permissions (RFC 8656 §9, §10)", () => {
  it("let Send and Data through, for five minutes", () => {
    send(peer, "too early");
    rig.fromPeer(relay, peer, "too early");
    expect(rig.sentFrom(relay)).toEqual([]);
    expect(client.inbox).toEqual([]);
    expect(permit(peer)).toBe("ok");
    send(peer, "hello", (writer) => writer.add(DontFragment, true));
    expect(rig.sentFrom(relay)).toEqual([
      { to: "8.8.8.8:5000", text: "hello", dontFragment: true },
    ]);
    rig.fromPeer(relay, { ...peer, port: 7 }, "hi");
    expect(received()).toBe("8.8.8.8 hi");
    rig.advance(299);
    rig.fromPeer(relay, peer, "still");
    expect(received()).toBe("8.8.8.8 still");
    rig.advance(2);
    expect(rig.server.stats().permissions).toBe(0);
    send(peer, "too late");
    rig.fromPeer(relay, peer, "too late");
    expect(rig.sentFrom(relay)).toHaveLength(1);
    expect(client.inbox).toEqual([]);
    expect(rig.server.stats().counters.drops["no-permission"]).toBe(4);
  });

  it("are taken all together or not at all", () => {
    const far = { ip: "9.9.9.9", port: 1 };
    expect(permit(peer, { ip: "10.0.0.1", port: 1 }, far)).toBe(403);
    expect(rig.server.stats().permissions).toBe(0);
    expect(permit(peer, far)).toBe("ok");
    expect(rig.server.stats().permissions).toBe(2);
    expect(permit()).toBe(400);
    expect(permit(peer6)).toBe(443);
  });

  it("stand on an allocation", () => {
    expect(rig.client(2000).code(createPermissionMethod, (w) => w.add(XorPeerAddress, peer))).toBe(
      437,
    );
  });
});

describe("channels (RFC 8656 §12)", () => {
  it("carry data both ways for ten minutes", () => {
    expect(bind(0x4001, peer)).toBe("ok");
    sendOnChannel(0x4001, "hello");
    expect(rig.sentFrom(relay).at(-1)).toEqual({
      to: "8.8.8.8:5000",
      text: "hello",
      dontFragment: false,
    });
    for (const headroom of [0, 4, 9]) {
      rig.fromPeer(relay, peer, `room ${headroom}`, headroom);
      expect(received()).toBe(`4001 room ${headroom}`);
    }
    client.code(refreshMethod);
    rig.advance(599);
    rig.fromPeer(relay, peer, "still");
    expect(received()).toBe("4001 still");
    rig.advance(2);
    expect(rig.server.stats()).toMatchObject({ allocations: 0, channels: 0 });
  });

  it("bring a permission, which other ports of the address use as well", () => {
    bind(0x4001, peer);
    rig.fromPeer(relay, { ...peer, port: 6 }, "hi");
    expect(received()).toBe("8.8.8.8 hi");
    rig.advance(301);
    client.inbox.length = 0;
    rig.fromPeer(relay, { ...peer, port: 6 }, "hi");
    expect(client.inbox).toEqual([]);
    // Refreshed by itself, a lapsed permission comes back and ends again.
    expect(permit(peer)).toBe("ok");
    rig.fromPeer(relay, { ...peer, port: 6 }, "again");
    expect(received()).toBe("8.8.8.8 again");
  });

  it.each([
    ["a number below", 0x3fff],
    ["a number of RFC 5766", 0x5000],
    ["a number above", 0x7fff],
  ])("refuse %s (400)", (_what, number) => {
    expect(bind(number, peer)).toBe(400);
  });

  it("take the numbers of RFC 5766 where they are told to", () => {
    rig.server.reconfigure({ rfc5766Channels: true });
    expect(bind(0x7ffe, peer)).toBe("ok");
  });

  it("are bound one number to one peer (400)", () => {
    bind(0x4001, peer);
    expect(bind(0x4001, peer)).toBe("ok");
    expect(bind(0x4002, peer)).toBe(400);
    expect(bind(0x4001, { ...peer, port: 5001 })).toBe(400);
    expect(bind(0x4002, { ...peer, port: 5001 })).toBe("ok");
    expect(bind(0x4003, peer6)).toBe(443);
    expect(bind(0x4003, { ip: "127.0.0.1", port: 1 })).toBe(403);
    expect(rig.server.stats().channels).toBe(2);
  });

  it("drop what is cut short or bound to nothing", () => {
    bind(0x4001, peer);
    sendOnChannel(0x4002, "nobody");
    client.sendRaw(Uint8Array.of(0x40, 0x01, 0x00, 0x09, 1));
    client.sendRaw(Uint8Array.of(0x40, 0x01));
    expect(rig.sentFrom(relay)).toEqual([]);
    expect(rig.server.stats().counters.drops).toMatchObject({ "no-channel": 1, truncated: 2 });
  });
});

describe("IPv6 relays", () => {
  it("reach IPv6 peers only", () => {
    const six = rig.client(1001);
    const told = six.allocate((w) => w.add(RequestedAddressFamily, 2)).value(XorRelayedAddress);
    expect(six.code(createPermissionMethod, (w) => w.add(XorPeerAddress, peer))).toBe(443);
    expect(six.code(createPermissionMethod, (w) => w.add(XorPeerAddress, peer6))).toBe("ok");
    six.indicate(sendMethod, (w) => w.add(XorPeerAddress, peer6).add(Data, toUtf8("six")));
    expect(rig.sentFrom(told as TransportAddress)).toMatchObject([
      { to: "[2a00::8]:5000", text: "six" },
    ]);
  });
});

describe("ICMP errors (RFC 8656 §11.5)", () => {
  it("are told to the client where the peer is permitted", () => {
    const error = { type: 3, code: 4, data: 1280 };
    const { receiver } = [...rig.relays.values()][0] as { receiver: { icmp: CallableFunction } };
    receiver.icmp(peer, error, rig.now);
    expect(client.inbox).toEqual([]);
    permit(peer);
    receiver.icmp(peer, error, rig.now);
    const message = client.take();
    expect(message?.method).toBe(dataMethod);
    expect(message?.value(Icmp)).toEqual(error);
    expect(message?.value(XorPeerAddress)).toEqual(peer);
  });
});

describe("over a stream", () => {
  it("ChannelData is padded, and data is dropped while the client does not read", () => {
    const stream = rig.stream(1002);
    const told = stream.allocate().value(XorRelayedAddress) as TransportAddress;
    stream.code(channelBindMethod, (w) => w.add(ChannelNumber, 0x4001).add(XorPeerAddress, peer));
    rig.fromPeer(told, peer, "12345");
    expect(stream.inbox.pop()).toEqual(Uint8Array.of(0x40, 1, 0, 5, 49, 50, 51, 52, 53, 0, 0, 0));
    const padded = encodeChannelData(0x4001, toUtf8("abc"), true);
    for (const byte of padded) stream.sendRaw(Uint8Array.of(byte));
    expect(rig.sentFrom(told)).toMatchObject([{ text: "abc" }]);
    const { stream: socket, receiver } = stream.connection as NonNullable<typeof stream.connection>;
    socket.isFull = true;
    rig.fromPeer(told, peer, "fills it");
    rig.fromPeer(told, peer, "dropped");
    expect(stream.inbox).toHaveLength(1);
    receiver.drained(rig.now);
    rig.fromPeer(told, peer, "again");
    expect(stream.inbox).toHaveLength(2);
    expect(rig.server.stats().counters.drops.backlog).toBe(1);
  });

  it("the end of the connection is the end of the allocation", () => {
    const stream = rig.stream(1002);
    stream.allocate();
    stream.connection?.receiver.closed(rig.now);
    rig.drain();
    expect(rig.server.stats().allocations).toBe(1);
    expect(rig.events.at(-1)).toMatchObject({ type: "ended", reason: "connection-closed" });
  });

  it("nonsense closes the connection, and so does silence", () => {
    const stream = rig.stream(1002);
    stream.sendRaw(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    expect(stream.connection?.stream.isClosed).toBe(true);
    const silent = rig.stream(1003);
    rig.advance(61);
    expect(silent.connection?.stream.isClosed).toBe(true);
  });
});

describe("bandwidth", () => {
  it("is kept to, each way", () => {
    rig.server.reconfigure({ limits: { ...rig.server.settings.limits, bytesPerSecond: 10 } });
    bind(0x4001, peer);
    for (let i = 0; i < 5; i += 1) sendOnChannel(0x4001, "1234");
    expect(rig.sentFrom(relay)).toHaveLength(2);
    rig.advance(1);
    sendOnChannel(0x4001, "1234");
    expect(rig.sentFrom(relay)).toHaveLength(3);
    expect(rig.server.stats().counters.drops.bandwidth).toBe(3);
  });
});
