import { authenticationString, commitmentTo, randomNonce } from "./authentication-string.ts";

/** Why no string could be made: the other side broke the rules, or the browser shows no certificate. */
export type VerificationFault = "malformed" | "commitment" | "too-many-runs" | "no-fingerprint";

export interface ExchangeOptions {
  /** Whether this is the side that commits itself first. */
  readonly commits: boolean;
  readonly fingerprints: () => Promise<readonly [string, string] | undefined>;
  readonly send: (text: string) => void;
  /** The string; undefined while a new one is made. */
  readonly onSymbols: (symbols: readonly number[] | undefined) => void;
  readonly onFault: (fault: VerificationFault) => void;
}

/**
 * Makes one authentication string with one peer, over its connection (README.md, "End to end"): one
 * side commits itself to a nonce, the other answers with its own, the first opens its commitment.
 * Ends at the first fault; a new connection begins a new exchange.
 */
export class Exchange {
  readonly #options: ExchangeOptions;
  #nonce: string = randomNonce();
  /** What the other side has committed itself to. */
  #commitment: string | undefined;
  /** Whether our nonce was opened, or theirs. */
  #done = false;
  #runs = 0;
  #ended = false;
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#queue(() => this.#begin());
  }

  receive(data: string | Uint8Array): void {
    const [, type, value = ""] = (typeof data === "string" && MESSAGE.exec(data)) || [];
    if (type === undefined) this.#fail("malformed");
    else this.#queue(() => this.#handle(type.trim(), value));
  }

  close(): void {
    this.#ended = true;
  }

  async #begin(): Promise<void> {
    const { commits, send } = this.#options;
    send(commits ? `commit ${await commitmentTo(this.#nonce)}` : "hello");
  }

  async #handle(type: string, value: string): Promise<void> {
    const { commits } = this.#options;
    if ((type === "hello") !== (value === "")) this.#fail("malformed");
    else if (commits && type === "hello") await this.#greeted();
    else if (commits && type === "nonce") await this.#answered(value);
    else if (!commits && type === "commit") this.#committed(value);
    else if (!commits && type === "open") await this.#opened(value);
    else this.#fail("malformed");
  }

  /** The other side listens now: it may not have heard the commitment, or has forgotten it. */
  async #greeted(): Promise<void> {
    if (this.#done && !this.#anew()) return;
    await this.#begin();
  }

  async #answered(nonce: string): Promise<void> {
    // The answer to a commitment that was said twice.
    if (this.#done) return;
    this.#done = true;
    this.#options.send(`open ${this.#nonce}`);
    await this.#finish(this.#nonce, nonce);
  }

  #committed(commitment: string): void {
    if (this.#commitment === commitment) return;
    // The nonce that answers a commitment must never answer another one.
    if (this.#commitment !== undefined && !this.#anew()) return;
    this.#commitment = commitment;
    this.#options.send(`nonce ${this.#nonce}`);
  }

  async #opened(nonce: string): Promise<void> {
    if (this.#commitment === undefined || this.#done) return this.#fail("malformed");
    if ((await commitmentTo(nonce)) !== this.#commitment) return this.#fail("commitment");
    this.#done = true;
    await this.#finish(nonce, this.#nonce);
  }

  async #finish(committedNonce: string, answeringNonce: string): Promise<void> {
    const fingerprints = await this.#options.fingerprints();
    if (this.#ended) return;
    if (fingerprints === undefined) return this.#fail("no-fingerprint");
    const symbols = await authenticationString({ fingerprints, committedNonce, answeringNonce });
    if (!this.#ended) this.#options.onSymbols(symbols);
  }

  /** Begins with another nonce; each run is one more guess for somebody in between. */
  #anew(): boolean {
    this.#runs += 1;
    if (this.#runs > MAX_RUNS) {
      this.#fail("too-many-runs");
      return false;
    }
    this.#nonce = randomNonce();
    this.#commitment = undefined;
    this.#done = false;
    this.#options.onSymbols(undefined);
    return true;
  }

  /** One message after the other, as they came. */
  #queue(task: () => Promise<void>): void {
    if (this.#ended) return;
    this.#waiting += 1;
    if (this.#waiting > MAX_WAITING) {
      this.#fail("malformed");
      return;
    }
    this.#work = this.#work.then(async () => {
      if (!this.#ended) await task();
      this.#waiting -= 1;
    });
  }

  #fail(fault: VerificationFault): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onSymbols(undefined);
    this.#options.onFault(fault);
  }
}

const MESSAGE = /^(hello$|commit |nonce |open )([0-9a-f]{64})?$/;

const MAX_RUNS = 16;
const MAX_WAITING = 16;
