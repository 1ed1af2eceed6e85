import { type Instant, readU32 } from "../wire/index.ts";
import type { AssociationCore } from "./association-core.ts";
import { CHUNK, encodeChunk } from "./chunk-type.ts";
import { causeWord, tBit } from "./error-chunk.ts";
import { rtoMaxMs } from "./round-trip.ts";

/** The graceful end: all that was sent arrives, then both sides let go (RFC 9260 §9.2). */
export class Shutdown {
  readonly #core: AssociationCore;
  #attempts = 0;

  constructor(core: AssociationCore) {
    this.#core = core;
  }

  start(now: Instant): void {
    const core = this.#core;
    if (core.state === "established") {
      core.state = "shutdown-pending";
      core.timers.set("t5", now + guardMs);
      this.proceed(now);
    } else if (core.state !== "closed" && !core.state.startsWith("shutdown")) core.end("aborted");
  }

  /** Goes on once nothing is outstanding; to be called after each input. */
  proceed(now: Instant): void {
    const core = this.#core;
    if (core.sender?.isDone !== true) return;
    if (core.state === "shutdown-pending") {
      core.state = "shutdown-sent";
      this.#sendShutdown(now);
    } else if (core.state === "shutdown-received") {
      core.state = "shutdown-ack-sent";
      this.#sendShutdownAck(now);
    }
  }

  receiveShutdown(bytes: Uint8Array, at: number, length: number, now: Instant): void {
    const core = this.#core;
    if (length < 8) return;
    core.sender?.receiveCumulative(readU32(bytes, at + 4), now);
    if (core.state === "shutdown-sent") {
      core.state = "shutdown-ack-sent";
      this.#sendShutdownAck(now);
    } else if (core.state === "established" || core.state === "shutdown-pending") {
      core.state = "shutdown-received";
      core.timers.set("t5", now + guardMs);
    }
  }

  /** Data in SHUTDOWN-SENT is acknowledged, with the SHUTDOWN once more (RFC 9260 §9.2). */
  receivedData(now: Instant): void {
    if (this.#core.state !== "shutdown-sent") return;
    this.#core.receiver?.requestSack();
    this.#sendShutdown(now);
  }

  receiveShutdownAck(): void {
    const core = this.#core;
    if (core.state !== "shutdown-sent" && core.state !== "shutdown-ack-sent") return;
    core.sendAlone(core.peer?.tag ?? 0, shutdownComplete(false), true);
    core.end("shutdown");
  }

  receiveShutdownComplete(): void {
    if (this.#core.state === "shutdown-ack-sent") this.#core.end("shutdown");
  }

  /** T2-shutdown expired. */
  handleTimeout(now: Instant): void {
    this.#attempts += 1;
    if (this.#attempts > MAX_RETRANSMITS) {
      this.#core.end("unreachable");
      return;
    }
    this.#core.roundTrip.backOff();
    if (this.#core.state === "shutdown-sent") this.#sendShutdown(now);
    else if (this.#core.state === "shutdown-ack-sent") this.#sendShutdownAck(now);
  }

  #sendShutdown(now: Instant): void {
    const core = this.#core;
    core.send(encodeChunk(CHUNK.shutdown, 0, causeWord(core.receiver?.cumulativeTsn ?? 0)));
    core.timers.set("t2", now + core.roundTrip.rtoMs);
  }

  #sendShutdownAck(now: Instant): void {
    this.#core.send(encodeChunk(CHUNK.shutdownAck, 0, new Uint8Array(0)));
    this.#core.timers.set("t2", now + this.#core.roundTrip.rtoMs);
  }
}

/** SHUTDOWN COMPLETE (RFC 9260 §3.3.13). */
export function shutdownComplete(reflected: boolean): Uint8Array {
  return encodeChunk(CHUNK.shutdownComplete, reflected ? tBit : 0, new Uint8Array(0));
}

/** T5-shutdown-guard: five times RTO.Max (RFC 9260 §9.2). */
const guardMs = 5 * rtoMaxMs;
/** Association.Max.Retrans (RFC 9260 §16). */
const MAX_RETRANSMITS = 10;
