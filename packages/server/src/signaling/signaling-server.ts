import { createHmac, randomBytes } from "node:crypto";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import {
  type Goodbye,
  PROTOCOL_VERSION,
  type RefusalCode,
  type Report,
  Rooms,
  type RoomsOutput,
  refusal,
} from "@tincan/signaling";
import type { Logger } from "pino";
import { Server, type Socket } from "socket.io";
import { addressKey } from "./address-key.ts";
import { Admission } from "./admission.ts";
import { CallLog } from "./call-log.ts";
import { Connection, type IceServers, type Reception, type Transport } from "./connection.ts";
import { Dialogue, moment } from "./dialogue.ts";
import { isOriginAllowed } from "./origin.ts";
import { SIGNALING_LIMITS, type SignalingLimits } from "./signaling-limits.ts";
import { type JoinName, type RefusalName, Tally } from "./tally.ts";

/** What a signaling server is made with. */
export interface SignalingOptions {
  /** The seats of a room, 2 to 8. */
  readonly capacity: number;
  /** Origins of foreign pages that may use the server; `*` for any. */
  readonly allowedOrigins: readonly string[];
  /** Signs resume tokens. With the same key, peers keep their ids across a restart. */
  readonly resumeKey: Uint8Array;
  readonly log: Logger;
  readonly limits?: Partial<SignalingLimits>;
  /** The address that a request counts for, where a proxy stands in front; else the one it came from. */
  readonly trustedAddress?: (request: IncomingMessage) => string;
  /** The STUN and TURN servers that a peer is told with its seat; none unless told. */
  readonly iceServers?: IceServers;
  /** Nobody gets a socket before it is fulfilled: what a seat comes with has to be there. */
  readonly opening?: Promise<void>;
  /** Told what clients report of how connecting went; without it, reports are dropped. */
  readonly reported?: (report: Report) => void;
}

/** What goes on at the server, and what has gone on since it started. */
export interface SignalingStats {
  readonly rooms: number;
  /** Seats that are taken, those kept for broken connections included. */
  readonly peers: number;
  readonly connections: number;
  /** Addresses that are remembered for their limits. */
  readonly addresses: number;
  /** Messages between peers that were answered with `ok`. */
  readonly messages: number;
  readonly joins: Readonly<Record<JoinName, number>>;
  readonly refusals: Readonly<Record<RefusalName, number>>;
}

/** Binds the rooms to socket.io: its sockets, its clock, its timer (PROTOCOL.md). */
export class SignalingServer {
  readonly #options: SignalingOptions;
  readonly #reception: Reception;
  readonly #rooms: Rooms;
  readonly #io: Server;
  readonly #engines: Server["engine"][] = [];
  readonly #connections = new Map<Transport, Connection>();
  /** The connections with a socket, by the id under which the rooms know them. */
  readonly #sockets = new Map<
    string,
    { readonly socket: Socket; readonly connection: Connection; readonly dialogue: Dialogue }
  >();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #isClosing = false;
  #emptied: (() => void) | undefined;
  /** Called when the last room is gone; set while the server drains. */
  #drained: (() => void) | undefined;

