import {
  Answer,
  Closing,
  JoinAnswer,
  type JoinRequest,
  type Refused,
  type Report,
  RoomEvent,
  type Seated,
} from "@tincan/signaling";
import * as v from "valibot";
import { Emitter } from "../emitter.ts";
import { TincanError } from "../error.ts";
import { Inbox } from "./inbox.ts";
import { type Letter, Outbox } from "./outbox.ts";
import { ConnectRefusal, isPassing } from "./refusal.ts";
import type { ResumeStorage } from "./resume-storage.ts";
import type { SignalingSocket, SignalingSocketHandler } from "./socket.ts";

export interface SignalingConnectionOptions {
  readonly socket: SignalingSocket;
  readonly storage: ResumeStorage;
  readonly room: string;
  readonly name: string | undefined;
  readonly instance: string;
}

export interface SignalingEvents {
  readonly state: "connected" | "reconnecting";
  /** The same seat, nothing missed and nothing lost. */
  readonly resumed: Seated;
  /** A seat at a server that knew nothing of the last one; `unsent` is what nobody may have got. */
  readonly reseated: { readonly seated: Seated; readonly unsent: readonly Letter[] };
  readonly event: RoomEvent;
  /** Something that was dropped; the connection goes on. */
  readonly fault: TincanError;
  readonly ended: { readonly reason: SignalingEnd; readonly error?: TincanError };
}

/** Why a seat is no longer ours. */
export type SignalingEnd = "left" | "replaced" | "full" | "refused";

/**
 * One seat at the signaling server, over as many connections as it takes: PROTOCOL.md from the
 * client's side. After a break it joins again by itself with the resume token, sends again what was
 * not answered, and drops what it has seen.
 */
export class SignalingConnection extends Emitter<SignalingEvents> {
  readonly #options: SignalingConnectionOptions;
  readonly #socket: SignalingSocket;
  readonly #outbox = new Outbox();
  readonly #inbox = new Inbox((seq) => this.#socket.emit("received", { seq }));
  #phase: "opening" | "seated" | "reconnecting" | "ended" = "opening";
  #opening: { resolve(seated: Seated): void; reject(error: TincanError): void } | undefined;
  /** What came before `start`; no more than one task's worth. */
  #early: RoomEvent[] | undefined = [];
  /** Counts connections, so that an answer that belongs to an earlier one is known. */
  #generation = 0;
  #wait: ReturnType<typeof setTimeout> | undefined;
  #rewinds = 0;

  constructor(options: SignalingConnectionOptions) {
    super();
    this.#options = options;
    this.#socket = options.socket;
  }

