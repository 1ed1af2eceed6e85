import {
  bindingMethod,
  hasIntegrity,
  MessageWriter,
  type StunMessage,
  Username,
} from "../stun/index.ts";
import {
  type Crypto,
  type Instant,
  sameAddress,
  type TransportAddress,
  toHex,
} from "../wire/index.ts";
import { Priority } from "./attributes.ts";
import type { BaseId } from "./candidate.ts";
import { type IceCredentials, keyOf } from "./credentials.ts";
import type { Pair } from "./pair.ts";
import type { RoleKeeper } from "./role.ts";

/** How long consent holds after the last answer (RFC 7675 §5.1). */
export const consentLifetimeMs = 30_000;

/** The middle of the random interval between two consent checks (RFC 7675 §5.1). */
export const consentIntervalMs = 5000;

/** An answer that is this late makes the connection count as interrupted; loss of a single check doesn't. */
export const interruptedAfterMs = 9000;

/** What the checks of one pair are made with. */
export interface ConsentOptions {
  readonly crypto: Crypto;
  readonly roles: RoleKeeper;
  readonly pair: Pair;
  readonly local: IceCredentials;
  readonly remote: IceCredentials;
  readonly send: (base: BaseId, remote: TransportAddress, bytes: Uint8Array, now: Instant) => void;
}

/** Whether the other side still wants what it is sent (RFC 7675); keeps NAT mappings open as well. */
export class Consent {
  readonly #options: ConsentOptions;
  readonly #key: Uint8Array;
  /** When each check that may still be answered was sent; at most those of one lifetime. */
  readonly #sentAt = new Map<string, Instant>();
  #nextAt: Instant;

  constructor(options: ConsentOptions, now: Instant) {
    this.#options = options;
    this.#key = keyOf(options.remote);
    options.pair.lastResponseAt ??= now;
    this.#nextAt = now + this.#interval();
  }

  get pair(): Pair {
    return this.#options.pair;
  }

  /** When consent ends unless an answer comes. */
  get expiresAt(): Instant {
    return (this.pair.lastResponseAt as Instant) + consentLifetimeMs;
  }

  /** Whether answers have stayed away for longer than a lost packet explains. */
  isInterrupted(now: Instant): boolean {
    return now - (this.pair.lastResponseAt as Instant) >= interruptedAfterMs;
  }

  get deadline(): Instant {
    return Math.min(this.#nextAt, this.expiresAt);
  }

  /** Sends the check that is due. Each is a transaction of its own, sent once (RFC 7675 §5.1). */
  run(now: Instant): void {
    if (this.#nextAt > now) return;
    this.#nextAt = now + this.#interval();
    for (const [id, sentAt] of this.#sentAt)
      if (now - sentAt > consentLifetimeMs) this.#sentAt.delete(id);
    const { crypto, roles, pair, local, remote, send } = this.#options;
    const writer = new MessageWriter().begin(bindingMethod, "request", crypto.random(12));
    writer.add(Username, `${remote.ufrag}:${local.ufrag}`).add(Priority, pair.local.priority);
    roles.write(writer);
    const request = writer.addIntegrity(crypto, this.#key).addFingerprint().finish();
    this.#sentAt.set(toHex(request.subarray(8, 20)), now);
    pair.counters.consentRequestsSent += 1;
    send(pair.local.base, pair.remote.address, request, now);
  }

  /** A response to one of the checks, or `false` where it is none. Errors are answers that don't count. */
  handleResponse(
    response: StunMessage,
    base: BaseId,
    from: TransportAddress,
    now: Instant,
  ): boolean {
    const id = toHex(response.transactionId);
    const sentAt = this.#sentAt.get(id);
    if (sentAt === undefined) return false;
    const { crypto, pair } = this.#options;
    const isFromPair = base === pair.local.base && sameAddress(from, pair.remote.address);
    if (!isFromPair || !hasIntegrity(response, crypto, this.#key)) return true;
    this.#sentAt.delete(id);
    if (response.class !== "success") return true;
    pair.answered(now, now - sentAt);
    return true;
  }

  /** 0.8 to 1.2 of the interval, so that checks of many connections don't march in step. */
  #interval(): number {
    const chance = (this.#options.crypto.random(1)[0] as number) / 255;
    return consentIntervalMs * (0.8 + 0.4 * chance);
  }
}
