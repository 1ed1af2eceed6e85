import { Emitter, type ListenOptions } from "../emitter.ts";
import type { Peer } from "../peer/peer.ts";
import type { ControlBody, EndWord, FileInfo } from "./messages.ts";
import { Speedometer } from "./speedometer.ts";
import type {
  Transfer,
  TransferEnd,
  TransferEvents,
  TransferReason,
  TransferState,
} from "./transfer.ts";

export interface LiveTransferOptions {
  /** Its number, given by the sender. */
  readonly id: number;
  readonly peer: Peer;
  readonly say: (body: ControlBody) => void;
  /** Once; `word` is what the other side is told of it, where it does not know. */
  readonly onEnd: (word: EndWord | "done" | undefined) => void;
}

/** What both directions have in common: how things stand, how fast it goes, pausing, ending. */
export abstract class LiveTransfer implements Transfer {
  abstract readonly direction: "out" | "in";
  abstract readonly files: readonly FileInfo[];
  abstract readonly size: number;
  abstract readonly current: number;
  readonly id: number;
  readonly ended: Promise<TransferEnd>;
  readonly #options: LiveTransferOptions;
  readonly #events = new Emitter<TransferEvents>();
  readonly #speedometer = new Speedometer();
  #resolveEnded: (end: TransferEnd) => void = () => {};
  #accepted = false;
  #connected = false;
  #pausedHere = false;
  #pausedThere = false;
  #state: TransferState = "offered";
  #end: TransferEnd | undefined;
  #transferred = 0;
  #progressTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveTransferOptions) {
    this.#options = options;
    this.id = options.id;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get peer(): Peer {
    return this.#options.peer;
  }

  get state(): TransferState {
    return this.#state;
  }

  get paused(): { readonly here: boolean; readonly there: boolean } {
    return { here: this.#pausedHere, there: this.#pausedThere };
  }

  get end(): TransferEnd | undefined {
    return this.#end;
  }

  get transferred(): number {
    return this.#transferred;
  }

  get bytesPerSecond(): number {
    return this.#state === "running" ? this.#speedometer.bytesPerSecond : 0;
  }

  get secondsLeft(): number | undefined {
    const speed = this.bytesPerSecond;
    return speed === 0 ? undefined : (this.size - this.#transferred) / speed;
  }

  pause(): void {
    this.#pauseHere(true);
  }

  resume(): void {
    this.#pauseHere(false);
  }

  cancel(): void {
    this.finish("cancelled", "cancelled");
  }

  on<Name extends keyof TransferEvents>(
    event: Name,
    listener: (detail: TransferEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  /** Whether bytes may move now. */
  get isMoving(): boolean {
    return this.#state === "running";
  }

  get isAccepted(): boolean {
    return this.#accepted;
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  accepted(): void {
    this.#accepted = true;
    this.#refresh();
  }

  /** There is a connection to the peer (again), or none any more. */
  connection(connected: boolean): void {
    this.#connected = connected;
    this.#speedometer.reset();
    if (connected && this.#pausedHere) this.#sayPause();
    if (!connected) this.#pausedThere = false;
    this.#refresh();
  }

  pausedByPeer(paused: boolean): void {
    this.#pausedThere = paused;
    this.#refresh();
  }

  /** The other side has ended it. */
  endedByPeer(word: EndWord): void {
    this.finish(word === "cancelled" ? "peer-cancelled" : word === "failed" ? "peer-failed" : word);
  }

  /** Ends it here; with `word` the other side is told. */
  finish(reason: TransferReason, word?: EndWord | "done", cause?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { reason, ...(cause !== undefined && { cause }) };
    clearTimeout(this.#progressTimer);
    this.#state = "ended";
    this.onFinish();
    this.#options.onEnd(word);
    this.#events.emit("progress", this.#transferred);
    this.#events.emit("state", "ended");
    this.#events.emit("ended", this.#end);
    this.#resolveEnded(this.#end);
    this.#events.clear();
  }

  say(body: ControlBody): void {
    this.#options.say(body);
  }

  /** The receiver has verified and written this many bytes in all. */
  progressed(bytes: number): void {
    this.#transferred = bytes;
    this.#speedometer.measure(bytes);
    this.#progressTimer ??= setTimeout(() => {
      this.#progressTimer = undefined;
      this.#events.emit("progress", this.#transferred);
    }, PROGRESS_MS);
  }

  /** It may move now, or may not any more. */
  protected abstract onMoving(moving: boolean): void;

  protected abstract onFinish(): void;

  #pauseHere(paused: boolean): void {
    if (this.#pausedHere === paused || this.#end !== undefined) return;
    this.#pausedHere = paused;
    if (this.#connected) this.#sayPause();
    this.#refresh();
  }

  #sayPause(): void {
    const by = this.direction === "out" ? "sender" : "receiver";
    this.say({ type: "pause", id: this.id, by, paused: this.#pausedHere });
  }

  #refresh(): void {
    if (this.#end !== undefined) return;
    const state = this.#stateNow();
    if (state === this.#state) return;
    this.#state = state;
    this.#speedometer.reset();
    this.#speedometer.measure(this.#transferred);
    this.onMoving(state === "running");
    this.#events.emit("state", state);
  }

  #stateNow(): TransferState {
    if (!this.#accepted) return "offered";
    if (!this.#connected) return "waiting";
    return this.#pausedHere || this.#pausedThere ? "paused" : "running";
  }
}

const PROGRESS_MS = 200;
