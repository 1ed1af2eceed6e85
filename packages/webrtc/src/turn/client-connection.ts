import { decodeMessage } from "../stun/index.ts";
import type { Instant } from "../wire/index.ts";
import type { Binding } from "./binding.ts";
import { isChannelData } from "./channel-data.ts";
import { relayChannelData } from "./client-data.ts";
import { dispatch } from "./dispatch.ts";
import { ConnectionTuple } from "./five-tuple.ts";
import type { StreamReceiver, StreamSocket } from "./ports.ts";
import type { Mortal, ServerState } from "./server-state.ts";
import { StreamFramer } from "./stream-framer.ts";
import type { PeerConnection } from "./tcp-relay.ts";

/** A connection without an allocation that says nothing for so long is closed. */
export const idleConnectionS = 60;

/** A client on TCP, TLS or DTLS. */
export class ClientConnection implements StreamReceiver, Mortal {
  expiresAt: Instant;
  readonly #state: ServerState;
  readonly #binding: Binding;
  readonly #tuple: ConnectionTuple;
  readonly #framer = new StreamFramer();
  /** Whose bytes the connection carries after a ConnectionBind. */
  #bound: PeerConnection | undefined;
  #isClosed = false;

  constructor(
    state: ServerState,
    binding: Binding,
    socket: StreamSocket,
    transport: "tcp" | "tls" | "dtls",
    now: Instant,
  ) {
    this.#state = state;
    this.#binding = binding;
    this.#tuple = new ConnectionTuple(socket, transport);
    this.expiresAt = now + idleConnectionS * 1000;
    state.deadlines.add(this);
  }

  receive(bytes: Uint8Array, now: Instant): void {
    if (this.#isClosed) return;
    this.expiresAt = now + idleConnectionS * 1000;
    if (this.#bound !== undefined) this.#bound.toPeer(bytes);
    else if (this.#tuple.isStream) this.#receiveStream(bytes, now);
    else this.#handle(bytes, now);
  }

  drained(): void {
    this.#tuple.isBacklogged = false;
    this.#bound?.clientDrained();
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#state.deadlines.delete(this);
    this.#bound?.clientClosed();
    const { allocation } = this.#tuple;
    if (allocation === undefined) return;
    if (allocation.previousTuple === this.#tuple) allocation.forgetPreviousTuple();
    // A client with a ticket may come back over another connection (RFC 8016 §3.2.1).
    else if (allocation.ticket === undefined) allocation.end("connection-closed");
    else this.#tuple.isBacklogged = true;
  }

  /** Nothing came for a while: an allocation or a peer connection keeps the connection, nothing else does. */
  expire(now: Instant): void {
    const isBound = this.#bound !== undefined && !this.#bound.isClosed;
    if (this.#tuple.allocation === undefined && !isBound) this.#close();
    else {
      this.expiresAt = now + idleConnectionS * 1000;
      this.#state.deadlines.add(this);
    }
  }

  #receiveStream(bytes: Uint8Array, now: Instant): void {
    this.#framer.push(bytes);
    for (;;) {
      const message = this.#framer.next();
      if (message === undefined) break;
      this.#handle(message, now);
      if (this.#bound !== undefined) {
        const rest = this.#framer.takeRest();
        if (rest.length > 0) this.#bound.toPeer(rest);
        return;
      }
    }
    if (this.#framer.fault === undefined) return;
    this.#state.counters.drop(this.#framer.fault);
    this.#close();
  }

  #handle(bytes: Uint8Array, now: Instant): void {
    if (bytes.length > 0 && isChannelData(bytes[0] as number)) {
      relayChannelData(this.#state, this.#tuple, bytes, 0, bytes.length, now);
      return;
    }
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) this.#state.counters.drop(decoded.fault);
    else if (!this.#binding.handle(this.#tuple, decoded.value, now)) {
      this.#bound = dispatch(this.#state, this.#tuple, decoded.value, now);
    }
  }

  #close(): void {
    this.#tuple.socket.close();
    this.closed();
  }
}