  constructor(options: SignalingOptions) {
    this.#options = options;
    const limits = { ...SIGNALING_LIMITS, ...options.limits };
    this.#reception = {
      limits,
      tally: new Tally(),
      admission: new Admission(limits),
      calls: new CallLog(options.log),
      reported: options.reported,
      iceServers: options.iceServers,
    };
    this.#rooms = new Rooms({
      capacity: options.capacity,
      maxRooms: limits.rooms,
      keepSeatMs: limits.keepSeatMs,
      outbox: { messages: limits.outboxMessages, bytes: limits.outboxBytes },
      random: (length) => randomBytes(length),
      mac: (text) => createHmac("sha256", options.resumeKey).update(text).digest("base64url"),
    });
    this.#io = new Server(this.#socketOptions(limits));
    const { opening = Promise.resolve() } = options;
    this.#io.use((_socket, next) => void opening.then(() => next()));
    this.#io.use((socket, next) => this.#greet(socket, next));
    this.#io.on("connection", (socket) => this.#serve(socket));
  }

  /** Answers at `/socket.io/` of an HTTP server; may be called for several. */
  attach(server: HttpServer | HttpsServer): void {
    this.#io.attach(server);
    const { engine } = this.#io;
    this.#engines.push(engine);
    engine.on("connection", (transport: Transport) => this.#open(transport));
  }

  stats(): SignalingStats {
    const { tally, admission } = this.#reception;
    return {
      rooms: this.#rooms.size,
      peers: this.#rooms.seats,
      connections: this.#connections.size,
      addresses: admission.addresses,
      messages: tally.messages,
      joins: tally.joins,
      refusals: tally.refusals,
    };
  }

  /** Gives up a seat whose holder has no time left to say so over its socket. */
  leave(goodbye: Goodbye): void {
    this.#rooms.leave(goodbye, moment());
    this.#settle();
  }

  /**
   * Takes nobody new, tells those who are there, and resolves when the last room is empty. Who was in a room
   * and lost the connection comes back in.
   */
  drain(withinMs: number): Promise<void> {
    this.#rooms.drain();
    this.#settle();
    for (const { socket } of this.#sockets.values()) socket.emit("draining", { withinMs });
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.#settle();
    });
  }

  /** Tells everybody that the server stops, and closes their connections. The HTTP servers stay as they are. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    for (const connection of this.#connections.values()) connection.shutDown();
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        const patience = setTimeout(resolve, CLOSE_PATIENCE_MS);
        this.#emptied = () => {
          clearTimeout(patience);
          resolve();
        };
      });
    }
    for (const engine of this.#engines) engine.close();
  }

  #socketOptions(limits: SignalingLimits): ConstructorParameters<typeof Server>[0] & object {
    const { allowedOrigins } = this.#options;
    return {
      serveClient: false,
      pingInterval: limits.pingIntervalMs,
      pingTimeout: limits.pingTimeoutMs,
      // Larger than a message may be, so that one that is too large can be answered.
      maxHttpBufferSize: 4 * limits.messageBytes,
      // The connection's own timer comes first.
      connectTimeout: 2 * limits.handshakeMs,
      cors: { origin: allowedOrigins.includes("*") ? "*" : [...allowedOrigins] },
      allowRequest: (request, answer) => {
        const isOpen = !this.#isClosing && !this.#isExhausted(request);
        answer(isOpen ? null : "too many connections", isOpen);
      },
    };
  }

  #isExhausted(request: IncomingMessage): boolean {
    const isExhausted = this.#reception.admission.isExhausted(this.#address(request));
    if (isExhausted) this.#reception.tally.refusal("too-many-connections");
    return isExhausted;
  }

  #address(request: IncomingMessage): string {
    const { trustedAddress } = this.#options;
    return addressKey(trustedAddress?.(request) ?? request.socket.remoteAddress ?? "");
  }

  #open(transport: Transport): void {
    const address = this.#address(transport.request);
    const connection = new Connection(transport, address, this.#reception);
    this.#connections.set(transport, connection);
    transport.once("close", () => {
      this.#connections.delete(transport);
      if (this.#connections.size === 0) this.#emptied?.();
    });
  }

  /** Whether a connection may have a socket; the refusal goes out as `connect_error`. */
  #greet(socket: Socket, next: (error?: Error) => void): void {
    const connection = this.#connections.get(socket.conn);
    const code = this.#objection(socket, connection);
    if (code === undefined) {
      connection?.greet(socket);
      next();
      return;
    }
    this.#reception.tally.refusal(code);
    const { message } = refusal(code);
    next(Object.assign(new Error(message), { data: { code, message } }));
    // The client leaves by itself when it hears of it; who does not is shown out.
    setImmediate(() => connection?.drop());
  }

  #objection(socket: Socket, connection: Connection | undefined): RefusalCode | undefined {
    if (this.#isClosing) return "shutting-down";
    if (connection === undefined || connection.isGreeted) return "malformed";
    if (!connection.isAdmitted) return "too-many-connections";
    if (!isOriginAllowed(socket.handshake.headers, this.#options.allowedOrigins)) {
      return "origin-refused";
    }
    const { protocol } = socket.handshake.auth;
    return protocol === PROTOCOL_VERSION ? undefined : "unsupported-protocol";
  }

  #serve(socket: Socket): void {
    const connection = this.#connections.get(socket.conn);
    if (connection === undefined) return;
    const dialogue = new Dialogue(socket.id, connection, this.#rooms, this.#reception);
    this.#sockets.set(socket.id, { socket, connection, dialogue });
    // Every packet ends in this middleware, so that no client chooses the name of an event that is emitted here.
    socket.use((packet: unknown[]) => {
      // Packets that came in one piece with the end of the connection are still handed out after it.
      if (this.#isClosing || !socket.connected) return;
      const last = packet.at(-1);
      const reply = typeof last === "function" ? (last as (answer: unknown) => void) : undefined;
      const payload = packet.length > (reply === undefined ? 1 : 2) ? packet[1] : undefined;
      const answer = dialogue.answer(packet[0], payload, reply !== undefined);
      if (reply !== undefined) reply(answer ?? { type: "ok" });
      else if (answer?.type === "refused") {
        const { type: _type, ...fault } = answer;
        socket.emit("fault", fault);
      }
      this.#settle();
    });
    socket.on("error", (error) => {
      const call = this.#reception.calls.id(dialogue.room);
      this.#options.log.debug({ err: error, call }, "unreadable packet");
    });
    socket.on("disconnect", (reason) => {
      const call = this.#reception.calls.id(dialogue.room);
      this.#options.log.debug({ reason, call }, "socket closed");
      this.#sockets.delete(socket.id);
      dialogue.end();
      this.#settle();
    });
  }

  /** Carries out what the rooms have to say, and waits for what they wait for. */
  #settle(): void {
    if (this.#isClosing) return;
    for (let output = this.#rooms.poll(); output !== undefined; output = this.#rooms.poll()) {
      this.#carryOut(output);
    }
    this.#reception.calls.settle(this.#rooms, performance.now());
    if (this.#rooms.size === 0) this.#drained?.();
    const deadline = this.#rooms.deadline;
    if (deadline === undefined || deadline >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    this.#timer = setTimeout(
      () => this.#handleTimeout(),
      Math.max(0, deadline - performance.now()),
    );
  }

  #handleTimeout(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#rooms.handleTimeout(performance.now());
    this.#settle();
  }

  #carryOut(output: RoomsOutput): void {
    const holder = this.#sockets.get(output.connection);
    if (holder === undefined) return;
    const { socket, connection, dialogue } = holder;
    switch (output.type) {
      case "deliver":
        socket.emit(output.event.type, output.event);
        break;
      case "knocks":
        socket.emit("knocks", { knocks: output.knocks });
        break;
      case "answer":
        socket.emit("create or join", dialogue.settled(output.answer));
        break;
      case "close":
        if (output.reason === "overflow" || output.reason === "left") connection.drop();
        else connection.dismiss(output.reason);
    }
  }
}

/** How long connections that do not take their last words are waited for. */
const CLOSE_PATIENCE_MS = 400;
