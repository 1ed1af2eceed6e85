import type { PeerInfo } from "./messages.ts";
import { Outbox, type OutboxLimits } from "./outbox.ts";

/** Who holds a seat, and through which instance. */
export interface SeatHolder {
  readonly id: string;
  readonly name: string;
  readonly instance: string;
  /** Names this numbering of messages; a resume token repeats it (PROTOCOL.md, create or join). */
  readonly session: string;
  readonly connection: string;
  /** When the seat was taken (Unix ms). */
  readonly since: number;
}

/** One place in a room: its holder, its connection, and the messages under way in both directions. */
export class Seat {
  readonly id: string;
  readonly since: number;
  readonly #limits: OutboxLimits;
  #name: string;
  #instance: string;
  #session: string;
  #connection: string | undefined;
  #keptUntil: number | undefined;
  #outbox: Outbox;
  #received = 0;
  #hasSpoken = false;

  constructor(holder: SeatHolder, limits: OutboxLimits) {
    this.id = holder.id;
    this.since = holder.since;
    this.#name = holder.name;
    this.#instance = holder.instance;
    this.#session = holder.session;
    this.#connection = holder.connection;
    this.#limits = limits;
    this.#outbox = new Outbox(limits);
  }

  get info(): PeerInfo {
    const here = this.#connection !== undefined;
    return { id: this.id, name: this.#name, instance: this.#instance, here };
  }

  get instance(): string {
    return this.#instance;
  }

  get session(): string {
    return this.#session;
  }

  /** The connection that holds the seat; `undefined` while it is broken. */
  get connection(): string | undefined {
    return this.#connection;
  }

  /** When the seat is given up unless its holder comes back; `undefined` while it is here. */
  get keptUntil(): number | undefined {
    return this.#keptUntil;
  }

  get outbox(): Outbox {
    return this.#outbox;
  }

  /** The number of the last message that came from the holder in this session. */
  get received(): number {
    return this.#received;
  }

  /** Whether the holder has shown that it knows of its session. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** The holder used a number of its own. */
  receive(seq: number): void {
    this.#received = seq;
    this.#hasSpoken = true;
  }

  /** The holder has everything up to a number. */
  confirm(seq: number): void {
    this.#outbox.forget(seq);
    this.#hasSpoken = true;
  }

  disconnect(keptUntil: number): void {
    this.#connection = undefined;
    this.#keptUntil = keptUntil;
  }

  connect(connection: string, name: string | undefined): void {
    this.#connection = connection;
    this.#keptUntil = undefined;
    this.#name = name ?? this.#name;
  }

  /** Another instance takes over, and nothing that was under way is of use to it. */
  startSession(session: string, instance: string): void {
    this.#session = session;
    this.#instance = instance;
    this.#outbox = new Outbox(this.#limits);
    this.#received = 0;
    this.#hasSpoken = false;
  }
}
