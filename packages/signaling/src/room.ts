import { Door, type Visitor } from "./door.ts";
import type { HostMessage, KnockInfo, RoomState } from "./host-messages.ts";
import type {
  Answer,
  ByeReason,
  Message,
  Numbered,
  PeerInfo,
  Refused,
  RoomEvent,
} from "./messages.ts";
import type { Moment } from "./moment.ts";
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
export interface SeatRequest extends Visitor {
  readonly instance: string;
  /** What a valid resume token said. */
  readonly claim: Claim | undefined;
  /** Whether the claim tells of a room that the server may have forgotten (PROTOCOL.md, Losing the connection). */
  readonly restores: boolean;
  /** Whether a new room is to be locked. */
  readonly locked: boolean;
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
      /** What the resume token is to say. */
      readonly claim: Claim;
      readonly state: RoomState;
      /** Who waits, where the seat is the host's. */
      readonly knocks: readonly KnockInfo[] | undefined;
    }
  | { readonly type: "full" }
  | { readonly type: "waiting"; readonly withinMs: number }
  | Refused;

/** What a room hands out: something to tell a connection, or a connection that has lost its seat. */
export type RoomOutput =
  | { readonly type: "deliver"; readonly connection: string; readonly event: Numbered<RoomEvent> }
  | {
      readonly type: "close";
      readonly connection: string;
      readonly reason: "replaced" | "overflow" | "removed" | "left";
    }
  /** To the host: who waits. */
  | { readonly type: "knocks"; readonly connection: string; readonly knocks: readonly KnockInfo[] }
  /** To one who waited: what became of it. */
  | { readonly type: "answer"; readonly connection: string; readonly answer: Settled };

/** What waiting can lead to. */
export type Settled = Exclude<SeatAnswer, { readonly type: "waiting" }>;

/**
 * The state machine of one room: who sits in it, and what each has yet to be told. Everybody in it is named by
 * a connection; what comes from a connection without a seat is refused, and nothing leaves the room.
 * Drain `poll` after every call; `handleTimeout` is wanted at `deadline`.
 */
export class Room {
  readonly id: string;
  readonly #options: RoomOptions;
  readonly #seats = new Map<string, Seat>();
  readonly #door: Door<SeatRequest>;
  /** Names this room among all that had its name; `undefined` before anybody came. */
  #opened: number | undefined;
  /** Whether a token from before a restart told when the room was opened, and whose that was. */
  #isRestored = false;
  #heir: string | undefined;
  #host: Seat | undefined;
  #outputs: RoomOutput[] = [];

  constructor(options: RoomOptions, now: number) {
    this.id = options.id;
    this.#options = options;
    this.#door = new Door(options.random, now);
  }

  get size(): number {
    return this.#seats.size;
  }

  /** When the first of the broken connections loses its seat, or the first who waits its patience. */
  get deadline(): number | undefined {
    let earliest = this.#door.deadline;
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
    this.#sendAway(({ until }) => until <= now, refusal("not-admitted"));
  }

