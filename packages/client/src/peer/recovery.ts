import { Backoff } from "../backoff.ts";

export interface RecoveryOptions {
  /** Whether the other side can hear us now; nothing is tried while it cannot. */
  readonly reachable: () => boolean;
  /** New ICE credentials and candidates on the same connection (RFC 8445 §9). */
  readonly restartIce: () => void;
  /** A new connection in place of this one. */
  readonly replace: () => void;
}

/**
 * Decides when a connection that does not carry media is restarted: at once when it has failed,
 * after some seconds when it is disconnected, and again with growing waits until it is connected.
 * When restarting ICE did not help, which is so when DTLS has failed, the connection is replaced.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #backoff = new Backoff(FIRST_WAIT_MS, MOST_WAIT_MS);
  #state: RTCPeerConnectionState = "new";
  /** Whether the other side has said a word on this connection. */
  #isNegotiated = false;
  /** ICE restarts since the connection was last connected, or new. */
  #restarts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  changed(state: RTCPeerConnectionState): void {
    this.#state = state;
    if (state === "connected" || state === "closed") this.stop();
    else if (state === "connecting") this.#calm();
    else if (state === "disconnected") this.#schedule(DISCONNECTED_MS);
    else if (state === "failed" && this.#restarts === 0) this.#attempt();
    else if (state === "failed") this.#schedule(this.#backoff.next());
  }

  /**
   * A connection begins, perhaps in the place of the one that was watched. Where nobody answers, what was
   * said got lost or met another connection: both ends may then wait for ever.
   */
  begun(): void {
    this.#state = "new";
    this.#isNegotiated = false;
    this.#schedule(UNANSWERED_MS);
  }

  /**
   * Both sides are described. Chromium 156 can be stuck here: an offer taken back right after it was
   * made may leave the ICE agent without candidates, in state "new" for good.
   */
  negotiated(): void {
    if (this.#state !== "new") return;
    if (!this.#isNegotiated) this.#calm();
    this.#isNegotiated = true;
    this.#schedule(STUCK_MS);
  }

  /** The network has changed, or the other side can be reached again: no reason to wait. */
  hurry(): void {
    if (WAITING.has(this.#state)) this.#attempt();
  }

  /** A connection of which a description was refused is of no use, but another one may fail like it. */
  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#options.replace(), this.#backoff.next());
  }

  /** The other side has closed its connection: only a new one helps. */
  gone(): void {
    this.#state = "closed";
    this.#attempt();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#restarts = 0;
    this.#backoff.reset();
  }

  /** Something moves again: what was waited for has come, unless it came by a restart that may fail yet. */
  #calm(): void {
    if (this.#restarts > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(waitMs: number): void {
    this.#timer ??= setTimeout(() => this.#attempt(), waitMs);
  }

  #attempt(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#schedule(this.#backoff.next());
    if (!this.#options.reachable()) return;
    const isUnanswered = this.#state === "new" && !this.#isNegotiated;
    if (this.#restarts < RESTARTS && this.#state !== "closed" && !isUnanswered) {
      this.#restarts += 1;
      this.#options.restartIce();
    } else {
      this.#restarts = 0;
      this.#options.replace();
    }
  }
}

/** States out of which a connection does not come by waiting. */
const WAITING: ReadonlySet<RTCPeerConnectionState> = new Set(["disconnected", "failed", "closed"]);

/** A disconnected connection often comes back by itself, for instance after a burst of loss (WebRTC §5.6.4). */
const DISCONNECTED_MS = 3_000;

/** Three times as long as either side waits for the other one's offer. */
const UNANSWERED_MS = 9_000;

/** Candidates of the own machine are there within milliseconds. */
const STUCK_MS = 5_000;

const FIRST_WAIT_MS = 4_000;
const MOST_WAIT_MS = 30_000;

/** How many ICE restarts may be in vain before the connection is replaced. */
const RESTARTS = 3;
