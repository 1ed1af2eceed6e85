import { lookup } from "node:dns/promises";
import type { IceAgent, IcePacket, StunServerAddress, TurnServerAddress } from "../../ice/index.ts";
import { canonicalIp, type Instant, sameAddress, type TransportAddress } from "../../wire/index.ts";
import { now } from "../clock.ts";
import { DgramEngine } from "../udp/dgram-engine.ts";
import { segmentedSends } from "../udp/segmented-sends.ts";
import type { EngineSocket } from "../udp/udp-engine.ts";
import type { CheckedConfiguration, IceServerUrl } from "./configuration.ts";
import { type InterfaceWatch, machineInterfaces } from "./interface-watch.ts";
import { hasAddress, localAddresses } from "./local-addresses.ts";
import { connectToServer, type ServerConnection } from "./server-connection.ts";
import { TcpBase } from "./tcp-base.ts";

/** What sockets are for. */
export interface PeerSocketsHost {
  /** Does something to the agent, and sends what comes of it. */
  run(act: (ice: IceAgent, now: Instant) => void): void;
  receive(packet: IcePacket, now: Instant): void;
  /** What came at once has been handed over. */
  drain(): void;
}

/** Which sockets there are to be, and who is asked over them. */
export type GatheringWishes = Pick<
  CheckedConfiguration,
  "servers" | "localAddresses" | "tcpCandidates" | "policy"
>;

/**
 * The sockets of one peer: one on each address of this machine, TCP beside it, and connections to TURN servers.
 *
 * The socket of an address that is gone is closed, and its pairs fail at once. An address that appears is used
 * from the next gathering on, which an ICE restart begins: as in browsers, where gathering ends when it is complete
 * (libwebrtc could go on, `GATHER_CONTINUALLY`, and Chromium leaves that off), and when to restart is for the
 * application to say.
 */
export class PeerSockets {
  readonly #host: PeerSocketsHost;
  readonly #engine = new DgramEngine(segmentedSends);
  readonly #sockets = new Map<number, EngineSocket>();
  readonly #ids = new Map<string, number>();
  readonly #tcp = new Map<number, TcpBase>();
  /** Connections to TURN servers, and whom each of them leads to. */
  readonly #connections = new Map<number, { link: ServerConnection; server: TurnServerAddress }>();
  readonly #watch: InterfaceWatch;
  /** Addresses that an interface had when they were opened: of others, such as 0.0.0.0, nobody can tell that they are gone. */
  readonly #listed = new Set<string>();
  #stopWatching: (() => void) | undefined;
  #nextId = 0;
  /** How often gathering was begun; the one before is not asked on behalf of any more. */
  #rounds = 0;
  #isClosed = false;

  constructor(host: PeerSocketsHost, watch: InterfaceWatch = machineInterfaces) {
    this.#host = host;
    this.#watch = watch;
  }