  /** `create or join`. The answer goes out before what `poll` has to say. */
  join(request: SeatRequest, at: Moment): SeatAnswer {
    const { claim } = request;
    if (this.#opened === undefined) this.#open(request, at);
    this.#recognise(request);
    const own = claim && this.#seats.get(claim.peer);
    if (claim && own) return this.#takeAgain(own, request, claim);
    if (claim && this.#door.isRemoved(claim.peer)) return refusal("removed");
    const isOwn =
      claim === undefined
        ? this.#yieldTo((seat) => seat.instance === request.instance)
        : claim.opened === this.#opened;
    if (this.#seats.size > 0 && !isOwn) {
      const obstacle = this.#door.examine(request, at.now);
      if (obstacle === "locked") return this.#knock(request, at.now);
      if (obstacle !== undefined) return obstacle;
    }
    return this.#seat(request, at);
  }

  get isLocked(): boolean {
    return this.#door.isLocked;
  }

  get hasPassword(): boolean {
    return this.#door.password !== undefined;
  }

  /** Whether a claim is on a seat of this room, taken now or before. */
  knows(claim: Claim): boolean {
    return claim.opened === this.#opened || this.#seats.has(claim.peer);
  }

  /** What only the host may say. Of a password's verifier the room is given what the server makes of it. */
  command(connection: string, command: HostMessage, at: Moment): Answer {
    const host = this.#at(connection);
    if (host === undefined) return refusal("not-in-room");
    if (host !== this.#host) return refusal("not-host");
    switch (command.type) {
      case "lock":
        this.#lock(command.locked, at);
        return { type: "ok" };
      case "password":
        this.#setPassword(command.verifier ?? undefined);
        return { type: "ok" };
      case "admit":
        return this.#admit(command.knock, command.allow, at);
      case "remove":
        return this.#remove(command.peer, at);
      case "ask": {
        const peer = this.#seats.get(command.peer);
        if (peer === undefined || peer === host) return refusal("no-such-peer");
        this.#tell(peer, { type: "asked", from: host.id, what: command.what });
        return { type: "ok" };
      }
    }
  }

  /** Sends everybody away who waits. */
  turnAway(answer: Refused): void {
    this.#sendAway(() => true, answer);
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

  /** `bye`: the seat is free at once, or the waiting over. */
  bye(connection: string): void {
    const seat = this.#at(connection);
    if (seat !== undefined) this.#giveUp(seat, "left");
    else this.#withdraw(connection);
  }

  /** The holder of a seat goes, by the word of its token; one that is out of date says nothing. */
  leave({ peer, session }: Claim): void {
    const seat = this.#seats.get(peer);
    if (seat === undefined || seat.session !== session) return;
    if (seat.connection !== undefined) {
      this.#outputs.push({ type: "close", connection: seat.connection, reason: "left" });
    }
    this.#giveUp(seat, "left");
  }

  /** The connection broke; its seat is kept for a while. */
  disconnected(connection: string, now: number): void {
    const seat = this.#at(connection);
    if (seat === undefined) {
      this.#withdraw(connection);
      return;
    }
    seat.disconnect(now + this.#options.keepSeatMs);
    this.#tellOthers(seat, { type: "peer-reconnecting", peer: seat.id });
  }

  #open({ locked, password }: SeatRequest, { unixMs }: Moment): void {
    this.#opened = unixMs;
    this.#door.isLocked = locked;
    this.#door.password = password;
  }

  /**
   * Somebody knows the room from before the server was restarted: it is that room again, though a stranger
   * may have come first. Of two that know of different rooms under the name, the latter is the one.
   */
  #recognise({ claim, restores }: SeatRequest): void {
    if (claim === undefined || !restores) return;
    if (this.#isRestored && claim.opened <= (this.#opened ?? 0)) return;
    this.#isRestored = true;
    if (claim.opened === this.#opened) return;
    this.#opened = claim.opened;
    this.#heir = claim.peer;
  }

  #knock(request: SeatRequest, now: number): SeatAnswer {
    if (this.#isFull) return { type: "full" };
    const answer = this.#door.knock(request, now);
    if (answer.type === "waiting") this.#tellHost();
    return answer;
  }

  #seat(request: SeatRequest, at: Moment): Settled {
    if (this.#isFull) this.#yieldTo(() => true);
    if (this.#isFull) return { type: "full" };
    return this.#takeNew(request, at);
  }

  get #isFull(): boolean {
    return this.#seats.size >= this.#options.capacity;
  }

  #takeNew(request: SeatRequest, { unixMs }: Moment): Settled {
    const { claim } = request;
    const isKnown = request.restores && claim?.opened === this.#opened;
    const holder = {
      id: claim?.peer ?? randomId(16, this.#options.random),
      name: request.name ?? "",
      instance: request.instance,
      session: randomId(8, this.#options.random),
      connection: request.connection,
      since: isKnown && claim !== undefined ? Math.min(claim.since, unixMs) : unixMs,
    };
    const seat = new Seat(holder, this.#options.outbox);
    this.#seats.set(seat.id, seat);
    this.#tellOthers(seat, { type: "ready", peer: seat.info });
    if (this.#host === undefined) this.#host = seat;
    else if (isKnown && (seat.id === this.#heir || seat.since < this.#host.since)) {
      this.#host = seat;
      this.#tellOthers(seat, { type: "room", state: this.#state });
    }
    return this.#seated(seat, false);
  }

  /** The holder of a seat is back: over another connection, as another instance, or both. */
  #takeAgain(seat: Seat, request: SeatRequest, claim: Claim): Settled {
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
  #yieldTo(isMeant: (seat: Seat) => boolean): boolean {
    const seat = [...this.#seats.values()].find(
      (candidate) =>
        candidate.connection === undefined && !candidate.hasSpoken && isMeant(candidate),
    );
    if (seat !== undefined) this.#giveUp(seat, "lost");
    return seat !== undefined;
  }

  #seated(seat: Seat, isResumed: boolean): Settled {
    const peers = [...this.#seats.values()].filter((other) => other !== seat);
    const { id, session, since } = seat;
    return {
      type: isResumed ? "resumed" : peers.length === 0 ? "created" : "joined",
      self: seat.info,
      peers: peers.map((peer) => peer.info),
      received: seat.received,
      claim: { peer: id, session, since, opened: this.#opened ?? since },
      state: this.#state,
      knocks: seat === this.#host ? this.#door.knocks : undefined,
    };
  }

  get #state(): RoomState {
    const { isLocked, password } = this.#door;
    return { host: this.#host?.id ?? "", locked: isLocked, password: password !== undefined };
  }

  #lock(isLocked: boolean, at: Moment): void {
    if (this.#door.isLocked === isLocked) return;
    this.#door.isLocked = isLocked;
    this.#tellAll({ type: "room", state: this.#state });
    if (isLocked) return;
    const guests = this.#door.take(() => true);
    for (const guest of guests) this.#settle(guest, this.#seat(guest, at));
    if (guests.length > 0) this.#tellHost();
  }

  #setPassword(password: string | undefined): void {
    const had = this.#door.password !== undefined;
    this.#door.password = password;
    if (had !== (password !== undefined)) this.#tellAll({ type: "room", state: this.#state });
  }

  #admit(knock: string, allow: boolean, at: Moment): Answer {
    const guest = this.#door.at(knock);
    if (guest === undefined) return refusal("no-such-knock");
    const answer = allow ? this.#seat(guest, at) : refusal("not-admitted");
    if (answer.type === "full") return refusal("no-free-seat");
    this.#door.take(({ id }) => id === knock);
    this.#settle(guest, answer);
    this.#tellHost();
    return { type: "ok" };
  }

  #remove(id: string, { unixMs }: Moment): Answer {
    const seat = this.#seats.get(id);
    if (seat === undefined || seat === this.#host) return refusal("no-such-peer");
    if (!this.#door.remove(id)) this.#opened = Math.max(unixMs, (this.#opened ?? 0) + 1);
    this.#giveUp(seat, "left", true);
    return { type: "ok" };
  }

  #withdraw(connection: string): void {
    const gone = this.#door.take(({ guest }) => guest.connection === connection);
    if (gone.length > 0) this.#tellHost();
  }

  #sendAway(isMeant: Parameters<Door<SeatRequest>["take"]>[0], answer: Refused): void {
    const guests = this.#door.take(isMeant);
    for (const guest of guests) this.#settle(guest, answer);
    if (guests.length > 0) this.#tellHost();
  }

  #settle({ connection }: SeatRequest, answer: Settled): void {
    this.#outputs.push({ type: "answer", connection, answer });
  }

  #giveUp(seat: Seat, reason: ByeReason, removed = false): void {
    this.#seats.delete(seat.id);
    if (seat.connection !== undefined && (reason === "lost" || removed)) {
      const why = removed ? "removed" : "overflow";
      this.#outputs.push({ type: "close", connection: seat.connection, reason: why });
    }
    const bye = { type: "bye", peer: seat.id, reason } as const;
    this.#tellOthers(seat, removed ? { ...bye, removed } : bye);
    if (seat === this.#host) this.#inherit();
  }

  /** The host is gone for good. */
  #inherit(): void {
    const seats = [...this.#seats.values()];
    const here = seats.filter(({ connection }) => connection !== undefined);
    const first = (a: Seat, b: Seat): Seat => (b.since < a.since ? b : a);
    this.#host = undefined;
    if (seats.length === 0) {
      this.turnAway(refusal("not-admitted"));
      return;
    }
    this.#host = (here.length > 0 ? here : seats).reduce(first);
    this.#tellAll({ type: "room", state: this.#state });
    if (this.#door.deadline !== undefined) this.#tellHost();
  }

  #tellHost(): void {
    const connection = this.#host?.connection;
    if (connection === undefined) return;
    this.#outputs.push({ type: "knocks", connection, knocks: this.#door.knocks });
  }

  #tellAll(event: RoomEvent): void {
    for (const seat of [...this.#seats.values()]) {
      if (this.#seats.has(seat.id)) this.#tell(seat, event);
    }
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
