import { randomBytes } from "node:crypto";
import type { Report, Rooms } from "@tincan/signaling";
import type { Logger } from "pino";

/**
 * Tells the log of calls by an id that is made for each and means nothing elsewhere: neither the room's
 * name, which is its key, nor the names and addresses of people.
 */
export class CallLog {
  readonly #log: Logger;
  readonly #calls = new Map<string, Call>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** The id of the call in a room, for other lines of the log. */
  id(room: string | undefined): string | undefined {
    return room === undefined ? undefined : this.#calls.get(room)?.id;
  }

  /** Somebody took a seat, and that makes so many. */
  joined(room: string, peers: number, now: number): void {
    const call = this.#calls.get(room) ?? {
      id: randomBytes(6).toString("hex"),
      begun: undefined,
      most: 0,
    };
    this.#calls.set(room, call);
    call.most = Math.max(call.most, peers);
    if (peers < 2 || call.begun !== undefined) return;
    call.begun = now;
    this.#log.info({ call: call.id }, "a call began");
  }

  reported(room: string, report: Report): void {
    this.#log.info({ call: this.id(room), ...report }, "a client reported how connecting went");
  }

  /** Looks which rooms are gone; called after everything that may have changed them. */
  settle(rooms: Pick<Rooms, "size" | "has">, now: number): void {
    if (rooms.size >= this.#calls.size) return;
    for (const [room, { id, begun, most }] of this.#calls) {
      if (rooms.has(room)) continue;
      this.#calls.delete(room);
      if (begun === undefined) continue;
      const seconds = Math.round((now - begun) / 1000);
      this.#log.info({ call: id, seconds, peers: most }, "a call ended");
    }
  }
}

interface Call {
  readonly id: string;
  /** When the second one came; `undefined` while one waits alone. */
  begun: number | undefined;
  most: number;
}
