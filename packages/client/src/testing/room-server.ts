import { type JoinRequest, type Message, type Random, Rooms } from "@tincan/signaling";
import type { SignalingSocket, SignalingSocketHandler } from "../signaling/socket.ts";

/** One way, in virtual time. */
const LATENCY_MS = 10;

/** How often a client tries that finds no server. */
const AGAIN_MS = 1_000;

/** Real rooms behind a network that takes its time and can be cut. */
export class RoomServer {
  rooms: Rooms;
  readonly sockets = new Map<string, RoomSocket>();
  readonly #random: Random;
  #connections = 0;
  #isUp = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))) {
    this.#random = random;
    this.rooms = this.#start();
  }

  /** Dies, and knows nothing of what was when it is back. */
  restart(downMs = 0): void {
    this.rooms = this.#start();
    this.#isUp = downMs === 0;
    for (const socket of [...this.sockets.values()]) socket.cut();
    if (downMs > 0) setTimeout(() => this.up(), downMs);
  }

  up(): void {
    this.#isUp = true;
  }

  /** The name of a connection, where there is a server to make it to. */
  accept(socket: RoomSocket): string | undefined {
    if (!this.#isUp) return undefined;
    this.#connections += 1;
    const id = `c${this.#connections}`;
    this.sockets.set(id, socket);
    return id;
  }

  lost(id: string): void {
    this.sockets.delete(id);
    this.rooms.disconnected(id, Date.now());
    this.settle();
  }

  answer(id: string, event: string, payload: unknown): unknown {
    const at = { now: Date.now(), unixMs: Date.now() };
    if (event === "create or join") {
      const answer = this.rooms.join(id, payload as JoinRequest, at);
      return "resume" in answer ? { ...answer, iceServers: [{ urls: ["stun:x"] }] } : answer;
    }
    if (event === "message") return this.rooms.message(id, payload as Message);
    if (event === "received") return this.rooms.received(id, (payload as Message).seq);
    return this.rooms.bye(id);
  }

  settle(): void {
    for (let out = this.rooms.poll(); out !== undefined; out = this.rooms.poll()) {
      const socket = this.sockets.get(out.connection);
      if (out.type === "deliver") socket?.deliver(out.event.type, out.event);
      else if (out.type === "close") socket?.deliver("closing", { reason: out.reason });
    }
    clearTimeout(this.#timer);
    const { deadline } = this.rooms;
    if (deadline === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.rooms.handleTimeout(Date.now());
        this.settle();
      },
      Math.max(1, deadline - Date.now()),
    );
  }

  #start(): Rooms {
    return new Rooms({
      capacity: 2,
      maxRooms: 10,
      keepSeatMs: 30_000,
      outbox: { messages: 256, bytes: 524_288 },
      random: this.#random,
      mac: (text) => `${text.length}`.padStart(16, "0"),
    });
  }
}

/** A client's socket to it, which everything on its way goes down with. */
export class RoomSocket implements SignalingSocket {
  readonly #server: RoomServer;
  #handler: SignalingSocketHandler | undefined;
  #id: string | undefined;
  #closed = false;

  constructor(server: RoomServer) {
    this.#server = server;
  }

  get connected(): boolean {
    return this.#id !== undefined;
  }

  connect(handler: SignalingSocketHandler): void {
    this.#handler = handler;
    this.#open();
  }

  /** Everything that is on its way in either direction is lost; there is no way for `offMs`. */
  cut(offMs = 3 * LATENCY_MS): void {
    const id = this.#id;
    if (id === undefined) return;
    this.#id = undefined;
    this.#server.lost(id);
    this.#handler?.onDisconnect();
    if (!this.#closed) setTimeout(() => this.#open(), offMs);
  }

  reconnect(): void {
    this.cut();
  }

  close(): void {
    this.#closed = true;
    this.cut();
  }

  beacon(): boolean {
    return false;
  }

  emit(event: string, payload: unknown): void {
    this.request(event, payload, 0, () => {});
  }

  request(event: string, payload: unknown, _ms: number, answer: (value: unknown) => void): void {
    this.#after((id) => {
      const value = this.#server.answer(id, event, payload);
      this.#after(() => answer(value));
      this.#server.settle();
    });
  }

  deliver(event: string, payload: unknown): void {
    this.#after(() => this.#handler?.onEvent(event, payload));
  }

  #after(then: (id: string) => void): void {
    const id = this.#id;
    if (id === undefined) return;
    setTimeout(() => {
      if (id === this.#id) then(id);
    }, LATENCY_MS);
  }

  #open(): void {
    if (this.#closed || this.#id !== undefined) return;
    this.#id = this.#server.accept(this);
    if (this.#id === undefined) {
      setTimeout(() => this.#open(), AGAIN_MS);
      this.#handler?.onConnectError(new Error("no server"), undefined);
    } else this.#handler?.onConnect();
  }
}
