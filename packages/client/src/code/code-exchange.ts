import { passwordScalar, Spake2 } from "./spake2.ts";
import type { TransferCode } from "./transfer-code.ts";

/** Who has made the code, and who was told it. */
export type CodeRole = "maker" | "taker";

/**
 * Why a code led nowhere. `wrong`: the two codes differ, or somebody sits in between. `lost`: the
 * connection broke while the code was checked. `spent`: somebody guessed wrong at the other end before.
 * `no-fingerprint`: the browser does not tell which certificates a connection has.
 */
export type CodeFailure = "wrong" | "lost" | "spent" | "no-fingerprint";

export interface CodeExchangeOptions {
  readonly role: CodeRole;
  readonly code: TransferCode;
  /** Of both certificates, ours first. */
  readonly fingerprints: () => Promise<readonly [string, string] | undefined>;
  readonly send: (text: string) => void;
  /** Whether a guess may be risked: by the taker, to show its confirmation; by the maker, to look at one. */
  readonly mayRisk: () => boolean;
  readonly onTrusted: () => void;
  readonly onFailed: (failure: CodeFailure) => void;
}

/**
 * Checks over one connection whether both sides have the same code and see the same two certificates
 * (PEER-PROTOCOL.md, "Codes"). The taker confirms first, so that the maker gives nothing away to a
 * stranger: every guess is made in front of the maker, and the first wrong one is the last.
 */
export class CodeExchange {
  readonly #options: CodeExchangeOptions;
  readonly #spake: Spake2;
  #theirShare: string | undefined;
  /** What they are to confirm with, once both shares are there. */
  #expected: string | undefined;
  /** What we confirm with. */
  #confirmation = "";
  /** Whether we have shown our confirmation as the taker, and nothing came of it yet. */
  #isRisking = false;
  #ended = false;
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(options: CodeExchangeOptions) {
    this.#options = options;
    this.#spake = new Spake2({
      side: options.role === "maker" ? "A" : "B",
      password: passwordScalar(options.code.text),
      identities: IDENTITIES,
    });
    options.send("hello");
  }

  get isRisking(): boolean {
    return this.#isRisking;
  }

  receive(data: string | Uint8Array): void {
    const [, type, value = ""] = (typeof data === "string" && MESSAGE.exec(data)) || [];
    // What is no message of this protocol, or comes in masses, is not worth an answer.
    if (type === undefined || this.#ended || this.#waiting >= MAX_WAITING) return;
    this.#waiting += 1;
    this.#work = this.#work.then(async () => {
      if (!this.#ended) await this.#handle(type.trim(), value);
      this.#waiting -= 1;
    });
  }

  /** The connection is gone. */
  close(): void {
    if (this.#isRisking) this.#fail("lost");
    this.#ended = true;
  }

  async #handle(type: string, value: string): Promise<void> {
    const { role, send } = this.#options;
    if (type === "hello") {
      if (role === "taker") this.#sayShare();
      else send("hello");
    } else if (type === "share") await this.#shared(value);
    else if (type === "confirm") this.#confirmed(value);
    else if (role === "taker") this.#fail(type === "spent" ? "spent" : "wrong");
  }

  #sayShare(): void {
    this.#options.send(`share ${hex(this.#spake.share)}`);
  }

  async #shared(share: string): Promise<void> {
    const { role, fingerprints, send, mayRisk } = this.#options;
    if (this.#theirShare === undefined) {
      const both = await fingerprints();
      if (this.#ended) return;
      if (both === undefined) {
        this.#fail("no-fingerprint");
        return;
      }
      const [maker, taker] = role === "maker" ? both : both.toReversed();
      const context = new TextEncoder().encode(["tincan-code-1", maker, taker].join("\n"));
      const confirmations = this.#spake.confirmations(bytesOf(share), context);
      if (confirmations === undefined) {
        this.#ended = true;
        return;
      }
      this.#theirShare = share;
      this.#expected = hex(role === "maker" ? confirmations.B : confirmations.A);
      this.#confirmation = hex(role === "maker" ? confirmations.A : confirmations.B);
    } else if (this.#theirShare !== share) return;
    if (role === "maker") {
      if (mayRisk()) this.#sayShare();
      else send("spent");
    } else if (!this.#isRisking && mayRisk()) {
      this.#isRisking = true;
      send(`confirm ${this.#confirmation}`);
    }
  }

  #confirmed(confirmation: string): void {
    const { role, send, mayRisk, onTrusted } = this.#options;
    if (this.#expected === undefined || (role === "taker" && !this.#isRisking)) return;
    if (role === "maker" && !mayRisk()) send("spent");
    else if (confirmation !== this.#expected) {
      send("wrong");
      this.#fail("wrong");
    } else {
      if (role === "maker") send(`confirm ${this.#confirmation}`);
      this.#isRisking = false;
      this.#ended = true;
      onTrusted();
    }
  }

  #fail(failure: CodeFailure): void {
    this.#isRisking = false;
    this.#ended = true;
    this.#options.onFailed(failure);
  }
}

const IDENTITIES = { A: "tincan code maker", B: "tincan code taker" };

const MESSAGE = /^(hello$|wrong$|spent$|share (?=04.{128}$)|confirm (?=.{64}$))([0-9a-f]*)$/;

/** Of one peer, until the last ones are worked off. */
const MAX_WAITING = 16;

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
