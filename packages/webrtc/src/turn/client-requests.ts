import {
  ClientRequest,
  type Credentials,
  LongTermClient,
  type MessageWriter,
  type RequestEvent,
  udpRetransmission,
} from "../stun/index.ts";
import type { Crypto, Instant } from "../wire/index.ts";
import { turnAttributeTypes } from "./attributes.ts";
import type { ClientTransport } from "./five-tuple.ts";

/** How a client signs and sends its requests. */
export interface ClientRequestsOptions {
  readonly crypto: Crypto;
  readonly credentials: Credentials;
  readonly transport: ClientTransport;
  readonly fingerprint: boolean;
}

/** The requests of a client that wait for their answers. They share what the server's challenges taught. */
export class ClientRequests {
  readonly #options: ClientRequestsOptions;
  readonly #longTerm: LongTermClient;
  readonly #send: (packet: Uint8Array) => void;
  readonly #waiting = new Map<ClientRequest, (event: RequestEvent, now: Instant) => void>();

  constructor(options: ClientRequestsOptions, send: (packet: Uint8Array) => void) {
    this.#options = options;
    this.#longTerm = new LongTermClient(options.crypto, options.credentials);
    this.#send = send;
  }

  /** Makes a request; `done` is called once, from `receive` or `handleTimeout`. */
  make(
    method: number,
    write: (writer: MessageWriter) => void,
    done: (event: RequestEvent, now: Instant) => void,
    now: Instant,
  ): void {
    const { crypto, transport, fingerprint } = this.#options;
    const isDatagram = transport === "udp" || transport === "dtls";
    const request = new ClientRequest(
      {
        crypto,
        method,
        write,
        retransmission: isDatagram ? udpRetransmission : undefined,
        longTerm: this.#longTerm,
        fingerprint,
        known: turnAttributeTypes,
      },
      now,
    );
    this.#waiting.set(request, done);
    this.#drain(request, now);
  }

  /** Takes a response; it is passed over where nobody waits for it. */
  receive(message: Uint8Array, now: Instant): void {
    for (const request of [...this.#waiting.keys()]) {
      request.receive(message, now);
      this.#drain(request, now);
    }
  }

  handleTimeout(now: Instant): void {
    for (const request of [...this.#waiting.keys()]) {
      if ((request.deadline ?? Number.POSITIVE_INFINITY) > now) continue;
      request.handleTimeout(now);
      this.#drain(request, now);
    }
  }

  get deadline(): Instant | undefined {
    let earliest: Instant | undefined;
    for (const { deadline } of this.#waiting.keys()) {
      if (deadline !== undefined && (earliest === undefined || deadline < earliest)) {
        earliest = deadline;
      }
    }
    return earliest;
  }

  /** Forgets all that wait. */
  clear(): void {
    this.#waiting.clear();
  }

  #drain(request: ClientRequest, now: Instant): void {
    for (let output = request.poll(); output !== undefined; output = request.poll()) {
      if (output.type === "packet") this.#send(output.packet);
      else {
        const done = this.#waiting.get(request);
        this.#waiting.delete(request);
        done?.(output.event, now);
      }
    }
  }
}
