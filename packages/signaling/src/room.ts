import type { Answer, ByeReason, Message, Numbered, PeerInfo, RoomEvent } from "./messages.ts";
import type { OutboxLimits } from "./outbox.ts";
import { type Random, randomId } from "./random-id.ts";
import { refusal } from "./refusal.ts";
import type { Claim } from "./resume-token.ts";
import { Seat } from "./seat.ts";

/** What a room is made with. */
export interface RoomOptions {
  readonly id: string;
  readonly capacity: number;
  /** How long the seat of a broken connection is kept. */
  readonly keepSeatMs: number;
  readonly outbox: OutboxLimits;
  readonly random: Random;
}

/** Who wants a seat. */
export interface SeatRequest {
  readonly connection: string;
  readonly instance: string;
  readonly name: string | undefined;
  /** What a valid resume token said. */
  readonly claim: Claim | undefined;
  /** The last number that it has of the session it claims. */
  readonly received: number;
}

/** What became of a wish for a seat. */
export type SeatAnswer =
  | {
      readonly type: "created" | "joined" | "resumed";
      readonly self: PeerInfo;
      readonly peers: readonly PeerInfo[];
      readonly received: number;
      readonly session: string;
    }
  | { readonly type: "full" };

/** What a room hands out: something to tell a connection, or a connection that has lost its seat. */
export type RoomOutput =
  | { readonly type: "deliver"; readonly connection: string; readonly event: Numbered<RoomEvent> }
  | {
      readonly type: "close";
      readonly connection: string;
      readonly reason: "replaced" | "overflow";
    };

/**
 * The state machine of one room: who sits in it, and what each has yet to be told. Everybody in it is named by
 * a connection; what comes from a connection without a seat is refused, and nothing leaves the room.
 * Drain `poll` after every call; `handleTimeout` is wanted at `deadline`.
 */
export class Room {
  readonly id: string;
  readonly #options: RoomOptions;
  readonly #seats = new Map<string, Seat>();
  #outputs: RoomOutput[] = [];

