import type { HostMessage } from "./host-messages.ts";
import type { Answer, Goodbye, JoinAnswer, JoinRequest, Message, Refused } from "./messages.ts";
import type { Moment } from "./moment.ts";
import type { OutboxLimits } from "./outbox.ts";
import type { Random } from "./random-id.ts";
import { refusal } from "./refusal.ts";
import { issueResumeToken, type Mac, readResumeToken } from "./resume-token.ts";
import { Room, type RoomOutput, type SeatAnswer } from "./room.ts";
import { parseRoomId } from "./room-id.ts";

/** What all rooms of a server have in common. */
export interface RoomsOptions {
  readonly capacity: number;
  readonly maxRooms: number;
  readonly keepSeatMs: number;
  readonly outbox: OutboxLimits;
  readonly random: Random;
  /** Signs resume tokens; with the same key after a restart, the tokens stay good. */
  readonly mac: Mac;
}

/** What a server has to do: what a room says, where a seat that was waited for comes with its token. */
export type RoomsOutput =
  | Exclude<RoomOutput, { readonly type: "answer" }>
  | { readonly type: "answer"; readonly connection: string; readonly answer: JoinAnswer };

/**
 * All rooms of a server, and which connection sits in which. A room exists while somebody has a seat in
 * it. A machine like Room: drain `poll` after every call.
 */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #roomOf = new Map<string, Room>();
  /** The rooms before which connections wait. */
  readonly #doorOf = new Map<string, Room>();
  /** The rooms with a deadline. */
  readonly #waiting = new Set<Room>();
  /** No later than the first deadline of all. */
  #earliest: number | undefined;
  #outputs: RoomsOutput[] = [];
  #seats = 0;
  /** Until when rooms may come back of which this server, just started, knows nothing. */
  #restoresUntil: number | undefined;
  /** The time of day, as it was told last. */
  #unixMs = 0;
  /** The last one that a room was told. */
  #instant = 0;
  #isDraining = false;

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  /** How many rooms there are. */
  get size(): number {
    return this.#rooms.size;
  }

  /** How many seats are taken in all rooms, kept ones included. */
  get seats(): number {
    return this.#seats;
  }

  /** How many connections hold a seat. */
  get connections(): number {
    return this.#roomOf.size;
  }

  /** Whether there is a room of this name. */
  has(id: string): boolean {
    return this.#rooms.has(id);
  }

  /** From now on only those take a seat who had one in a room that is still there. */
  drain(): void {
    this.#isDraining = true;
    for (const room of new Set(this.#doorOf.values())) {
      this.#change(room, () => room.turnAway(refusal("shutting-down")));
    }
  }

  /** Whether joining so will be a try at a password. */
  asksPassword(request: JoinRequest, at: Moment): boolean {
    const room = this.#named(request.room);
    if (room === undefined || request.password === undefined) return false;
    return this.#isStranger(room, request, at) && room.hasPassword;
  }

  /** Whether joining so will be a knock, unless a password is in the way. */
  asksHost(request: JoinRequest, at: Moment): boolean {
    const room = this.#named(request.room);
    if (room === undefined || request.knock !== true) return false;
    return this.#isStranger(room, request, at) && room.isLocked;
  }

  /** When `handleTimeout` is wanted at the latest; it may find that a connection came back meanwhile. */
  get deadline(): number | undefined {
    return this.#earliest;
  }

  poll(): RoomsOutput | undefined {
    return this.#outputs.shift();
  }

  handleTimeout(now: number): void {
    if (this.#earliest === undefined || now < this.#earliest) return;
    this.#earliest = undefined;
    for (const room of [...this.#waiting]) {
      if (room.deadline !== undefined && room.deadline <= now) {
        this.#change(room, () => room.handleTimeout(now));
      } else this.#watch(room);
    }
  }

  /** `create or join` */
  join(connection: string, request: JoinRequest, at: Moment): JoinAnswer {
    if (this.#roomOf.has(connection) || this.#doorOf.has(connection)) {
      return refusal("already-in-room");
    }
    const id = parseRoomId(request.room);
    if (!id.ok) return refusal("bad-room-name");
    const room = this.#rooms.get(id.value);
    if (room === undefined && this.#rooms.size >= this.#options.maxRooms) {
      return refusal("too-many-rooms");
    }
    if (this.#isDraining && (room === undefined || !this.#claim(room, request, at).ok)) {
      return refusal("shutting-down");
    }
    return this.#seat(
      room ?? new Room({ ...this.#options, id: id.value }, at.now),
      connection,
      request,
      at,
    );
  }

  /** `message` */
  message(connection: string, message: Message): Answer {
    const room = this.#roomOf.get(connection);
    if (room === undefined) return refusal("not-in-room");
    return this.#change(room, () => room.message(connection, message));
  }

  /** What only the host may say. */
  command(connection: string, command: HostMessage, at: Moment): Answer {
    const room = this.#roomOf.get(connection);
    if (room === undefined) return refusal("not-in-room");
    this.#unixMs = at.unixMs;
    const sealed =
      command.type === "password" && command.verifier !== null
        ? { ...command, verifier: this.#seal(room, command.verifier) }
        : command;
    return this.#change(room, () => room.command(connection, sealed, this.#distinct(at)));
  }

  /** A message that was refused for good uses up its number. */
  skip(connection: string, seq: number): void {
    this.#roomOf.get(connection)?.skip(connection, seq);
  }

  /** `received`; nothing is said about it where all is well. */
  received(connection: string, seq: number): Refused | undefined {
    const room = this.#roomOf.get(connection);
    if (room === undefined) return refusal("not-in-room");
    room.received(connection, seq);
    return undefined;
  }

  /** `bye` */
  bye(connection: string): Answer {
    const room = this.#roomOf.get(connection) ?? this.#doorOf.get(connection);
    if (room === undefined) return refusal("not-in-room");
    this.#roomOf.delete(connection);
    this.#doorOf.delete(connection);
    this.#change(room, () => room.bye(connection));
    return { type: "ok" };
  }

  /** `/bye`: whoever holds the token of a seat gives it up. */
  leave(goodbye: Goodbye, at: Moment): void {
    const room = this.#named(goodbye.room);
    if (room === undefined) return;
    const claim = this.#claim(room, goodbye, at);
    if (claim.ok) this.#change(room, () => room.leave(claim.value));
  }

  /** The connection broke; what it sat on is kept for a while. */
  disconnected(connection: string, now: number): void {
    const room = this.#roomOf.get(connection) ?? this.#doorOf.get(connection);
    if (room === undefined) return;
    this.#roomOf.delete(connection);
    this.#doorOf.delete(connection);
    this.#change(room, () => room.disconnected(connection, now));
  }

  #seat(room: Room, connection: string, request: JoinRequest, at: Moment): JoinAnswer {
    const { instance, name, received = 0, knock = false, locked = false } = request;
    const claim = this.#claim(room, request, at);
    this.#restoresUntil ??= at.now + this.#options.keepSeatMs;
    this.#unixMs = at.unixMs;
    const seatRequest = {
      connection,
      instance,
      name,
      received,
      knock,
      locked,
      claim: claim.ok ? claim.value : undefined,
      password: request.password && this.#seal(room, request.password),
      restores: claim.ok && at.now < this.#restoresUntil,
    };
    return this.#change(room, () =>
      this.#answer(room, connection, room.join(seatRequest, this.#distinct(at))),
    );
  }

  /**
   * The moment with a time of day that nothing else has: by it tokens tell a room from the next one of its
   * name, and who came first from who came second, also where both were in one millisecond.
   */
  #distinct(at: Moment): Moment {
    this.#instant = Math.max(at.unixMs, this.#instant + 1);
    return { ...at, unixMs: this.#instant };
  }

  /** What a connection is told of its seat, with the token for the next time. */
  #answer(room: Room, connection: string, answer: SeatAnswer): JoinAnswer {
    this.#doorOf.delete(connection);
    if (answer.type === "refused") return answer;
    if (answer.type === "full") {
      return { type: "full", room: room.id, capacity: this.#options.capacity };
    }
    if (answer.type === "waiting") {
      this.#doorOf.set(connection, room);
      return answer;
    }
    this.#roomOf.set(connection, room);
    const { claim, knocks, ...seated } = answer;
    const resume = issueResumeToken(room.id, claim, this.#unixMs, this.#options.mac);
    const told = { ...seated, room: room.id, capacity: this.#options.capacity, resume };
    return knocks === undefined ? told : { ...told, knocks };
  }

  /** What is kept of a password's verifier, which is as good as the password for this room. */
  #seal(room: Room, verifier: string): string {
    return this.#options.mac(`tincan room password\n${room.id}\n${verifier}`);
  }

  /** The room that a name means, if there is one. */
  #named(name: string): Room | undefined {
    const id = parseRoomId(name);
    return id.ok ? this.#rooms.get(id.value) : undefined;
  }

  /** Whether a newcomer has to pass the door of a room. */
  #isStranger(room: Room, request: JoinRequest, at: Moment): boolean {
    const claim = this.#claim(room, request, at);
    return !claim.ok || !room.knows(claim.value);
  }

  #claim(
    room: Room,
    { resume }: Pick<JoinRequest, "resume">,
    at: Moment,
  ): ReturnType<typeof readResumeToken> {
    return readResumeToken(room.id, resume ?? "", at.unixMs, this.#options.mac);
  }

  /** Lets a room change, and brings what is known of it up to date. */
  #change<Result>(room: Room, act: () => Result): Result {
    const before = room.size;
    const result = act();
    this.#seats += room.size - before;
    for (let output = room.poll(); output !== undefined; output = room.poll()) {
      if (output.type === "close") this.#roomOf.delete(output.connection);
      if (output.type === "answer") {
        const answer = this.#answer(room, output.connection, output.answer);
        this.#outputs.push({ ...output, answer });
      } else this.#outputs.push(output);
    }
    if (room.size > 0) this.#rooms.set(room.id, room);
    else this.#rooms.delete(room.id);
    this.#watch(room);
    return result;
  }

  #watch(room: Room): void {
    const deadline = room.deadline;
    if (deadline === undefined) this.#waiting.delete(room);
    else {
      this.#waiting.add(room);
      this.#earliest = Math.min(this.#earliest ?? deadline, deadline);
    }
  }
}
