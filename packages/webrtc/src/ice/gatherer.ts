import {
  bindingMethod,
  ClientRequest,
  type RequestEvent,
  udpRetransmission,
  XorMappedAddress,
} from "../stun/index.ts";
import { type Crypto, type Instant, sameAddress, type TransportAddress } from "../wire/index.ts";
import type { Base } from "./base.ts";
import { type BaseId, candidatePriority, canReach, type LocalCandidate } from "./candidate.ts";
import type { Foundations } from "./foundations.ts";
import { type ServerErrors, unreachedCode } from "./server-errors.ts";

/** A STUN server that is asked for server-reflexive candidates; its name is looked up by then. */
export interface StunServerAddress {
  readonly url: string;
  readonly address: TransportAddress;
}

/** What a gatherer tells, and sends through. */
export interface GathererListener {
  send(base: BaseId, remote: TransportAddress, bytes: Uint8Array): void;
  candidate(candidate: LocalCandidate, now: Instant): void;
  readonly errors: Pick<ServerErrors, "add" | "reached">;
}

/** What is asked from where. */
export interface GathererOptions {
  readonly crypto: Crypto;
  readonly foundations: Foundations;
  readonly servers: readonly StunServerAddress[];
  /** The least time between the beginnings of two requests: Ta (RFC 8445 §14.2). */
  readonly paceMs: number;
}

interface Question {
  readonly base: Base;
  readonly server: StunServerAddress;
}

interface Asked extends Question {
  readonly request: ClientRequest;
}

/** Asks STUN servers how bases look from outside (RFC 8445 §5.1.1.2). */
export class Gatherer {
  servers: readonly StunServerAddress[];
  readonly #options: GathererOptions;
  readonly #listener: GathererListener;
  readonly #waiting: Question[] = [];
  readonly #asked = new Set<Asked>();
  readonly #found = new Set<string>();
  #nextAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(options: GathererOptions, listener: GathererListener) {
    this.#options = options;
    this.servers = options.servers;
    this.#listener = listener;
  }

  get isDone(): boolean {
    return this.#waiting.length === 0 && this.#asked.size === 0;
  }

  get deadline(): Instant | undefined {
    let earliest = this.#waiting.length > 0 ? this.#nextAt : undefined;
    for (const { request } of this.#asked) {
      const at = request.deadline;
      if (at !== undefined && at < (earliest ?? Number.POSITIVE_INFINITY)) earliest = at;
    }
    return earliest;
  }

  /** Asks every server that a base can reach. */
  gather(base: Base, now: Instant): void {
    for (const server of this.servers) {
      if (canReach(base.address, server.address)) this.#waiting.push({ base, server });
    }
    this.run(now);
  }

  /** A base is gone: nobody is asked from there any more. */
  removeBase(id: BaseId): void {
    for (const asked of this.#asked) if (asked.base.id === id) this.#asked.delete(asked);
    for (const question of this.#waiting.splice(0)) {
      if (question.base.id !== id) this.#waiting.push(question);
    }
  }

  /** Asks what is due, and asks again what nobody answered. */
  run(now: Instant): void {
    for (const asked of [...this.#asked]) {
      if ((asked.request.deadline ?? Number.POSITIVE_INFINITY) > now) continue;
      asked.request.handleTimeout(now);
      this.#drain(asked, now);
    }
    while (this.#waiting.length > 0 && this.#nextAt <= now) {
      const question = this.#waiting.shift() as Question;
      this.#nextAt = now + this.#options.paceMs;
      const { crypto } = this.#options;
      const request = new ClientRequest(
        { crypto, method: bindingMethod, retransmission: udpRetransmission },
        now,
      );
      const asked = { ...question, request };
      this.#asked.add(asked);
      this.#drain(asked, now);
    }
  }

  /** A response to one of the requests, or `false` where it is none. */
  receive(bytes: Uint8Array, base: BaseId, from: TransportAddress, now: Instant): boolean {
    for (const asked of this.#asked) {
      if (asked.base.id !== base || !sameAddress(asked.server.address, from)) continue;
      asked.request.receive(bytes, now);
      if (this.#drain(asked, now)) return true;
    }
    return false;
  }

  #drain(asked: Asked, now: Instant): boolean {
    for (let output = asked.request.poll(); output !== undefined; output = asked.request.poll()) {
      if (output.type === "packet") {
        this.#listener.send(asked.base.id, asked.server.address, output.packet);
      } else {
        this.#asked.delete(asked);
        this.#handle(output.event, asked, now);
        return true;
      }
    }
    return false;
  }

  #handle(event: RequestEvent, { base, server }: Asked, now: Instant): void {
    const mapped = event.type === "success" ? event.response.value(XorMappedAddress) : undefined;
    if (mapped === undefined) {
      this.#listener.errors.add({ url: server.url, address: base.address, ...errorOf(event) });
      return;
    }
    this.#listener.errors.reached(server.url);
    // RFC 8445 §5.1.3: what is the base itself, or was found before, is redundant.
    const key = `${base.id} ${mapped.ip} ${mapped.port}`;
    if (sameAddress(mapped, base.address) || this.#found.has(key)) return;
    this.#found.add(key);
    this.#listener.candidate(
      {
        type: "srflx",
        transport: "udp",
        address: mapped,
        priority: candidatePriority("srflx", base.localPreference),
        foundation: this.#options.foundations.of(
          "srflx",
          "udp",
          base.address.ip,
          server.address.ip,
        ),
        base: base.id,
        related: base.address,
        url: server.url,
      },
      now,
    );
  }
}

function errorOf(event: RequestEvent): { code: number; text: string } {
  if (event.type === "error") return { code: event.code, text: event.reason };
  if (event.type === "alternate") {
    return { code: 300, text: "The STUN server sends its clients elsewhere." };
  }
  if (event.type === "unauthorized") {
    return { code: 401, text: "The STUN server wants credentials." };
  }
  const text =
    event.type === "timeout"
      ? "The STUN server did not answer."
      : "The STUN server's answer makes no sense.";
  return { code: unreachedCode, text };
}