  /**
   * Opens what is missing, closes what is gone, and lets the agent gather; servers are asked as soon
   * as their names are looked up.
   */
  async gather(wanted: GatheringWishes): Promise<void> {
    const { servers, tcpCandidates, policy } = wanted;
    this.#rounds += 1;
    const round = this.#rounds;
    const { interfaces } = this.#watch;
    const ips = wanted.localAddresses ?? localAddresses(interfaces);
    this.#closeGone();
    for (const [ip, id] of this.#ids) if (!ips.includes(ip)) this.#remove(ip, id);
    for (const ip of ips) if (hasAddress(interfaces, ip)) this.#listed.add(ip);
    const tcpTypes = { none: [], active: ["active"], all: ["active", "passive"] } as const;
    this.#host.run((ice) => ice.holdGathering());
    await Promise.all(
      ips.flatMap((ip, index) => [
        this.#open(ip, 65_535 - index),
        ...tcpTypes[tcpCandidates].map((type) => this.#openTcp(ip, 65_535 - index, type)),
      ]),
    );
    if (this.#isClosed) return;
    if (round === this.#rounds) {
      this.#host.run((ice, at) => {
        ice.setServers({ stunServers: [], turnServers: [], policy }, at);
        ice.gather(at);
      });
      if (servers.length > 0) await this.#ask(servers, round);
    }
    if (!this.#isClosed) this.#host.run((ice, at) => ice.releaseGathering(at));
  }

  send({ base, remote, bytes }: IcePacket): void {
    const socket = this.#sockets.get(base);
    if (socket !== undefined) socket.send(bytes, 0, bytes.length, remote);
    else if (this.#tcp.has(base)) this.#tcp.get(base)?.send(bytes, remote);
    else this.#connections.get(base)?.link.send(bytes);
  }

  /** Lets go what was sent. */
  flush(): void {
    this.#engine.flush();
  }

  /** Whether a way is in use, which an interface that goes would take along. */
  watch(isWanted: boolean): void {
    if (isWanted === (this.#stopWatching !== undefined) || this.#isClosed) return;
    this.#stopWatching?.();
    this.#stopWatching = isWanted ? this.#watch.subscribe(() => this.#closeGone()) : undefined;
    if (isWanted) this.#closeGone();
  }

  close(): void {
    this.watch(false);
    this.#isClosed = true;
    for (const socket of this.#sockets.values()) socket.close();
    for (const base of this.#tcp.values()) base.close();
    for (const { link } of this.#connections.values()) link.close();
    this.#sockets.clear();
    this.#tcp.clear();
    this.#connections.clear();
  }

  #closeGone(): void {
    const { interfaces } = this.#watch;
    for (const ip of this.#listed) {
      if (hasAddress(interfaces, ip)) continue;
      this.#listed.delete(ip);
      const id = this.#ids.get(ip);
      if (id !== undefined) this.#remove(ip, id);
      for (const [connectionId, { link }] of this.#connections) {
        if (link.local.ip !== ip) continue;
        link.close();
        this.#connections.delete(connectionId);
        this.#host.run((ice, at) => ice.removeBase(connectionId, at));
      }
    }
  }

  #remove(ip: string, id: number): void {
    this.#ids.delete(ip);
    this.#sockets.get(id)?.close();
    this.#sockets.delete(id);
    this.#host.run((ice, at) => ice.removeBase(id, at));
    for (const [tcpId, base] of this.#tcp) {
      if (base.ip !== ip) continue;
      base.close();
      this.#tcp.delete(tcpId);
      this.#host.run((ice, at) => ice.removeBase(tcpId, at));
    }
  }

  /** What packets of TCP candidates go through; the lack of it leaves UDP as it is. */
  async #openTcp(
    ip: string,
    localPreference: number,
    tcpType: "active" | "passive",
  ): Promise<void> {
    const isThere = [...this.#tcp.values()].some((one) => one.ip === ip && one.tcpType === tcpType);
    if (isThere) return;
    const id = this.#newId();
    const base = new TcpBase(ip, tcpType, {
      received: (packets, remote) => {
        for (const bytes of packets) this.#host.receive({ base: id, remote, bytes }, now());
        this.#host.drain();
      },
      ended: (remote) => this.#host.run((ice, at) => ice.removeConnection(id, remote, at)),
    });
    this.#tcp.set(id, base);
    const address = await base.open();
    if (address === undefined) this.#tcp.delete(id);
    else if (this.#tcp.has(id)) {
      this.#host.run((ice, at) => ice.addBase({ id, address, localPreference, tcpType }, at));
    }
  }

  async #open(ip: string, localPreference: number): Promise<void> {
    if (this.#ids.has(ip)) return;
    const id = this.#newId();
    this.#ids.set(ip, id);
    const socket = await new Promise<EngineSocket | Error>((resolve) =>
      this.#engine.open({ ip, port: 0 }, resolve),
    );
    if (socket instanceof Error) {
      this.#ids.delete(ip);
      return;
    }
    if (this.#isClosed) {
      socket.close();
      return;
    }
    this.#sockets.set(id, socket);
    const receiver = {
      receive: (
        bytes: Uint8Array,
        start: number,
        end: number,
        from: string,
        port: number,
        at: Instant,
      ): void => {
        // Not as a Buffer, whose `slice` does not copy. The memory is the datagram's own.
        const packet = new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
        this.#host.receive({ base: id, remote: { ip: from, port }, bytes: packet }, at);
      },
    };
    socket.start(receiver, () => this.#host.drain());
    this.#host.run((ice, at) => ice.addBase({ id, address: socket.local, localPreference }, at));
  }

  #newId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  /** Looks the servers up, asks those over UDP, and connects to the others. */
  async #ask(servers: readonly IceServerUrl[], round: number): Promise<void> {
    const found = await Promise.all(
      servers.map(async (server) => ({ server, addresses: await addressesOf(server) })),
    );
    if (this.#isClosed || round !== this.#rounds) return;
    const stunServers: StunServerAddress[] = [];
    const turnServers: TurnServerAddress[] = [];
    for (const { server, addresses } of found) {
      if (addresses.length === 0) this.#fail(server, "No address is known for this name.");
      for (const address of addresses) {
        const { url, kind, transport, username, credential } = server;
        const credentials = { username, password: credential };
        if (kind === "turn") turnServers.push({ url, address, transport, credentials });
        else if (transport === "udp") stunServers.push({ url, address });
        else this.#fail(server, "STUN over TLS is not spoken.");
      }
    }
    this.#host.run((ice, at) => ice.setServers({ stunServers, turnServers }, at));
    for (const server of turnServers) {
      if (server.transport === "udp") continue;
      const named = servers.find(({ url }) => url === server.url);
      if (named === undefined || this.#reuse(server)) continue;
      this.#connect(server, server.transport, named);
    }
  }

  /** What was allocated over a connection that is there is told once more. */
  #reuse(server: TurnServerAddress): boolean {
    for (const [id, { link, server: other }] of this.#connections) {
      if (other.transport !== server.transport) continue;
      if (!sameAddress(other.address, server.address)) continue;
      const base = { id, address: link.local, localPreference: 65_535 };
      // What is still being opened tells for itself.
      if (link.isOpen) {
        this.#host.run((ice, at) => ice.addServerConnection(base, server, at));
      }
      return true;
    }
    return false;
  }

  #connect(server: TurnServerAddress, transport: "tcp" | "tls", named: IceServerUrl): void {
    const id = this.#newId();
    let isHolding = true;
    const release = (ice: IceAgent, at: Instant): void => {
      if (isHolding) ice.releaseGathering(at);
      isHolding = false;
    };
    this.#host.run((ice) => ice.holdGathering());
    const link = connectToServer(transport, server.address, named.host, {
      opened: ({ local }) => {
        if (this.#isClosed) return;
        this.#host.run((ice, at) => {
          ice.addServerConnection({ id, address: local, localPreference: 65_535 }, server, at);
          release(ice, at);
        });
      },
      received: (bytes) => {
        if (this.#isClosed) return;
        this.#host.receive({ base: id, remote: server.address, bytes }, now());
        this.#host.drain();
      },
      ended: (why) => {
        this.#connections.delete(id);
        if (this.#isClosed) return;
        if (isHolding) this.#fail(named, why);
        this.#host.run((ice, at) => {
          ice.removeBase(id, at);
          release(ice, at);
        });
      },
    });
    this.#connections.set(id, { link, server });
  }

  /** W3C webrtc §4.8.3: 701 where the server could not be reached. */
  #fail({ url }: IceServerUrl, text: string): void {
    this.#host.run((ice) => {
      ice.failServer({ url, code: 701, text, address: undefined });
    });
  }
}

/** One address of each family suffices. */
async function addressesOf({ host, port }: IceServerUrl): Promise<readonly TransportAddress[]> {
  const literal = canonicalIp(host);
  if (literal !== undefined) return [{ ip: literal, port }];
  try {
    const all = await lookup(host, { all: true });
    return [4, 6].flatMap((family) => {
      const ip = canonicalIp(all.find((one) => one.family === family)?.address ?? "");
      return ip === undefined ? [] : [{ ip, port }];
    });
  } catch {
    return [];
  }
}
