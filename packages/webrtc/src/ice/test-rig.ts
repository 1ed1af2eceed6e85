/** Agents on virtual hosts, the signaling between them, and the servers they ask. */
import { nodeCrypto } from "../node/crypto.ts";
import { BindingServer, decodeMessage, MessageWriter } from "../stun/index.ts";
import { type Host, Stream, type World } from "../testing/index.ts";
import { type RelaySockets, type StreamSocket, TurnServer, Users } from "../turn/index.ts";
import type { Crypto } from "../wire/index.ts";
import {
  IceAgent,
  type IceAgentOptions,
  type IceEvent,
  type IceState,
  type StunServerAddress,
  type TurnServerAddress,
} from "./index.ts";

export const seconds = 1000;

/** The platform's hashes, and chance that the world's seed decides. */
function seeded(world: World): Crypto {
  return { ...nodeCrypto, random: (length) => world.random.bytes(length) };
}

/** An agent on a host, with one socket, that keeps what it told. */
export function agentOn(world: World, host: Host, options: Partial<IceAgentOptions> = {}) {
  const agent = new IceAgent({ crypto: seeded(world), role: "controlling", ...options });
  const events: IceEvent[] = [];
  const listeners: ((event: IceEvent) => void)[] = [];
  const sockets = new Map<number, ReturnType<Host["bind"]>>();
  let drain: () => void = () => {};
  const bind = (id: number, ip?: string): void => {
    const socket = host.bind(
      (bytes, remote) => {
        agent.receive({ base: id, remote, bytes }, world.now);
        drain();
      },
      0,
      ip,
    );
    sockets.set(id, socket);
    agent.addBase({ id, address: socket.address, localPreference: 65_535 - id }, world.now);
  };
  drain = world.drive(
    agent,
    ({ base, remote, bytes }) => sockets.get(base)?.send(bytes, remote),
    (event) => {
      events.push(event);
      for (const listener of listeners) listener(event);
    },
  );
  for (const [id, ip] of host.ips.entries()) bind(id, ip);
  const states = (): IceState[] =>
    events.flatMap((event) => (event.type === "state" ? [event.state] : []));
  /** Sends a packet the way packets of a session are sent. */
  const say = (text: string): void => {
    const pair = agent.selectedPair;
    if (pair !== undefined) {
      sockets.get(pair.local.base)?.send(new TextEncoder().encode(text), pair.remote.address);
    }
  };
  const heard = (): string[] =>
    events.flatMap((event) =>
      event.type === "data" ? [new TextDecoder().decode(event.bytes)] : [],
    );
  return {
    agent,
    events,
    states,
    say,
    heard,
    sockets,
    bind,
    listeners,
    run: (act: () => void) => {
      act();
      drain();
    },
  };
}

export type TestAgent = ReturnType<typeof agentOn>;

/** Signaling between two agents: credentials at once, candidates as they are found, each way delayed. */
export function signal(world: World, a: TestAgent, b: TestAgent, delayMs = 20): void {
  const later = (act: () => void): void => {
    world.at(world.now + delayMs, act);
  };
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.listeners.push((event) => {
      if (event.type === "candidate") {
        const { candidate } = event;
        later(() => to.run(() => to.agent.addRemoteCandidate(candidate, world.now)));
      }
      if (event.type === "gathering" && event.state === "complete") {
        later(() => to.run(() => to.agent.endRemoteCandidates(world.now)));
      }
    });
    const credentials = from.agent.localCredentials;
    later(() => to.run(() => to.agent.setRemoteCredentials(credentials, world.now)));
  }
  for (const one of [a, b]) one.run(() => one.agent.gather(world.now));
}

/** A STUN server on the internet. */
export function stunServer(world: World): StunServerAddress {
  const server = new BindingServer({});
  const writer = new MessageWriter();
  const socket = world.host(["203.0.113.200"], { delayMs: 10 }).bind((bytes, from) => {
    const request = decodeMessage(bytes);
    if (!request.ok) return;
    const route = server.answer(request.value, from, writer);
    if (route !== undefined) socket.send(writer.finish(), route.to);
  }, 3478);
  return { url: "stun:203.0.113.200", address: socket.address };
}

