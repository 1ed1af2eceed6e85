import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { BindingServer } from "../stun/index.ts";
import { type Host, type LinkOptions, natKinds, World } from "../testing/index.ts";
import { type TransportAddress, toUtf8 } from "../wire/index.ts";
import type { TurnClientEvent } from "./client-event.ts";
import type { TurnClientOptions } from "./client-options.ts";
import type { RelaySockets } from "./ports.ts";
import { TestStream } from "./test-rig.ts";
import { TurnClient } from "./turn-client.ts";
import { TurnDataConnection } from "./turn-data-connection.ts";
import { TurnServer } from "./turn-server.ts";
import { Users } from "./users.ts";

const serverIp = "9.9.9.9";
const minute = 60_000;

/** A server on the internet; its relays are ports of the same host. */
function serve(world: World, ips: readonly string[] = [serverIp], link: LinkOptions = {}) {
  const host = world.host(ips, link);
  const sockets: RelaySockets = {
    canSetDontFragment: false,
    buffer: (length) => new Uint8Array(length),
    openUdp: (address, receiver, opened) => {
      const socket = host.bind(
        (bytes, from) => {
          receiver.receive(bytes, 0, bytes.length, from.ip, from.port, world.now);
          drive();
        },
        address.port,
        address.ip,
      );
      opened(
        {
          send: (bytes, start, end, to) => socket.send(bytes.subarray(start, end), to),
          close: () => socket.close(),
        },
        world.now,
      );
    },
  };
  const server = new TurnServer({
    crypto: nodeCrypto,
    sockets,
    relays: ips.map((ip) => ({ ip, firstPort: 50_000, lastPort: 50_999 })),
    users: new Users({
      crypto: nodeCrypto,
      realm: "tincan",
      unixTimeS: () => 0,
      users: [
        { name: "alice", password: "secret" },
        { name: "bob", password: "hush" },
      ],
    }),
    binding: new BindingServer(),
    settings: { mobility: true },
  });
  const drive = world.drive(
    machineOf(server),
    () => undefined,
    () => undefined,
  );
  const listening = host.bind((bytes, from) => {
    receiver.receive(bytes, 0, bytes.length, from.ip, from.port, world.now);
    drive();
  }, 3478);
  const receiver = server.listen({
    local: listening.address,
    send: (bytes, start, end, to) => listening.send(bytes.subarray(start, end), to),
  });
  return { server, host };
}

function machineOf(server: TurnServer) {
  return {
    receive: () => undefined,
    poll: () => server.poll(),
    handleTimeout: (now: number) => server.handleTimeout(now),
    get deadline() {
      return server.deadline;
    },
  };
}

/** A client on a host, which keeps what it hears. */
function start(world: World, host: Host, options: Partial<TurnClientOptions> = {}, ownPort = 0) {
  const client = new TurnClient({
    crypto: nodeCrypto,
    credentials: { username: "alice", password: "secret" },
    transport: "udp",
    ...options,
  });
  const events: TurnClientEvent[] = [];
  const to = { ip: serverIp, port: 3478 };
  const bind = (port: number) =>
    host.bind((bytes) => {
      client.receive(bytes, world.now);
      drive();
    }, port);
  let socket = bind(ownPort);
  const drive = world.drive(
    client,
    (packet) => socket.send(packet, to),
    (event) => events.push(event),
  );
  client.allocate(world.now);
  drive();
  return {
    client,
    drive,
    events,
    of: (type: TurnClientEvent["type"]) => events.filter((event) => event.type === type),
    relayed: (): TransportAddress => {
      const event = events.find((one) => one.type === "allocated");
      if (event?.type !== "allocated") throw new Error("no allocation");
      return event.relayed[0] as TransportAddress;
    },
    rebind: (port = 0) => {
      socket.close();
      socket = bind(port);
    },
  };
}

/** A peer that sends back what it gets. */
function echo(world: World, ip = "8.8.8.8") {
  const heard: string[] = [];
  const socket = world.host([ip]).bind((bytes, from) => {
    heard.push(new TextDecoder().decode(bytes));
    socket.send(bytes, from);
  }, 5000);
  return { address: socket.address, heard };
}

