import type { Credentials } from "../stun/index.ts";
import { type Crypto, type Instant, type Machine, type Output, Outputs } from "../wire/index.ts";
import { ConnectionId } from "./attributes.ts";
import { ClientRequests } from "./client-requests.ts";
import { connectionBindMethod } from "./methods.ts";
import { StreamFramer } from "./stream-framer.ts";

/** What a data connection tells of: that it is bound, its bytes, or that the server refused it. */
export type TurnDataConnectionEvent =
  | { readonly type: "bound" }
  | { readonly type: "data"; readonly data: Uint8Array }
  | { readonly type: "ended"; readonly reason: "refused" | "broken-stream" };

/** The client's connection that carries one peer connection's bytes (RFC 6062 §4.3, §5.4). */
export class TurnDataConnection implements Machine<Uint8Array, TurnDataConnectionEvent> {
  readonly #framer = new StreamFramer();
  readonly #outputs = new Outputs<Uint8Array, TurnDataConnectionEvent>();
  readonly #requests: ClientRequests;
  #state: "binding" | "bound" | "ended" = "binding";

  /** Asks at once to bind the connection to what `connectionId` stands for. */
  constructor(
    options: {
      readonly crypto: Crypto;
      readonly credentials: Credentials;
      readonly connectionId: number;
    },
    now: Instant,
  ) {
    const { crypto, credentials, connectionId } = options;
    this.#requests = new ClientRequests(
      { crypto, credentials, transport: "tcp", fingerprint: false },
      (packet) => this.#outputs.packet(packet),
    );
    this.#requests.make(
      connectionBindMethod,
      (writer) => writer.add(ConnectionId, connectionId),
      (event) => {
        if (event.type === "success") {
          this.#state = "bound";
          this.#outputs.event({ type: "bound" });
        } else this.#end("refused");
      },
      now,
    );
  }

  receive(packet: Uint8Array, now: Instant): void {
    if (this.#state === "bound") this.#outputs.event({ type: "data", data: packet });
    if (this.#state !== "binding") return;
    this.#framer.push(packet);
    while (this.#state === "binding") {
      const message = this.#framer.next();
      if (message === undefined) break;
      this.#requests.receive(message, now);
    }
    this.#afterMessages();
  }

  handleTimeout(now: Instant): void {
    this.#requests.handleTimeout(now);
  }

  poll(): Output<Uint8Array, TurnDataConnectionEvent> | undefined {
    return this.#outputs.poll();
  }

  get deadline(): Instant | undefined {
    return this.#requests.deadline;
  }

  /** What came behind the success response is the peer's already. */
  #afterMessages(): void {
    if (this.#framer.fault !== undefined) this.#end("broken-stream");
    if (this.#state !== "bound") return;
    const data = this.#framer.takeRest();
    if (data.length > 0) this.#outputs.event({ type: "data", data });
  }

  #end(reason: "refused" | "broken-stream"): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#requests.clear();
    this.#outputs.event({ type: "ended", reason });
  }
}