/** How a TURN server is to be. */
export interface TurnServerOptions {
  /** How many ports it relays at. */
  readonly ports?: number;
  /** Whether it has addresses of IPv6 as well, to be reached at and to relay at. */
  readonly hasIpv6?: boolean;
}

/** A TURN server, and the ways to it. */
export interface TestTurnServer {
  readonly server: TurnServer;
  readonly address: TurnServerAddress;
  /** The same over IPv6. */
  readonly address6: TurnServerAddress;
  /** The same over TCP, with what `connect` opens. */
  readonly tcpAddress: TurnServerAddress;
  connect(host: Host, delayMs: number): Stream;
}

/** A TURN server on the internet. */
export function turnServer(
  world: World,
  { ports = 10_000, hasIpv6 = false }: TurnServerOptions = {},
): TestTurnServer {
  const ips = ["203.0.113.210", ...(hasIpv6 ? ["2001:db8:ffff::210"] : [])];
  const host = world.host(ips, { delayMs: 10 });
  const sockets: RelaySockets = {
    canSetDontFragment: true,
    buffer: (length) => new Uint8Array(length),
    openUdp: ({ ip, port }, receiver, opened) => {
      const relay = host.bind(
        (bytes, from) => {
          receiver.receive(bytes, 0, bytes.length, from.ip, from.port, world.now);
          drain();
        },
        port,
        ip,
      );
      opened(
        {
          send: (bytes, start, end, to) => relay.send(bytes.subarray(start, end), to),
          close: () => relay.close(),
        },
        world.now,
      );
    },
  };
  const credentials = { username: "amy", password: "secret" };
  const server = new TurnServer({
    crypto: seeded(world),
    sockets,
    relays: ips.map((ip) => ({ ip, firstPort: 50_000, lastPort: 49_999 + ports })),
    users: new Users({
      crypto: nodeCrypto,
      realm: "tincan",
      unixTimeS: () => 1_700_000_000,
      users: [{ name: credentials.username, password: credentials.password }],
    }),
    // The virtual internet has documentation addresses, which are no peers by default.
    settings: { peers: { allow: ["203.0.113.0/24", "198.51.100.0/24", "2001:db8::/32"] } },
  });
  const machine = {
    receive: () => {},
    handleTimeout: (now: number) => server.handleTimeout(now),
    poll: () => server.poll(),
    get deadline() {
      return server.deadline;
    },
  };
  const drain = world.drive(
    machine,
    () => {},
    () => {},
  );
  for (const ip of ips) {
    const socket = host.bind(
      (bytes, from) => {
        listener.receive(bytes, 0, bytes.length, from.ip, from.port, world.now);
        drain();
      },
      3478,
      ip,
    );
    const listener = server.listen({
      local: socket.address,
      send: (bytes, start, end, to) => socket.send(bytes.subarray(start, end), to),
    });
  }
  const at = (ip: string, url: string, transport: "udp" | "tcp") =>
    ({ url, address: { ip, port: 3478 }, transport, credentials }) as const;
  let nextPort = 30_000;
  return {
    server,
    address: at("203.0.113.210", "turn:203.0.113.210", "udp"),
    address6: at("2001:db8:ffff::210", "turn:[2001:db8:ffff::210]", "udp"),
    tcpAddress: at("203.0.113.210", "turn:203.0.113.210?transport=tcp", "tcp"),
    connect: (client, delayMs) => {
      const stream = new Stream(world, client, delayMs);
      nextPort += 1;
      const socket: StreamSocket = {
        local: { ip: "203.0.113.210", port: 3478 },
        remote: { ip: "203.0.113.211", port: nextPort },
        send: (bytes, start, end) => {
          stream.send("server", bytes.subarray(start, end));
          return true;
        },
        pause: () => {},
        resume: () => {},
        close: () => stream.end("server"),
      };
      const receiver = server.accept(socket, "tcp", world.now);
      stream.attach("server", {
        received: (bytes) => {
          receiver.receive(bytes, world.now);
          drain();
        },
        ended: () => {
          receiver.closed(world.now);
          drain();
        },
      });
      return stream;
    },
  };
}
