/** Whole peers on virtual hosts, and the signaling between them. */
import {
  type KeyAgreement,
  type LocalCertificate,
  type NamedGroup,
  type SigningKey,
  selfSigned,
} from "../dtls/index.ts";
import type { StunServerAddress, TurnServerAddress } from "../ice/index.ts";
import { generateEcdsaKey, nodeDtlsCrypto } from "../node/index.ts";
import type { DataChannel } from "../sctp/index.ts";
import type { Host, Stream, TcpEnd, World } from "../testing/index.ts";
import type { Instant } from "../wire/index.ts";
import {
  type CandidateInit,
  PeerConnection,
  type PeerConnectionOptions,
  type PeerEvent,
  type SessionDescription,
} from "./index.ts";

export const seconds = 1000;

/** Signatures of ECDSA differ in length; here they don't, so that a seed gives the same run each time. */
function evenKey(): SigningKey {
  const key = generateEcdsaKey();
  return {
    ...key,
    sign: (scheme, data) => {
      for (;;) {
        const signature = key.sign(scheme, data);
        if (signature.length === 71) return signature;
      }
    },
  };
}

export const certificate: LocalCertificate = selfSigned(nodeDtlsCrypto, evenKey(), {
  notBefore: 0,
  notAfter: 86_400_000,
});

/** Fresh keys for each handshake would cost much and show nothing: a few serve all worlds. */
const keyAgreements = new Map<NamedGroup, KeyAgreement[]>();

function sharedKeyAgreement(group: NamedGroup): KeyAgreement {
  const kept = keyAgreements.get(group) ?? [];
  keyAgreements.set(group, kept);
  const next = kept.length < 4 ? nodeDtlsCrypto.keyAgreement(group) : kept.shift();
  if (next !== undefined) kept.push(next);
  return next as KeyAgreement;
}

export interface PeerServers {
  readonly stunServers?: readonly StunServerAddress[];
  readonly turnServers?: readonly TurnServerAddress[];
  /** Opens a connection to the one of them that is reached over TCP. */
  readonly connect?: () => Stream;
}

/** The bases that connections of TCP are opened through, and taken in through. */
const tcpBases = { active: 101, passive: 102 } as const;

/** A peer on a host, with one socket for each of its addresses, and TCP where there is a path. */
export class TestPeer {
  readonly connection: PeerConnection;
  readonly events: PeerEvent[] = [];
  readonly channels: DataChannel[] = [];
  readonly messages: { readonly channel: DataChannel; readonly bytes: Uint8Array }[] = [];
  readonly #world: World;
  readonly #drain: () => void;
  readonly #servers: PeerServers;
  readonly #host: Host;
  readonly #tcp: TcpEnd | undefined;
  readonly #sockets = new Map<number, ReturnType<Host["bind"]>>();
  /** Connections to TURN servers, by their bases. */
  readonly streams = new Map<number, Stream>();
  #nextStream = 201;
  #aheadMs = 0;
  tellCandidate: (candidate: CandidateInit) => void = () => {};