describe("a client and a server", () => {
  it("relay through a symmetric NAT, for hours, whatever is lost", () => {
    const world = new World(1);
    const { server } = serve(world, [serverIp], { loss: 0.1, delayMs: 20 });
    const peer = echo(world);
    const { host } = world.hostBehind(natKinds.symmetric, { loss: 0.1, delayMs: 20 });
    const one = start(world, host);
    world.run(10_000);
    const relayed = one.relayed();
    expect(relayed.ip).toBe(serverIp);
    one.client.bindChannel(peer.address, world.now);
    one.drive();
    world.run(10_000);
    expect(one.of("channel-bound")).toHaveLength(1);
    for (let sent = 0; sent < 120; sent += 1) {
      one.client.send(peer.address, toUtf8(`packet ${sent}`));
      one.drive();
      world.run(minute);
    }
    expect(one.of("ended")).toEqual([]);
    expect(peer.heard.length).toBeGreaterThan(80);
    expect(one.of("data").length).toBeGreaterThan(50);
    // After two hours the channel's data still comes back: everything was refreshed in time.
    const late = one.of("data").slice(-1)[0];
    expect(
      late?.type === "data" && Number(new TextDecoder().decode(late.data).slice(7)),
    ).toBeGreaterThan(100);
    expect(server.stats()).toMatchObject({ allocations: 1, channels: 1, permissions: 1 });
    one.client.release(world.now);
    one.drive();
    world.run(minute);
    expect(one.of("ended")).toMatchObject([{ reason: "released" }]);
    expect(server.stats()).toMatchObject({ allocations: 0, relayPorts: 0 });
  });

  it("keep permissions alive while they are wanted", () => {
    const world = new World(2);
    const { server } = serve(world);
    const one = start(world, world.host(["7.7.7.7"]));
    world.run(1000);
    const ips = Array.from({ length: 60 }, (_, i) => `8.8.4.${i}`);
    one.client.permit(ips, world.now);
    one.drive();
    world.run(30 * minute);
    expect(server.stats().permissions).toBe(60);
    for (const ip of ips.slice(1)) one.client.forget(ip);
    world.run(6 * minute);
    expect(server.stats().permissions).toBe(1);
    expect(one.of("permission-failed")).toEqual([]);
  });

  it("let two relayed clients talk to each other", () => {
    const world = new World(3);
    serve(world);
    const [a, b] = ["7.7.7.7", "7.7.7.8"].map((ip) => start(world, world.host([ip])));
    if (a === undefined || b === undefined) throw new Error("two clients");
    world.run(1000);
    b.client.permit([a.relayed().ip], world.now);
    b.drive();
    a.client.bindChannel(b.relayed(), world.now);
    a.drive();
    world.run(1000);
    a.client.send(b.relayed(), toUtf8("hello"));
    a.drive();
    world.run(1000);
    expect(b.of("data")).toMatchObject([{ peer: a.relayed(), data: toUtf8("hello") }]);
  });

  it("give both families, and take an allocation along to another address", () => {
    const world = new World(4);
    const { server } = serve(world, [serverIp, "2a00::9"]);
    const peer = echo(world);
    const one = start(world, world.host(["7.7.7.7"]), { family: "both", mobility: true });
    world.run(1000);
    expect(one.of("allocated")).toMatchObject([{ relayed: [{ ip: serverIp }, { ip: "2a00::9" }] }]);
    one.client.permit([peer.address.ip], world.now);
    one.drive();
    world.run(1000);
    one.rebind();
    one.client.move(world.now);
    one.drive();
    world.run(1000);
    expect(one.of("moved")).toHaveLength(1);
    one.client.send(peer.address, toUtf8("from elsewhere"));
    one.drive();
    world.run(1000);
    expect(one.of("data")).toMatchObject([{ data: toUtf8("from elsewhere") }]);
    expect(server.stats().allocations).toBe(1);
  });

  it("tell why it came to nothing", () => {
    const world = new World(5);
    const { server } = serve(world);
    const password = start(world, world.host(["7.7.7.1"]), {
      credentials: { username: "alice", password: "wrong" },
    });
    server.drain();
    const late = start(world, world.host(["7.7.7.2"]));
    world.run(minute);
    expect(password.of("ended")).toMatchObject([{ reason: "unauthorized" }]);
    expect(late.of("ended")).toMatchObject([{ reason: "no-capacity", code: 508 }]);
    const alone = start(new World(6), new World(6).host(["7.7.7.3"]));
    expect(alone.client.deadline).toBeDefined();
    expect(() => alone.client.send({ ip: "8.8.8.8", port: 1 }, toUtf8("x"))).toThrow("allocation");
  });

  it("give up a server that does not answer", () => {
    const world = new World(7);
    const alone = start(world, world.host(["7.7.7.3"]));
    world.run(minute);
    expect(alone.of("ended")).toMatchObject([{ reason: "timeout" }]);
    expect(alone.client.deadline).toBeUndefined();
  });

  it("end when the server has lost the allocation (437)", () => {
    const world = new World(8);
    const { server } = serve(world);
    const one = start(world, world.host(["7.7.7.7"]));
    world.run(1000);
    server.close();
    world.run(20 * minute);
    expect(one.of("ended")).toMatchObject([{ reason: "mismatch", code: 437 }]);
  });

  it("say when they are asked whether the allocation stands", () => {
    const world = new World(9);
    const { server } = serve(world);
    const one = start(world, world.host(["7.7.7.8"]));
    world.run(1000);
    one.client.refresh(world.now);
    one.drive();
    world.run(1000);
    expect(one.of("refreshed")).toHaveLength(1);
    server.close();
    one.client.refresh(world.now);
    one.drive();
    world.run(1000);
    expect(one.of("ended")).toMatchObject([{ reason: "mismatch", code: 437 }]);
  });

  it("take the place of an allocation of their own that they have lost sight of", () => {
    const world = new World(10);
    const { server } = serve(world);
    const host = world.host(["7.7.7.9"]);
    const first = start(world, host, {}, 7000);
    world.run(1000);
    first.rebind(7001);
    const second = start(world, host, {}, 7000);
    world.run(1000);
    expect(second.of("allocated")).toHaveLength(1);
    expect(second.relayed()).not.toEqual(first.relayed());
    expect(server.stats().allocations).toBe(1);
    // One of somebody else is left alone.
    second.rebind(7002);
    const other = { username: "bob", password: "hush" };
    const stranger = start(world, host, { credentials: other }, 7000);
    world.run(1000);
    expect(stranger.of("ended")).toMatchObject([{ reason: "mismatch", code: 437 }]);
    expect(server.stats().allocations).toBe(1);
  });
});