  /** Connects and takes a seat; rejects with a `TincanError` when there is none to have. Called once. */
  open(): Promise<Seated> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#socket.connect(this.#handler);
    });
  }

  /** Events are kept until this is called, so that whoever awaits `open` misses none. */
  start(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.emit("event", event);
  }

  /** Sends now, or as soon as there is a seat again. False when too much waits already. */
  post(letter: Letter): boolean {
    if (this.#phase === "ended" || !this.#outbox.post(letter)) return false;
    this.#pump();
    return true;
  }

  /** Tells how connecting to a peer went. Whatever becomes of it, nobody waits for it. */
  report(report: Report): void {
    if (this.#phase !== "seated" || !this.#socket.connected) return;
    this.#socket.request("report", report, REPORT_TIMEOUT_MS, () => {});
  }

  /** The network has changed: a connection that looks alive may be dead without knowing. */
  reconnect(): void {
    if (this.#phase !== "ended") this.#socket.reconnect();
  }

  /** Gives up the seat, and waits at most a second for the server to know. */
  async leave(): Promise<void> {
    this.#options.storage.forget();
    if (this.#phase === "seated" && this.#socket.connected) {
      this.#phase = "ended";
      await new Promise((resolve) => {
        this.#socket.request("bye", {}, BYE_TIMEOUT_MS, resolve);
      });
    }
    this.#end("left");
  }

  /** Gives up on a seat that was not taken yet: `open` rejects with this error. */
  abort(error: TincanError): void {
    if (this.#phase === "opening") this.#fail("left", error);
  }

  readonly #handler: SignalingSocketHandler = {
    onConnect: () => this.#join(),
    onDisconnect: () => this.#lost(),
    onConnectError: (error, data) => {
      const refusal = v.safeParse(ConnectRefusal, data);
      if (refusal.success) this.#refused({ type: "refused", ...refusal.output });
      else this.#unreachable(error);
    },
    onEvent: (event, payload) => this.#receive(event, payload),
  };

  #join(): void {
    this.#lost();
    if (this.#phase === "ended") return;
    const { room, name, instance, storage } = this.#options;
    const resume = storage.token;
    const received = this.#phase === "reconnecting" ? this.#inbox.seq : undefined;
    const request: JoinRequest = {
      room,
      instance,
      ...(name !== undefined && { name }),
      ...(resume !== undefined && { resume }),
      ...(received !== undefined && { received }),
    };
    const generation = this.#generation;
    this.#inbox.told();
    this.#socket.request("create or join", request, ANSWER_TIMEOUT_MS, (value) => {
      if (generation === this.#generation && this.#phase !== "ended") this.#joined(value);
    });
  }

  #joined(value: unknown): void {
    if (value === undefined) {
      this.#unreachable(new Error("create or join was not answered"));
      this.#socket.reconnect();
      return;
    }
    const parsed = v.safeParse(JoinAnswer, value);
    if (!parsed.success) {
      this.#fail("refused", new TincanError("protocol", "The server's answer makes no sense."));
      return;
    }
    const answer = parsed.output;
    if (answer.type === "full") {
      this.#fail("full", new TincanError("full", "Every seat in this room is taken."));
    } else if (answer.type === "refused") {
      this.#refused(answer);
      // It did not seat us, so it will close this connection; better come back when it may have time.
      if (this.#phase === "reconnecting") this.#later(answer, () => this.#socket.reconnect());
    } else {
      this.#seated(answer);
    }
  }

  #seated(seated: Seated): void {
    const opening = this.#phase === "opening";
    this.#phase = "seated";
    this.#rewinds = 0;
    this.#options.storage.keep(seated.resume);
    const resumed = seated.type === "resumed";
    let unsent: Letter[] = [];
    if (resumed) {
      this.#outbox.resume(seated.received);
    } else {
      this.#inbox.restart();
      unsent = this.#outbox.restart();
    }
    if (opening) this.#opening?.resolve(seated);
    else if (resumed) this.emit("resumed", seated);
    else this.emit("reseated", { seated, unsent });
    if (!opening) this.emit("state", "connected");
    // A seat whose holder never said a word may be given to somebody else when the connection breaks.
    this.#socket.emit("received", { seq: this.#inbox.seq });
    this.#pump();
  }

  #receive(event: string, payload: unknown): void {
    if (this.#phase === "ended") return;
    if (event === "closing") {
      const closing = v.safeParse(Closing, payload);
      if (closing.success && closing.output.reason === "replaced") this.#end("replaced");
      return;
    }
    if (event === "fault") {
      const fault = v.safeParse(ConnectRefusal, payload);
      if (fault.success) {
        this.emit("fault", new TincanError(fault.output.code, fault.output.message));
      }
      return;
    }
    const seq = v.safeParse(WithSeq, payload);
    if (this.#phase !== "seated" || !seq.success) return;
    const taken = this.#inbox.take(seq.output.seq);
    // Nothing is lost within a connection, so a gap means that we do not mean the same numbers.
    if (taken === "gap") this.#socket.reconnect();
    if (taken !== "new") return;
    const parsed = v.safeParse(RoomEvent, { ...seq.output, type: event });
    if (!parsed.success) {
      this.emit("fault", new TincanError("protocol", `The server's "${event}" makes no sense.`));
    } else if (this.#early !== undefined) {
      this.#early.push(parsed.output);
    } else {
      this.emit("event", parsed.output);
    }
  }

  #pump(): void {
    if (this.#phase !== "seated" || this.#wait !== undefined) return;
    const generation = this.#generation;
    for (let next = this.#outbox.next(); next !== undefined; next = this.#outbox.next()) {
      const { seq } = next;
      this.#socket.request("message", next, ANSWER_TIMEOUT_MS, (value) => {
        if (generation === this.#generation && this.#phase === "seated") this.#answered(seq, value);
      });
    }
  }

  #answered(seq: number, value: unknown): void {
    const parsed = v.safeParse(Answer, value);
    if (parsed.success && parsed.output.type === "ok") {
      this.#rewinds = 0;
      this.#outbox.taken(seq);
      this.#pump();
      return;
    }
    // What was under way behind a refused message is refused, too; the first of them tells.
    if (!this.#outbox.isFirst(seq)) return;
    if (!parsed.success || parsed.output.type === "ok") {
      this.#socket.reconnect();
      return;
    }
    const refused = parsed.output;
    if (refused.code === "not-in-room") {
      this.#socket.reconnect();
    } else if (isPassing(refused.code) || refused.code === "out-of-order") {
      this.#rewinds += 1;
      const rewind = () => {
        // Numbers that stay wrong are set right by joining again, which tells what the server has.
        if (this.#rewinds > MAX_REWINDS) this.#socket.reconnect();
        this.#outbox.rewind();
        this.#pump();
      };
      this.#later(refused, rewind);
    } else {
      this.emit("fault", new TincanError(refused.code, refused.message));
      this.#outbox.taken(seq);
      this.#pump();
    }
  }

  /** The connection is gone, or another one has begun. */
  #lost(): void {
    this.#generation += 1;
    clearTimeout(this.#wait);
    this.#wait = undefined;
    if (this.#phase !== "seated") return;
    this.#phase = "reconnecting";
    this.#inbox.stop();
    this.emit("state", "reconnecting");
  }

  #unreachable(cause: Error): void {
    if (this.#phase !== "opening") return;
    const message = "The server cannot be reached.";
    this.#fail("refused", new TincanError("unreachable", message, { cause }));
  }

  #refused(refused: Omit<Refused, "type"> & { readonly type: "refused" }): void {
    if (this.#phase === "reconnecting" && isPassing(refused.code)) return;
    const { code, message, retryAfterMs } = refused;
    this.#fail("refused", new TincanError(code, message, { retryAfterMs }));
  }

  #later(refused: Refused, then: () => void): void {
    clearTimeout(this.#wait);
    const waitMs = Math.min(Math.max(refused.retryAfterMs ?? 0, MIN_RETRY_MS), MAX_RETRY_MS);
    this.#wait = setTimeout(() => {
      this.#wait = undefined;
      then();
    }, waitMs);
  }

  #fail(reason: SignalingEnd, error: TincanError): void {
    this.#opening?.reject(error);
    this.#end(reason, error);
  }

  #end(reason: SignalingEnd, error?: TincanError): void {
    this.#phase = "ended";
    this.#generation += 1;
    clearTimeout(this.#wait);
    this.#inbox.stop();
    this.#socket.close();
    this.emit("ended", { reason, ...(error !== undefined && { error }) });
    this.clear();
  }
}

const ANSWER_TIMEOUT_MS = 10_000;
const BYE_TIMEOUT_MS = 1_000;
const REPORT_TIMEOUT_MS = 5_000;
const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 30_000;
const MAX_REWINDS = 3;

const WithSeq = v.looseObject({ seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });
