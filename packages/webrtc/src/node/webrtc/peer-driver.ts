import type { IceState } from "../../ice/index.ts";
import type { PeerConnection, PeerEvent } from "../../peer/index.ts";
import type { Instant } from "../../wire/index.ts";
import { now } from "../clock.ts";
import { Alternation } from "./alternation.ts";
import type { InterfaceWatch } from "./interface-watch.ts";
import { type GatheringWishes, PeerSockets } from "./peer-sockets.ts";

/** Runs a peer connection on sockets and the real clock. */
export class PeerDriver {
  readonly peer: PeerConnection;
  readonly #on: (event: PeerEvent) => void;
  readonly #sockets: PeerSockets;
  readonly #alternation = new Alternation();
  #timer: NodeJS.Timeout | undefined;
  #timerAt: Instant = Number.POSITIVE_INFINITY;
  #isFlushing = false;
  #isDrainDue = false;
  #isAwake = false;
  #isClosed = false;

  constructor(peer: PeerConnection, on: (event: PeerEvent) => void, watch?: InterfaceWatch) {
    this.peer = peer;
    this.#on = on;
    this.#sockets = new PeerSockets(
      {
        run: (act) => this.run((one, at) => act(one.ice, at)),
        receive: (packet, at) => peer.receive(packet, at),
        drain: () => this.#drainSoon(),
      },
      watch,
    );
  }

  /** Does something to the peer, and sends what comes of it. */
  run<Result>(act: (peer: PeerConnection, now: Instant) => Result): Result {
    const result = act(this.peer, now());
    this.#drain();
    return result;
  }

  /**
   * As `run`, but packets leave when the caller's task is over: small messages then share them, and until then as
   * much is buffered as the task knows of (W3C webrtc §6.2, bufferedAmount).
   */
  queue<Result>(act: (now: Instant) => Result): Result {
    const result = act(now());
    if (!this.#isFlushing) {
      this.#isFlushing = true;
      queueMicrotask(this.#flushNext);
    }
    return result;
  }

  /** Ticks come after all microtasks when a microtask asks for them. */
  readonly #flushNext = (): void => process.nextTick(this.#flush);
  readonly #flush = (): void => {
    this.#isFlushing = false;
    this.#drain();
    this.#alternation.asked(now());
    this.#stayAwake();
  };

  async gather(wanted: GatheringWishes): Promise<void> {
    await this.#sockets.gather(wanted);
  }

  /** Ends the session; what was to be said last still leaves. */
  close(): void {
    if (this.#isClosed) return;
    this.run((peer, at) => peer.close(at));
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#sockets.close();
  }

  /**
   * Drains when the datagrams that wait at the socket are read, of which `dgram` tells one by one:
   * they share an acknowledgement then, and timers are looked at once. Later than at once by less
   * than it takes to read them.
   */
  #drainSoon(): void {
    if (this.#isDrainDue) return;
    this.#isDrainDue = true;
    setImmediate(() => {
      this.#isDrainDue = false;
      this.#drain();
    });
  }

  /** Keeps the event loop turning while an answer is about to come, in place of being woken up by it. */
  #stayAwake(): void {
    if (this.#isAwake || this.#isClosed || !this.#alternation.isAnswerDue(now())) return;
    this.#isAwake = true;
    setImmediate(() => {
      this.#isAwake = false;
      this.#stayAwake();
    });
  }

  #drain(): void {
    if (this.#isClosed) return;
    for (let output = this.peer.poll(); output !== undefined; output = this.peer.poll()) {
      if (output.type === "packet") this.#sockets.send(output.packet);
      else {
        const { event } = output;
        if (event.type === "ice-state") this.#sockets.watch(isInUse(event.state));
        else if (event.type === "message") this.#alternation.answered(now());
        this.#on(event);
      }
    }
    this.#sockets.flush();
    this.#arm();
  }

  /** A timer that is set already and early enough stays: setting one for each packet would cost more than the packet. */
  #arm(): void {
    const { deadline } = this.peer;
    if (deadline === undefined || deadline >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Number.POSITIVE_INFINITY;
        const at = now();
        if ((this.peer.deadline ?? Number.POSITIVE_INFINITY) <= at) this.peer.handleTimeout(at);
        this.#drain();
      },
      Math.max(0, Math.min(Math.ceil(deadline - now()), longestTimerMs)),
    );
  }
}

/** There is a way, or there was one that may come back. */
function isInUse(state: IceState): boolean {
  return state === "connected" || state === "completed" || state === "disconnected";
}

/** setTimeout overflows beyond 31 bits and fires at once. */
const longestTimerMs = 0x7fff_ffff;