describe("over TCP", () => {
  it("a client connects to a peer, and a data connection carries the bytes (RFC 6062)", () => {
    const peer = new TestStream({ ip: "8.8.8.8", port: 80 });
    let onPeer: ((bytes: Uint8Array) => void) | undefined;
    const server = new TurnServer({
      crypto: nodeCrypto,
      sockets: {
        canSetDontFragment: false,
        buffer: (length) => new Uint8Array(length),
        openUdp: (_address, _receiver, opened) => opened(undefined, 0),
        openTcp: (_address, _receiver, opened) =>
          opened(
            {
              connect: (_peer, connected) => {
                const receiver = connected(peer, 0);
                onPeer = (bytes) => receiver?.receive(bytes, 0);
              },
              close: () => undefined,
            },
            0,
          ),
      },
      relays: [{ ip: serverIp, firstPort: 50_000, lastPort: 50_999 }],
      users: new Users({
        crypto: nodeCrypto,
        realm: "tincan",
        unixTimeS: () => 0,
        users: [{ name: "alice", password: "secret" }],
      }),
    });
    const credentials = { username: "alice", password: "secret" };
    const client = new TurnClient({
      crypto: nodeCrypto,
      credentials,
      transport: "tcp",
      relayTransport: "tcp",
    });
    const stream = new TestStream({ ip: "7.7.7.7", port: 1 });
    const serverSide = server.accept(stream, "tcp", 0);
    const events: TurnClientEvent[] = [];
    const pump = <Event>(
      machine: {
        poll(): { type: string; packet?: Uint8Array; event?: Event } | undefined;
        receive(bytes: Uint8Array, now: number): void;
      },
      from: TestStream,
      to: { receive(bytes: Uint8Array, now: number): void },
      on: (event: Event) => void,
    ) => {
      for (let moved = true; moved; ) {
        moved = false;
        for (let output = machine.poll(); output; output = machine.poll()) {
          moved = true;
          if (output.packet) to.receive(output.packet.slice(), 0);
          if (output.event) on(output.event);
        }
        for (const bytes of from.written.splice(0)) {
          moved = true;
          machine.receive(bytes, 0);
        }
      }
    };
    client.allocate(0);
    pump(client, stream, serverSide, (event: TurnClientEvent) => events.push(event));
    client.connect(peer.remote, 0);
    pump(client, stream, serverSide, (event: TurnClientEvent) => events.push(event));
    expect(events).toMatchObject([
      { type: "allocated" },
      { type: "connection", isIncoming: false },
    ]);
    const connection = events[1];
    if (connection?.type !== "connection") throw new Error("no connection");
    const { connectionId } = connection;
    const second = new TestStream({ ip: "7.7.7.7", port: 2 });
    const secondSide = server.accept(second, "tcp", 0);
    const data = new TurnDataConnection({ crypto: nodeCrypto, credentials, connectionId }, 0);
    const heard: unknown[] = [];
    pump(data, second, secondSide, (event) => heard.push(event));
    onPeer?.(toUtf8("welcome"));
    pump(data, second, secondSide, (event) => heard.push(event));
    expect(heard).toEqual([{ type: "bound" }, { type: "data", data: toUtf8("welcome") }]);
  });
});
