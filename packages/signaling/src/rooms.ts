import type { Answer, JoinAnswer, JoinRequest, Message, Refused } from "./messages.ts";
import type { OutboxLimits } from "./outbox.ts";
import type { Random } from "./random-id.ts";
import { refusal } from "./refusal.ts";
import { issueResumeToken, type Mac, readResumeToken } from "./resume-token.ts";
import { Room, type RoomOutput } from "./room.ts";
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

/** The time twice: on the monotonic clock of deadlines, and of day, which alone outlives a restart. */
export interface Moment {
  readonly now: number;
  readonly unixMs: number;
}

/**
 * All rooms of a server, and which connection sits in which. A room exists while somebody has a seat in
 * it. A machine like Room: drain `poll` after every call.
 */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #roomOf = new Map<string, Room>();
  /** The rooms with a deadline. */
  readonly #waiting = new Set<Room>();
  /** No later than the first deadline of all. */
  #earliest: number | undefined;
  #outputs: RoomOutput[] = [];
  #seats = 0;
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
  }

  /** When `handleTimeout` is wanted at the latest; it may find that a connection came back meanwhile. */
  get deadline(): number | undefined {
    return this.#earliest;
  }

  poll(): RoomOutput | undefined {
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
    if (this.#roomOf.has(connection)) return refusal("already-in-room");
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
      room ?? new Room({ ...this.#options, id: id.value }),
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
    const room = this.#roomOf.get(connection);
    if (room === undefined) return refusal("not-in-room");
    this.#roomOf.delete(connection);
    this.#change(room, () => room.bye(connection));
    return { type: "ok" };
  }

  /** The connection broke; what it sat on is kept for a while. */
  disconnected(connection: string, now: number): void {
    const room = this.#roomOf.get(connection);
    if (room === undefined) return;
    this.#roomOf.delete(connection);
    this.#change(room, () => room.disconnected(connection, now));
  }

  #seat(room: Room, connection: string, request: JoinRequest, at: Moment): JoinAnswer {
    const { capacity, mac } = this.#options;
    const claim = this.#claim(room, request, at);
    const answer = this.#change(room, () => {
      const seated = room.join({
        connection,
        instance: request.instance,
        name: request.name,
        claim: claim.ok ? claim.value : undefined,
        received: request.received ?? 0,
      });
      if (seated.type !== "full") this.#roomOf.set(connection, room);
      return seated;
    });
    if (answer.type === "full") return { type: "full", room: room.id, capacity };
    const { session, ...seated } = answer;
    const held = { peer: seated.self.id, session };
    const resume = issueResumeToken(room.id, held, at.unixMs, mac);
    return { ...seated, room: room.id, capacity, resume };
  }

  #claim(room: Room, { resume }: JoinRequest, at: Moment): ReturnType<typeof readResumeToken> {
    return readResumeToken(room.id, resume ?? "", at.unixMs, this.#options.mac);
  }

  /** Lets a room change, and brings what is known of it up to date. */
  #change<Result>(room: Room, act: () => Result): Result {
    const before = room.size;
    const result = act();
    this.#seats += room.size - before;
    for (let output = room.poll(); output !== undefined; output = room.poll()) {
      if (output.type === "close") this.#roomOf.delete(output.connection);
      this.#outputs.push(output);
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