  constructor(options: RoomOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get size(): number {
    return this.#seats.size;
  }

  /** When the first of the broken connections loses its seat. */
  get deadline(): number | undefined {
    let earliest: number | undefined;
    for (const { keptUntil } of this.#seats.values()) {
      if (keptUntil !== undefined && keptUntil < (earliest ?? Number.POSITIVE_INFINITY)) {
        earliest = keptUntil;
      }
    }
    return earliest;
  }

  poll(): RoomOutput | undefined {
    return this.#outputs.shift();
  }

  handleTimeout(now: number): void {
    for (const seat of [...this.#seats.values()]) {
      if (seat.keptUntil !== undefined && seat.keptUntil <= now) this.#giveUp(seat, "lost");
    }
  }

  /** `create or join`. The answer goes out before what `poll` has to say. */
  join(request: SeatRequest): SeatAnswer {
    const own = request.claim && this.#seats.get(request.claim.peer);
    if (request.claim && own) return this.#takeAgain(own, request, request.claim);
    if (request.claim === undefined) this.#yieldTo((seat) => seat.instance === request.instance);
    if (this.#seats.size >= this.#options.capacity) this.#yieldTo(() => true);
    if (this.#seats.size >= this.#options.capacity) return { type: "full" };
    return this.#takeNew(request);
  }

  /** `message`: carries a body to one other seat, or drops it where nobody is left who could use it. */
  message(connection: string, message: Message): Answer {
    const seat = this.#at(connection);
    if (seat === undefined) return refusal("not-in-room");
    if (message.seq <= seat.received) return { type: "ok" };
    if (message.seq !== seat.received + 1) return refusal("out-of-order");
    seat.receive(message.seq);
    const to = this.#seats.get(message.to);
    if (to === undefined || to === seat) return refusal("no-such-peer");
    if (to.instance === message.instance) {
      this.#tell(to, { type: "message", from: seat.id, body: message.body });
    }
    return { type: "ok" };
  }

  /** A message that was refused for good uses up its number. */
  skip(connection: string, seq: number): void {
    const seat = this.#at(connection);
    if (seat !== undefined && seq === seat.received + 1) seat.receive(seq);
  }

  /** `received`: everything up to a number has arrived. */
  received(connection: string, seq: number): void {
    this.#at(connection)?.confirm(seq);
  }

  /** `bye`: the seat is free at once. */
  bye(connection: string): void {
    const seat = this.#at(connection);
    if (seat !== undefined) this.#giveUp(seat, "left");
  }

  /** The connection broke; its seat is kept for a while. */
  disconnected(connection: string, now: number): void {
    const seat = this.#at(connection);
    if (seat === undefined) return;
    seat.disconnect(now + this.#options.keepSeatMs);
    this.#tellOthers(seat, { type: "peer-reconnecting", peer: seat.id });
  }

  #takeNew(request: SeatRequest): SeatAnswer {
    const holder = {
      id: request.claim?.peer ?? randomId(16, this.#options.random),
      name: request.name ?? "",
      instance: request.instance,
      session: randomId(8, this.#options.random),
      connection: request.connection,
    };
    const seat = new Seat(holder, this.#options.outbox);
    this.#seats.set(seat.id, seat);
    this.#tellOthers(seat, { type: "ready", peer: seat.info });
    return this.#seated(seat, false);
  }

  /** The holder of a seat is back: over another connection, as another instance, or both. */
  #takeAgain(seat: Seat, request: SeatRequest, claim: Claim): SeatAnswer {
    const before = seat.info;
    const isSameInstance = seat.instance === request.instance;
    const isResumed = isSameInstance && seat.session === claim.session;
    if (seat.connection !== undefined) {
      this.#outputs.push({ type: "close", connection: seat.connection, reason: "replaced" });
    }
    if (isResumed) seat.confirm(request.received);
    // A holder that has not spoken never learned of its session, and has all of it to hear yet.
    else if (!isSameInstance || seat.hasSpoken) {
      seat.startSession(randomId(8, this.#options.random), request.instance);
    }
    seat.connect(request.connection, request.name);
    for (const event of seat.outbox.waiting) {
      this.#outputs.push({ type: "deliver", connection: request.connection, event });
    }
    if (!isSameInstance || !before.here || before.name !== seat.info.name) {
      this.#tellOthers(seat, { type: "peer-back", peer: seat.info });
    }
    return this.#seated(seat, isResumed);
  }

  /** Frees a seat whose holder may never have learned of it, where nobody is connected to it. */
  #yieldTo(isMeant: (seat: Seat) => boolean): void {
    const seat = [...this.#seats.values()].find(
      (candidate) =>
        candidate.connection === undefined && !candidate.hasSpoken && isMeant(candidate),
    );
    if (seat !== undefined) this.#giveUp(seat, "lost");
  }

  #seated(seat: Seat, isResumed: boolean): SeatAnswer {
    const peers = [...this.#seats.values()].filter((other) => other !== seat);
    return {
      type: isResumed ? "resumed" : peers.length === 0 ? "created" : "joined",
      self: seat.info,
      peers: peers.map((peer) => peer.info),
      received: seat.received,
      session: seat.session,
    };
  }

  #giveUp(seat: Seat, reason: ByeReason): void {
    this.#seats.delete(seat.id);
    if (reason === "lost" && seat.connection !== undefined) {
      this.#outputs.push({ type: "close", connection: seat.connection, reason: "overflow" });
    }
    this.#tellOthers(seat, { type: "bye", peer: seat.id, reason });
  }

  #tellOthers(seat: Seat, event: RoomEvent): void {
    for (const other of [...this.#seats.values()]) {
      if (other !== seat && this.#seats.has(other.id)) this.#tell(other, event);
    }
  }

  /** Puts an event down for a seat, and says it if somebody is there; gives the seat up where it is too much. */
  #tell(seat: Seat, event: RoomEvent): void {
    const numbered = seat.outbox.push(event);
    if (numbered === undefined) this.#giveUp(seat, "lost");
    else if (seat.connection !== undefined) {
      this.#outputs.push({ type: "deliver", connection: seat.connection, event: numbered });
    }
  }

  #at(connection: string): Seat | undefined {
    for (const seat of this.#seats.values()) if (seat.connection === connection) return seat;
    return undefined;
  }
}
