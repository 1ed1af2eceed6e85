import {
  Answer,
  Closing,
  Draining,
  type HostMessage,
  JoinAnswer,
  type JoinRequest,
  Knocks,
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

export interface LeaveOptions {
  /** The page goes, as in its `pagehide`: the server hears of it although nothing here runs on. */
  readonly unloading?: boolean;
}

export interface SignalingConnectionOptions {
  readonly socket: SignalingSocket;
  readonly storage: ResumeStorage;
  readonly room: string;
  readonly name: string | undefined;
  readonly instance: string;
  /** The verifier of the room's password, as far as it is known. */
  readonly password?: string | undefined;
  /** Where the room is locked: asks to be let in, and calls this when it waits. */
  readonly onWaiting?: (() => void) | undefined;
}

/** What a seat hears: the numbered events, and who waits at the door. */
export type SeatEvent = RoomEvent | ({ readonly type: "knocks" } & Knocks);

export interface SignalingEvents {
  readonly state: "connected" | "reconnecting";
  /** The same seat, nothing missed and nothing lost. */
  readonly resumed: Seated;
  /** A seat at a server that knew nothing of the last one; `unsent` is what nobody may have got. */
  readonly reseated: { readonly seated: Seated; readonly unsent: readonly Letter[] };
  readonly event: SeatEvent;
  /** The server ends when the last call has, or after this time. */
  readonly draining: { readonly withinMs: number };
  /** The server will never give this to whom it was for. */
  readonly undelivered: Letter;
  /** Something that was dropped; the connection goes on. */
  readonly fault: TincanError;
  readonly ended: { readonly reason: SignalingEnd; readonly error?: TincanError };
}

/** Why a seat is no longer ours. */
export type SignalingEnd = "left" | "replaced" | "removed" | "full" | "refused";

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
  #early: SeatEvent[] | undefined = [];
  /** How the room is to be made again where its server has forgotten it. */
  #door: { readonly password?: string | undefined; readonly locked?: boolean };
  /** Whether this connection waits for the host's word. */
  #waiting = false;
  /** Counts connections, so that an answer that belongs to an earlier one is known. */
  #generation = 0;
  #wait: ReturnType<typeof setTimeout> | undefined;
  #rewinds = 0;

  constructor(options: SignalingConnectionOptions) {
    super();
    this.#options = options;
    this.#socket = options.socket;
    this.#door = { password: options.password };
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

  /** Says what only the host may say; rejects with the server's refusal, or `unreachable`. */
  command({ type, ...payload }: HostMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      const unreachable = () =>
        reject(new TincanError("unreachable", "The server did not answer."));
      if (this.#phase !== "seated" || !this.#socket.connected) {
        unreachable();
        return;
      }
      // Where the connection breaks, the socket never answers.
      const patience = setTimeout(unreachable, ANSWER_TIMEOUT_MS);
      this.#socket.request(type, payload, ANSWER_TIMEOUT_MS, (value) => {
        clearTimeout(patience);
        const answer = v.safeParse(Answer, value);
        if (!answer.success) unreachable();
        else if (answer.output.type === "ok") resolve();
        else {
          const { code, message, retryAfterMs } = answer.output;
          reject(new TincanError(code, message, { retryAfterMs }));
        }
      });
    });
  }

  /** What a server is told that has forgotten the room. */
  remember(door: { readonly password?: string | undefined; readonly locked: boolean }): void {
    this.#door = door;
  }

  /** The network has changed: a connection that looks alive may be dead without knowing. */
  reconnect(): void {
    if (this.#phase !== "ended") this.#socket.reconnect();
  }

  /**
   * Gives up the seat, and waits at most a second for the server to know. A page that is closed right after takes
   * what waits in its socket with it: `unloading` says goodbye in a way that outlives it.
   */
  async leave({ unloading = false }: LeaveOptions = {}): Promise<void> {
    const { storage, room } = this.#options;
    const resume = storage.token;
    storage.forget();
    const isSaid = unloading && resume !== undefined && this.#socket.beacon({ room, resume });
    if (!isSaid && this.#phase === "seated" && this.#socket.connected) {
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
    const { room, name, instance, storage, onWaiting } = this.#options;
    const { password, locked } = this.#door;
    const resume = storage.token;
    const received = this.#phase === "reconnecting" ? this.#inbox.seq : undefined;
    const request: JoinRequest = {
      room,
      instance,
      ...(name !== undefined && { name }),
      ...(resume !== undefined && { resume }),
      ...(received !== undefined && { received }),
      ...(password !== undefined && { password }),
      ...(locked === true && { locked }),
      ...(this.#phase === "opening" && onWaiting !== undefined && { knock: true }),
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
    } else if (answer.type === "waiting") {
      this.#waiting = true;
      this.#options.onWaiting?.();
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
    this.#waiting = false;
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
      if (!closing.success) return;
      const { reason } = closing.output;
      if (reason === "removed") this.#options.storage.forget();
      if (reason === "replaced" || reason === "removed") this.#end(reason);
      return;
    }
    if (event === "draining") {
      const draining = v.safeParse(Draining, payload);
      if (draining.success) this.emit("draining", draining.output);
      return;
    }
    if (event === "create or join") {
      if (this.#waiting) this.#joined(payload);
      return;
    }
    if (event === "knocks") {
      const knocks = v.safeParse(Knocks, payload);
      if (this.#phase === "seated" && knocks.success) this.#tell({ type: event, ...knocks.output });
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
    } else this.#tell(parsed.output);
  }

  #tell(event: SeatEvent): void {
    if (this.#early === undefined) this.emit("event", event);
    else this.#early.push(event);
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
      const undelivered = this.#outbox.first;
      this.#outbox.taken(seq);
      if (undelivered !== undefined) this.emit("undelivered", undelivered);
      this.#pump();
    }
  }

  /** The connection is gone, or another one has begun. */
  #lost(): void {
    this.#generation += 1;
    this.#waiting = false;
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
    // The token is void; without it we are a newcomer like any other.
    if (code === "removed") this.#options.storage.forget();
    this.#fail(
      code === "removed" ? code : "refused",
      new TincanError(code, message, { retryAfterMs }),
    );
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
