import { type Instant, type Machine, type Output, Outputs } from "../wire/index.ts";
import { decodeMessage, type StunMessage } from "./message.ts";

/** How often and how long a request is sent over UDP (RFC 8489 §6.2.1). */
export interface Retransmission {
  /** The first interval; each next one is twice as long. */
  readonly rtoMs: number;
  /** Rc: how often the request is sent in all. */
  readonly attempts: number;
  /** Rm: how many times the first interval is waited after the last sending. */
  readonly lastWait: number;
}

/** What RFC 8489 §6.2.1 proposes: sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s, given up at 39.5 s. */
export const udpRetransmission: Retransmission = { rtoMs: 500, attempts: 7, lastWait: 16 };

/** Over TCP and TLS a request is sent once, and given up after Ti (RFC 8489 §6.2.2). */
export const reliableTimeoutMs = 39_500;

/** How a transaction ends. */
export type TransactionEvent =
  | { readonly type: "response"; readonly response: StunMessage }
  | { readonly type: "timeout" };

/**
 * One request until its response or its timeout. Responses are matched by method and transaction;
 * whatever else is received, an answer included that `isAuthentic` does not believe, is passed over
 * as if it had never come (RFC 8489 §6.3.3).
 */
export class ClientTransaction implements Machine<Uint8Array, TransactionEvent> {
  readonly #request: Uint8Array;
  readonly #isAuthentic: (response: StunMessage) => boolean;
  readonly #outputs = new Outputs<Uint8Array, TransactionEvent>();
  readonly #retransmission: Retransmission | undefined;
  #sent = 1;
  #intervalMs: number;
  #deadline: Instant | undefined;

  /** Sends the request at once; without `retransmission` the transport is reliable. */
  constructor(
    request: Uint8Array,
    retransmission: Retransmission | undefined,
    now: Instant,
    isAuthentic: (response: StunMessage) => boolean = () => true,
  ) {
    this.#request = request;
    this.#retransmission = retransmission;
    this.#isAuthentic = isAuthentic;
    this.#intervalMs = retransmission?.rtoMs ?? reliableTimeoutMs;
    this.#deadline = now + this.#wait();
    this.#outputs.packet(request);
  }

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  /** Whether a message is a response to this request. */
  matches(message: StunMessage): boolean {
    return (
      (message.class === "success" || message.class === "error") &&
      message.isOfSameTransaction(this.#request) &&
      ((message.bytes[0] as number) & 0x3e) === ((this.#request[0] as number) & 0x3e) &&
      ((message.bytes[1] as number) & 0xef) === ((this.#request[1] as number) & 0xef)
    );
  }

  receive(packet: Uint8Array, _now: Instant): void {
    if (this.#deadline === undefined) return;
    const result = decodeMessage(packet);
    if (!result.ok || !this.matches(result.value) || !this.#isAuthentic(result.value)) return;
    this.#end({ type: "response", response: result.value });
  }

  handleTimeout(now: Instant): void {
    while (this.#deadline !== undefined && this.#deadline <= now) {
      if (this.#sent >= (this.#retransmission?.attempts ?? 1)) {
        this.#end({ type: "timeout" });
        return;
      }
      this.#sent += 1;
      this.#intervalMs *= 2;
      this.#outputs.packet(this.#request);
      this.#deadline += this.#wait();
    }
  }

  poll(): Output<Uint8Array, TransactionEvent> | undefined {
    return this.#outputs.poll();
  }

  /** How long to wait after the sending that was the last one so far. */
  #wait(): number {
    const plan = this.#retransmission;
    return plan && this.#sent >= plan.attempts ? plan.rtoMs * plan.lastWait : this.#intervalMs;
  }

  #end(event: TransactionEvent): void {
    this.#deadline = undefined;
    this.#outputs.event(event);
  }
}
