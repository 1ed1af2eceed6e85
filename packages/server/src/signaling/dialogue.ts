import {
  type Answer,
  HOST_MESSAGES,
  HostMessage,
  type JoinAnswer,
  JoinRequest,
  Message,
  type Moment,
  messageSize,
  Received,
  type RefusalCode,
  type Refused,
  Report,
  type Rooms,
  type Seated,
} from "@tincan/signaling";
import * as v from "valibot";
import type { Connection, Reception } from "./connection.ts";

/** What one packet came to: the answer, or nothing where the protocol has none. */
export type Reply = Answer | JoinAnswer | undefined;

/** The server's side of what one socket says: each packet is checked, and answered out of the rooms. */
export class Dialogue {
  readonly #id: string;
  readonly #connection: Connection;
  readonly #rooms: Rooms;
  readonly #reception: Reception;
  #room: string | undefined;
  #reports = 0;

  /** `id` names the connection to the rooms. */
  constructor(id: string, connection: Connection, rooms: Rooms, reception: Reception) {
    this.#id = id;
    this.#connection = connection;
    this.#rooms = rooms;
    this.#reception = reception;
  }

  answer(event: unknown, payload: unknown, canAnswer: boolean): Reply {
    const waitMs = this.#connection.takeMessage();
    if (waitMs > 0) return this.#connection.refuse("rate-limited", waitMs);
    const { messageBytes } = this.#reception.limits;
    if (payload !== undefined && messageSize(payload, messageBytes) > messageBytes)
      return this.#reject("too-large", payload);
    switch (event) {
      case "create or join":
        // Whoever could not hear of its seat must not have one.
        return canAnswer ? this.#join(payload) : this.#connection.refuse("malformed");
      case "message":
        return this.#message(payload);
      case "received":
        return this.#received(payload);
      case "report":
        return this.#report(payload);
      case "bye":
        return this.#bye();
      default:
        return HOST_MESSAGES.some((known) => known === event)
          ? this.#hostMessage(event as HostMessage["type"], payload)
          : this.#connection.refuse("malformed");
    }
  }

  /** What became of a client that waited, as it is to hear it. */
  settled(answer: JoinAnswer): JoinAnswer {
    this.#connection.place = "none";
    if (answer.type === "refused") this.#reception.tally.refusal(answer.code);
    else if (answer.type === "full") this.#connection.count("full");
    else if (answer.type !== "waiting") return this.#seated(answer);
    return answer;
  }

  /** The room that the connection has a seat in. */
  get room(): string | undefined {
    return this.#connection.place === "seated" ? this.#room : undefined;
  }

  /** The socket is gone. */
  end(): void {
    this.#rooms.disconnected(this.#id, performance.now());
    this.#connection.part();
  }

  #join(payload: unknown): JoinAnswer {
    const request = v.safeParse(JoinRequest, payload);
    if (!request.success) return this.#connection.refuse("malformed");
    const waitMs = this.#connection.takeJoin();
    if (waitMs > 0) return this.#connection.refuse("rate-limited", waitMs);
    const at = moment();
    if (this.#rooms.asksPassword(request.output, at)) {
      const passwordMs = this.#connection.takePassword();
      if (passwordMs > 0) return this.#connection.refuse("rate-limited", passwordMs);
    }
    if (this.#rooms.asksHost(request.output, at)) {
      const knockMs = this.#connection.takeKnock();
      if (typeof knockMs === "string") return this.#connection.refuse(knockMs);
      if (knockMs > 0) return this.#connection.refuse("rate-limited", knockMs);
    }
    const answer = this.#rooms.join(this.#id, request.output, at);
    if (answer.type === "refused") {
      return this.#connection.refuse(answer.code, answer.retryAfterMs);
    }
    if (answer.type === "full") this.#connection.count("full");
    else if (answer.type === "waiting") this.#connection.place = "waiting";
    else return this.#seated(answer);
    return answer;
  }

  #seated(answer: Seated): Seated {
    this.#connection.place = "seated";
    this.#room = answer.room;
    this.#reception.tally.join(answer.type);
    this.#reception.calls.joined(answer.room, answer.peers.length + 1, performance.now());
    this.#connection.accepted();
    const iceServers = this.#connection.iceServers(answer.self.id);
    return iceServers === undefined ? answer : { ...answer, iceServers };
  }

  #hostMessage(type: HostMessage["type"], payload: unknown): Answer {
    const message = v.safeParse(HostMessage, isRecord(payload) ? { ...payload, type } : undefined);
    if (!message.success) return this.#connection.refuse("malformed");
    const waitMs = this.#connection.takeHostMessage();
    if (waitMs > 0) return this.#connection.refuse("rate-limited", waitMs);
    const answer = this.#rooms.command(this.#id, message.output, moment());
    if (answer.type === "refused") return this.#connection.refuse(answer.code);
    this.#connection.accepted();
    return answer;
  }

  #message(payload: unknown): Answer {
    const message = v.safeParse(Message, payload);
    if (!message.success) return this.#reject("malformed", payload);
    const answer = this.#rooms.message(this.#id, message.output);
    if (answer.type === "refused") return this.#connection.refuse(answer.code);
    this.#reception.tally.message();
    this.#connection.accepted();
    return answer;
  }

  #received(payload: unknown): Refused | undefined {
    const received = v.safeParse(Received, payload);
    if (!received.success) return this.#connection.refuse("malformed");
    const refused = this.#rooms.received(this.#id, received.output.seq);
    if (refused !== undefined) return this.#connection.refuse(refused.code);
    this.#connection.accepted();
    return undefined;
  }

  #report(payload: unknown): Refused | undefined {
    if (this.room === undefined) return this.#connection.refuse("not-in-room");
    const report = v.safeParse(Report, payload);
    if (!report.success) return this.#connection.refuse("malformed");
    this.#reports += 1;
    if (this.#reports > MAX_REPORTS) return this.#connection.refuse("rate-limited");
    const { calls, reported } = this.#reception;
    if (reported === undefined) return undefined;
    reported(report.output);
    calls.reported(this.room, report.output);
    return undefined;
  }

  #bye(): Answer {
    const answer = this.#rooms.bye(this.#id);
    if (answer.type === "refused") return this.#connection.refuse(answer.code);
    this.#connection.place = "none";
    this.#connection.accepted();
    return answer;
  }

  /** Refuses a message for good; where its number can be read, the number is used up. */
  #reject(code: RefusalCode, payload: unknown): Refused {
    const numbered = v.safeParse(Received, payload);
    if (numbered.success) this.#rooms.skip(this.#id, numbered.output.seq);
    return this.#connection.refuse(code);
  }
}

/** Both clocks, as the rooms want them. */
export function moment(): Moment {
  return { now: performance.now(), unixMs: Date.now() };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of one connection: seven peers, and what each may go through. */
const MAX_REPORTS = 64;
