import type { IncomingMessage } from "node:http";
import {
  type IceServerInfo,
  type RefusalCode,
  type Refused,
  type Report,
  refusal,
  TokenBucket,
} from "@tincan/signaling";
import type { Socket } from "socket.io";
import type { Admission } from "./admission.ts";
import type { CallLog } from "./call-log.ts";
import type { SignalingLimits } from "./signaling-limits.ts";
import type { RefusalName, Tally } from "./tally.ts";

/** Tells which STUN and TURN servers a peer may use that came with this request. */
export type IceServers = (
  peer: string,
  request: IncomingMessage,
) => readonly IceServerInfo[] | undefined;

/** What every connection of a server shares. */
export interface Reception {
  readonly admission: Admission;
  readonly limits: SignalingLimits;
  readonly tally: Tally;
  readonly calls: CallLog;
  /** The STUN and TURN servers that a peer is told with its seat. */
  readonly iceServers: IceServers | undefined;
  /** Told how connecting went; where there is none, nobody wants to know. */
  readonly reported: ((report: Report) => void) | undefined;
}

/** What a connection has of a room: nothing, the hope of the host's word, or a seat. */
export type Place = "none" | "waiting" | "seated";

/** The connection below a socket, as engine.io has it. */
export type Transport = Socket["conn"];

/**
 * One connection from its first byte to its end, whether or not it ever says who it is. Everything that it
 * may take from the server (time without a seat, messages, packets that it does not read) ends here.
 */
export class Connection {
  readonly address: string;
  /** Whether there was room for it when it came. */
  readonly isAdmitted: boolean;
  readonly #reception: Reception;
  readonly #transport: Transport;
  readonly #messages: TokenBucket;
  #socket: Socket | undefined;
  #handshake: NodeJS.Timeout | undefined;
  #place: Place = "none";
  readonly #hostMessages: TokenBucket;
  #refusalsInRow = 0;

  constructor(transport: Transport, address: string, reception: Reception) {
    this.address = address;
    this.#transport = transport;
    this.#reception = reception;
    const now = performance.now();
    const { messagesPerSecond, messageBurst } = reception.limits;
    this.#messages = new TokenBucket({ perSecond: messagesPerSecond, burst: messageBurst }, now);
    const { hostMessagesPerSecond, hostMessageBurst } = reception.limits;
    const hostRate = { perSecond: hostMessagesPerSecond, burst: hostMessageBurst };
    this.#hostMessages = new TokenBucket(hostRate, now);
    this.isAdmitted = reception.admission.open(address, now);
    this.#awaitSeat();
    this.#guard();
    transport.once("close", () => this.#ended());
  }

  /** The STUN and TURN servers for the peer that has taken a seat. */
  iceServers(peer: string): readonly IceServerInfo[] | undefined {
    return this.#reception.iceServers?.(peer, this.#transport.request as IncomingMessage);
  }

  get isGreeted(): boolean {
    return this.#socket !== undefined;
  }

  /** The connection has said who it is, and is spoken to through this socket from now on. */
  greet(socket: Socket): void {
    this.#socket = socket;
  }

  /** The socket is gone; the connection below it may stand, and ends like any that has no seat. */
  part(): void {
    this.#socket = undefined;
    this.place = "none";
  }

  /** 0 where the connection may say something now, else the milliseconds until it may. */
  takeMessage(): number {
    return this.#messages.take(performance.now());
  }

  /** 0 where the address may join a room now, else the milliseconds until it may. */
  takeJoin(): number {
    return this.#reception.admission.join(this.address, performance.now());
  }

  /** 0 where the address may try a password now, else the milliseconds until it may. */
  takePassword(): number {
    return this.#reception.admission.tryPassword(this.address, performance.now());
  }

  /** As `takePassword`, of knocking; or why it may not knock at all. */
  takeKnock(): number | "too-many-knocks" {
    return this.#reception.admission.knock(this.address, performance.now());
  }

  /** 0 where the connection may say something as a host now, else the milliseconds until it may. */
  takeHostMessage(): number {
    return this.#hostMessages.take(performance.now());
  }

  get place(): Place {
    return this.#place;
  }

  set place(place: Place) {
    if (place === this.#place) return;
    const { admission } = this.#reception;
    if (this.#place === "waiting") admission.unwait(this.address);
    if (this.#place === "seated") admission.unseat();
    this.#place = place;
    if (place === "waiting") admission.wait(this.address);
    if (place === "seated") admission.seat();
    clearTimeout(this.#handshake);
    if (place === "none") this.#awaitSeat();
  }

  /** What was asked has been done. */
  accepted(): void {
    this.#refusalsInRow = 0;
  }

  /** Counts a refusal; a connection that takes no notice of many is closed once it has been answered. */
  refuse(code: RefusalCode, retryAfterMs?: number): Refused {
    this.#reception.tally.refusal(code);
    this.#refusalsInRow += 1;
    if (this.#refusalsInRow === this.#reception.limits.refusalsInRow) {
      setImmediate(() => this.end());
    }
    return refusal(code, retryAfterMs);
  }

  count(name: RefusalName): void {
    this.#reception.tally.refusal(name);
  }

  /** Says why, and ends the connection for good: the client does not come back by itself. */
  dismiss(reason: "replaced" | "removed" | "handshake-timeout"): void {
    this.#socket?.emit("closing", { reason });
    this.end();
  }

  /** Ends the connection for good. */
  end(): void {
    if (this.#socket === undefined) this.#discard();
    else this.#socket.disconnect(true);
  }

  /** Ends the connection as if the network had: the client comes back. */
  drop(): void {
    this.#transport.close();
  }

  /** Says that the server stops, and ends the connection so that the client comes back. */
  shutDown(): void {
    if (this.#socket === undefined) this.#discard();
    else {
      this.#socket.emit("closing", { reason: "shutdown" });
      this.drop();
    }
  }

  #awaitSeat(): void {
    this.#handshake = setTimeout(() => {
      this.count("handshake-timeout");
      this.dismiss("handshake-timeout");
    }, this.#reception.limits.handshakeMs);
  }

  #guard(): void {
    // Attachments are held back until the last of them has come; this protocol has none.
    this.#transport.on("data", (data: unknown) => {
      if (typeof data === "string") return;
      this.count("malformed");
      this.drop();
    });
    // Who sends and does not read lets the answers pile up; "flush" empties the pile.
    let unsent = 0;
    this.#transport.on("flush", () => {
      unsent = 0;
    });
    this.#transport.on("packetCreate", () => {
      unsent += 1;
      if (unsent === this.#reception.limits.unsentPackets) setImmediate(() => this.#discard());
    });
  }

  /** Ends the connection without waiting for what it has not read. */
  #discard(): void {
    this.#transport.close(true);
  }

  #ended(): void {
    this.place = "none";
    clearTimeout(this.#handshake);
    this.#reception.admission.close(this.address, performance.now());
  }
}