  constructor(
    world: World,
    host: Host,
    options: Partial<PeerConnectionOptions> & PeerServers & { readonly tcp?: TcpEnd } = {},
  ) {
    this.#world = world;
    this.#host = host;
    this.#servers = options;
    this.#tcp = options.tcp;
    const crypto = {
      ...nodeDtlsCrypto,
      keyAgreement: sharedKeyAgreement,
      random: (length: number) => world.random.bytes(length),
    };
    this.connection = new PeerConnection({ crypto, certificate, ...options });
    this.#drain = world.drive(
      this.connection,
      ({ base, remote, bytes }) => {
        const socket = this.#sockets.get(base);
        const stream = this.streams.get(base);
        if (socket !== undefined) socket.send(bytes, remote);
        else if (stream !== undefined) stream.send("client", bytes);
        else this.#tcp?.send(base === tcpBases.active ? "active" : "passive", remote, bytes);
      },
      (event) => this.#handle(event),
      () => this.now,
    );
  }

  /** What this host takes for the time. */
  get now(): Instant {
    return this.#world.now + this.#aheadMs;
  }

  /** The host's clock tells a later time at once, as one does that slept. */
  leap(durationMs: number): void {
    this.#aheadMs += durationMs;
    this.#drain();
  }

  get channel(): DataChannel {
    return this.channels[0] as DataChannel;
  }

  get texts(): string[] {
    return this.messages.map(({ bytes }) => new TextDecoder().decode(bytes));
  }

  types(type: PeerEvent["type"]): PeerEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  run<Result>(act: (connection: PeerConnection, now: number) => Result): Result {
    const result = act(this.connection, this.now);
    this.#drain();
    return result;
  }

  open(label: string, init: Partial<DataChannel> = {}): DataChannel {
    const channel = this.run((one, now) => one.openChannel({ ...init, label }, now));
    this.channels.push(channel);
    return channel;
  }

  send(text: string | Uint8Array, channel: DataChannel = this.channel): void {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    this.run((one, now) => one.transport.channels.send(channel, bytes, false, now));
  }

  offer(options?: { readonly iceRestart?: boolean }): SessionDescription {
    return this.run((one, now) => {
      const description = { type: "offer", sdp: one.createOffer(options) } as const;
      one.setLocalDescription(description, now);
      return description;
    });
  }

  answer(offer: SessionDescription): SessionDescription {
    return this.run((one, now) => {
      one.setRemoteDescription(offer, now);
      const description = { type: "answer", sdp: one.createAnswer() } as const;
      one.setLocalDescription(description, now);
      return description;
    });
  }

  accept(answer: SessionDescription): void {
    this.run((one, now) => one.setRemoteDescription(answer, now));
  }

  #handle(event: PeerEvent): void {
    this.events.push(event);
    if (event.type === "channel") this.channels.push(event.channel);
    if (event.type === "message") this.messages.push(event);
    if (event.type === "gather") this.#gather();
    if (event.type === "candidate") {
      const { line, mid, index, ufrag } = event;
      this.tellCandidate({
        candidate: line,
        sdpMid: mid,
        sdpMLineIndex: index,
        usernameFragment: ufrag,
      });
    }
  }

  #gather(): void {
    const { stunServers = [], turnServers = [] } = this.#servers;
    const { ice } = this.connection;
    ice.setServers({ stunServers, turnServers }, this.now);
    if (this.#sockets.size === 0) {
      for (const [id, ip] of this.#host.ips.entries()) {
        const receive = (bytes: Uint8Array, remote: { ip: string; port: number }): void =>
          this.run((one, now) => one.receive({ base: id, remote, bytes }, now));
        const socket = this.#host.bind(receive, 0, ip);
        this.#sockets.set(id, socket);
        ice.addBase({ id, address: socket.address, localPreference: 65_535 - id }, this.now);
      }
      if (this.#tcp !== undefined) this.#addTcp(this.#tcp);
    }
    for (const server of turnServers) if (server.transport === "tcp") this.#connectTo(server);
    ice.gather(this.now);
  }

  /** As a host does: over the connection that stands, if there is one, for its allocation is told once more. */
  #connectTo(server: TurnServerAddress): void {
    const [standing] = this.streams.keys();
    const id = standing ?? this.#openStream(server);
    if (id === undefined) return;
    const address = { ip: this.#host.ips[0] as string, port: 9000 };
    this.connection.ice.addServerConnection(
      { id, address, localPreference: 65_535 },
      server,
      this.now,
    );
  }

  /** Opens a connection, whose end takes the base along. */
  #openStream(server: TurnServerAddress): number | undefined {
    const stream = this.#servers.connect?.();
    if (stream === undefined) return undefined;
    const id = this.#nextStream;
    this.#nextStream += 1;
    this.streams.set(id, stream);
    stream.attach("client", {
      received: (bytes) =>
        this.run((one, now) => one.receive({ base: id, remote: server.address, bytes }, now)),
      ended: () => {
        this.streams.delete(id);
        this.run((one, now) => one.ice.removeBase(id, now));
      },
    });
    return id;
  }

  #addTcp(tcp: TcpEnd): void {
    tcp.receiver = {
      received: (side, remote, bytes) =>
        this.run((one, now) => one.receive({ base: tcpBases[side], remote, bytes }, now)),
      ended: (side, remote) =>
        this.run(({ ice }, now) => ice.removeConnection(tcpBases[side], remote, now)),
    };
    const { ip } = tcp.listening;
    const base = { localPreference: 65_535 };
    const { ice } = this.connection;
    ice.addBase(
      { ...base, id: tcpBases.active, address: { ip, port: 9 }, tcpType: "active" },
      this.now,
    );
    ice.addBase(
      { ...base, id: tcpBases.passive, address: tcp.listening, tcpType: "passive" },
      this.now,
    );
  }
}

/** From here on each tells the other its candidates, after a delay. */
export function trickle(world: World, a: TestPeer, b: TestPeer, delayMs = 20): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.tellCandidate = (candidate) => {
      // A moment later than the description that it belongs to.
      world.at(world.now + delayMs + 1, () =>
        to.run((one, now) => {
          // What belongs to a generation that is over is of no use.
          try {
            one.addIceCandidate(candidate, now);
          } catch {}
        }),
      );
    };
  }
}

/** An offer of `a` and the answer of `b`, each way delayed; the offer may be changed on its way. */
export function negotiate(
  world: World,
  a: TestPeer,
  b: TestPeer,
  options: {
    readonly delayMs?: number;
    readonly iceRestart?: boolean;
    readonly change?: (sdp: string) => string;
  } = {},
): void {
  const { delayMs = 20, change = (sdp) => sdp } = options;
  trickle(world, a, b, delayMs);
  const { type, sdp } = a.offer(options);
  const offer = { type, sdp: change(sdp) };
  world.at(world.now + delayMs, () => {
    const answer = b.answer(offer);
    world.at(world.now + delayMs, () => a.accept(answer));
  });
}
