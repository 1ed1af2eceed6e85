import { beforeEach, describe, expect, it } from "vitest";
import type { TransportAddress } from "../wire/index.ts";
import {
  ConnectionId,
  RequestedTransport,
  XorPeerAddress,
  XorRelayedAddress,
} from "./attributes.ts";
import {
  allocateMethod,
  connectionAttemptMethod,
  connectionBindMethod,
  connectMethod,
  createPermissionMethod,
} from "./methods.ts";
import { peer, Rig, type TestClient, TestStream } from "./test-rig.ts";

let rig: Rig;
let control: TestClient;
let relay: TransportAddress;

beforeEach(() => {
  rig = new Rig();
  control = rig.stream(1000);
  const response = control.ask(allocateMethod, (w) => w.add(RequestedTransport, 6));
  relay = response?.value(XorRelayedAddress) as TransportAddress;
});

const connect = (to: TransportAddress) =>
  control.ask(connectMethod, (w) => w.add(XorPeerAddress, to));

const bind = (client: TestClient, id: number) =>
  client.code(connectionBindMethod, (w) => w.add(ConnectionId, id));

describe("Connect (RFC 6062 §5.2)", () => {
  it("makes a connection that a ConnectionBind splices", () => {
    const stream = new TestStream(peer);
    rig.answerTcp = () => stream;
    const id = connect(peer)?.value(ConnectionId) as number;
    expect(stream.isPaused).toBe(true);
    expect(control.code(connectMethod, (w) => w.add(XorPeerAddress, peer))).toBe(446);
    const data = rig.stream(1001);
    expect(bind(data, id)).toBe("ok");
    expect(stream.isPaused).toBe(false);
    data.inbox.length = 0;
    data.sendRaw(new TextEncoder().encode("from the client"));
    expect(stream.text).toBe("from the client");
    rig.push(stream, "from the peer");
    expect(data.connection?.stream.text).toBe("from the peer");
    rig.hangUp(stream);
    expect(data.connection?.stream.isClosed).toBe(true);
    expect(rig.server.stats()).toMatchObject({ tcpConnections: 0, allocations: 1 });
    rig.advance(1000);
    control.connection?.receiver.closed(rig.now);
    // Nothing of the data connection is left to be woken for.
    expect(rig.server.deadline).toBeUndefined();
  });

  it("passes on what came behind the ConnectionBind in the same piece of the stream", () => {
    const stream = new TestStream(peer);
    rig.answerTcp = () => stream;
    const id = connect(peer)?.value(ConnectionId) as number;
    const data = rig.stream(1001);
    data.ask(allocateMethod);
    const request = data.build(connectionBindMethod, (w) => w.add(ConnectionId, id));
    data.sendRaw(Uint8Array.of(...request, ...new TextEncoder().encode("early")));
    expect(stream.text).toBe("early");
  });

  it("keeps either side from being flooded", () => {
    const stream = new TestStream(peer);
    rig.answerTcp = () => stream;
    const data = rig.stream(1001);
    bind(data, connect(peer)?.value(ConnectionId) as number);
    const socket = data.connection?.stream as TestStream;
    socket.isFull = true;
    rig.push(stream, "much");
    expect(stream.isPaused).toBe(true);
    data.connection?.receiver.drained(rig.now);
    expect(stream.isPaused).toBe(false);
    stream.isFull = true;
    data.sendRaw(new TextEncoder().encode("much"));
    expect(socket.isPaused).toBe(true);
  });

  it("tells that nobody answers (447), that a peer is refused (403), or that there is none (400)", () => {
    expect(control.code(connectMethod, (w) => w.add(XorPeerAddress, peer))).toBe(447);
    const local = { ip: "127.0.0.1", port: 80 };
    expect(control.code(connectMethod, (w) => w.add(XorPeerAddress, local))).toBe(403);
    expect(control.code(connectMethod)).toBe(400);
    expect(rig.server.stats().tcpConnections).toBe(0);
  });

  it("gives up a connection that nobody binds, and takes only the owner's binding, once", () => {
    const stream = new TestStream(peer);
    rig.answerTcp = () => stream;
    const id = connect(peer)?.value(ConnectionId) as number;
    expect(bind(rig.stream(1001, "bob"), id)).toBe(400);
    expect(bind(rig.client(1002), id)).toBe(400);
    expect(bind(rig.stream(1003), id ^ 1)).toBe(400);
    rig.advance(31);
    expect(stream.isClosed).toBe(true);
    expect(bind(rig.stream(1004), id)).toBe(400);
    expect(rig.server.stats().tcpConnections).toBe(0);
  });

  it("keeps the cap of connections that wait (486), and frees all with the allocation", () => {
    const { limits } = rig.server.settings;
    rig.server.reconfigure({ limits: { ...limits, pendingTcpConnections: 2 } });
    const streams: TestStream[] = [];
    rig.answerTcp = (to) => {
      streams.push(new TestStream(to));
      return streams.at(-1);
    };
    const codes = [1, 2, 3].map((port) =>
      control.code(connectMethod, (w) => w.add(XorPeerAddress, { ip: peer.ip, port })),
    );
    expect(codes).toEqual(["ok", "ok", 486]);
    control.connection?.receiver.closed(rig.now);
    expect(streams.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(rig.tcpRelays.size).toBe(0);
    expect(rig.server.stats()).toMatchObject({ tcpConnections: 0, allocations: 0, relayPorts: 0 });
  });
});

describe("ConnectionAttempt (RFC 6062 §5.3)", () => {
  it("tells of a peer with a permission; others are turned away", () => {
    expect(rig.connectPeer(relay, new TestStream(peer))).toBe(false);
    control.code(createPermissionMethod, (w) => w.add(XorPeerAddress, peer));
    const stream = new TestStream({ ...peer, port: 7 });
    expect(rig.connectPeer(relay, stream)).toBe(true);
    const attempt = control.take();
    expect(attempt?.method).toBe(connectionAttemptMethod);
    expect(attempt?.value(XorPeerAddress)).toEqual({ ...peer, port: 7 });
    const data = rig.stream(1001);
    expect(bind(data, attempt?.value(ConnectionId) as number)).toBe("ok");
    data.inbox.length = 0;
    rig.push(stream, "hello");
    expect(data.connection?.stream.text).toBe("hello");
  });
});
