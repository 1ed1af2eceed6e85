import {
  type Crypto,
  type Instant,
  type Machine,
  type Output,
  Outputs,
  type TransportAddress,
} from "../wire/index.ts";
import { AlternateDomain, AlternateServer, baseAttributeTypes, ErrorCode } from "./attributes.ts";
import { ClientTransaction, type Retransmission } from "./client-transaction.ts";
import type { ChallengeVerdict, LongTermClient } from "./long-term-client.ts";
import type { StunMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";

/** What is asked, and over what. */
export interface ClientRequestOptions {
  readonly crypto: Crypto;
  readonly method: number;
  /** Adds the request's own attributes; called again for each new transaction. */
  readonly write?: (writer: MessageWriter) => void;
  /** How the request is repeated over UDP; `undefined` over TCP and TLS. */
  readonly retransmission: Retransmission | undefined;
  /** Answers the server's challenges; without it a 401 is the end. */
  readonly longTerm?: LongTermClient;
  /** Adds FINGERPRINT, for ports that carry other protocols too (RFC 8489 §7). */
  readonly fingerprint?: boolean;
  /** The comprehension-required attributes that a response may carry; those of RFC 8489 by default. */
  readonly known?: ReadonlySet<number>;
}

/** How a request ends. */
export type RequestEvent =
  | { readonly type: "success"; readonly response: StunMessage }
  | {
      readonly type: "error";
      readonly code: number;
      readonly reason: string;
      readonly response: StunMessage;
    }
  /** 300: the same request is to be made there (RFC 8489 §10). */
  | {
      readonly type: "alternate";
      readonly server: TransportAddress;
      readonly domain: string | undefined;
    }
  | {
      readonly type: "unauthorized";
      readonly why: Exclude<ChallengeVerdict, "retry"> | "no-credentials";
    }
  | { readonly type: "bad-response"; readonly response: StunMessage }
  | { readonly type: "timeout" };

/**
 * A request with all that RFC 8489 lets happen to it: sent again over UDP, challenged by 401, told by
 * 438 that its nonce is stale, sent elsewhere by 300. Each try is a transaction of its own.
 */
export class ClientRequest implements Machine<Uint8Array, RequestEvent> {
  readonly #options: ClientRequestOptions;
  readonly #outputs = new Outputs<Uint8Array, RequestEvent>();
  #transaction: ClientTransaction;
  #triesLeft = maxTries;

  constructor(options: ClientRequestOptions, now: Instant) {
    this.#options = options;
    this.#transaction = this.#start(now);
    this.#drain(now);
  }

  get deadline(): Instant | undefined {
    return this.#transaction.deadline;
  }

  receive(packet: Uint8Array, now: Instant): void {
    this.#transaction.receive(packet, now);
    this.#drain(now);
  }

  handleTimeout(now: Instant): void {
    this.#transaction.handleTimeout(now);
    this.#drain(now);
  }

  poll(): Output<Uint8Array, RequestEvent> | undefined {
    return this.#outputs.poll();
  }

  #start(now: Instant): ClientTransaction {
    const { crypto, method, longTerm } = this.#options;
    const writer = new MessageWriter().begin(method, "request", crypto.random(12));
    this.#options.write?.(writer);
    longTerm?.addCredentials(writer);
    longTerm?.sign(writer);
    if (this.#options.fingerprint) writer.addFingerprint();
    this.#triesLeft -= 1;
    return new ClientTransaction(
      writer.finish(),
      this.#options.retransmission,
      now,
      (response) => longTerm?.isAuthentic(response) ?? true,
    );
  }

  #drain(now: Instant): void {
    const transaction = this.#transaction;
    for (let output = transaction.poll(); output !== undefined; output = transaction.poll()) {
      if (output.type === "packet") this.#outputs.packet(output.packet);
      else if (output.event.type === "timeout") this.#outputs.event({ type: "timeout" });
      else this.#handleResponse(output.event.response, now);
    }
  }

  /** RFC 8489 §6.3.3 and §6.3.4. */
  #handleResponse(response: StunMessage, now: Instant): void {
    const unknown = response.unknownRequired(this.#options.known ?? baseAttributeTypes);
    const error = response.value(ErrorCode);
    if (unknown.length > 0 || (response.class === "error" && error === undefined)) {
      this.#outputs.event({ type: "bad-response", response });
    } else if (error === undefined || response.class === "success") {
      this.#outputs.event({ type: "success", response });
    } else if (error.code === 401 || error.code === 438) this.#handleChallenge(response, now);
    else if (error.code === 300) this.#handleAlternate(response);
    else this.#outputs.event({ type: "error", ...error, response });
  }

  #handleChallenge(response: StunMessage, now: Instant): void {
    const why = this.#options.longTerm?.handleChallenge(response) ?? "no-credentials";
    if (why !== "retry") this.#outputs.event({ type: "unauthorized", why });
    else if (this.#triesLeft === 0) this.#outputs.event({ type: "unauthorized", why: "refused" });
    else {
      this.#transaction = this.#start(now);
      this.#drain(now);
    }
  }

  #handleAlternate(response: StunMessage): void {
    const server = response.value(AlternateServer);
    if (server === undefined) this.#outputs.event({ type: "bad-response", response });
    else {
      this.#outputs.event({ type: "alternate", server, domain: response.value(AlternateDomain) });
    }
  }
}

/** Once without credentials, once with them, and twice more for a nonce or a realm that has changed. */
const maxTries = 4;
