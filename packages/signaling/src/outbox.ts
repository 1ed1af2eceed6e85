import { messageSize } from "./message-size.ts";
import type { Numbered, RoomEvent } from "./messages.ts";

/** How much waits for one seat. */
export interface OutboxLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** 256 messages, 512 KiB (PROTOCOL.md, Losing the connection). */
export const OUTBOX_LIMITS: OutboxLimits = { messages: 256, bytes: 524_288 };

/** What a seat was told and has not said to have received, in the order of its numbers. */
export class Outbox {
  readonly #limits: OutboxLimits;
  #waiting: { readonly event: Numbered<RoomEvent>; readonly bytes: number }[] = [];
  #bytes = 0;
  #last = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** Numbers an event and keeps it; `undefined` where it does not fit any more. */
  push(event: RoomEvent): Numbered<RoomEvent> | undefined {
    const numbered = { ...event, seq: this.#last + 1 };
    const bytes = messageSize(numbered);
    if (this.#waiting.length >= this.#limits.messages) return undefined;
    if (this.#bytes + bytes > this.#limits.bytes) return undefined;
    this.#last += 1;
    this.#bytes += bytes;
    this.#waiting.push({ event: numbered, bytes });
    return numbered;
  }

  /** Lets go of everything up to a number. */
  forget(seq: number): void {
    const kept = this.#waiting.findIndex(({ event }) => event.seq > seq);
    const gone = this.#waiting.splice(0, kept < 0 ? this.#waiting.length : kept);
    for (const { bytes } of gone) this.#bytes -= bytes;
  }

  get waiting(): readonly Numbered<RoomEvent>[] {
    return this.#waiting.map(({ event }) => event);
  }
}
