import "../disposable.ts";
import type { Call } from "../call/call.ts";
import type { Channel } from "../channel/channel.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import type { Peer } from "../peer/peer.ts";
import { Exchange, type VerificationFault } from "./exchange.ts";
import { connectionFingerprints } from "./fingerprints.ts";

/** What verification tells, for `Verification.on`. */
export interface VerificationEvents {
  /** The signs to compare with this peer, as indices in `VERIFICATION_SYMBOLS`; undefined when there are none any more. */
  readonly changed: { readonly peer: Peer; readonly symbols: readonly number[] | undefined };
  /** No string can be made on this connection. Somebody in between may be the reason. */
  readonly fault: { readonly peer: Peer; readonly fault: VerificationFault };
}

/**
 * Makes with each peer of a call a short authentication string that both can read to each other.
 * It is another one for each connection: after a reload it has to be compared again.
 */
export class Verification implements Disposable {
  readonly #call: Call;
  readonly #channel: Channel;
  readonly #events = new Emitter<VerificationEvents>();
  readonly #exchanges = new Map<string, Exchange>();
  readonly #symbols = new Map<string, readonly number[]>();
  readonly #ended = new AbortController();

  /** Throws a `TincanError` `overflow` when the call has one already. */
  constructor(call: Call, options: ListenOptions = {}) {
    this.#call = call;
    this.#channel = call.channel({ label: "tincan.verify", id: CHANNEL_ID });
    const { signal } = this.#ended;
    this.#channel.on("open", (peer) => this.#begin(peer), { signal });
    this.#channel.on("close", (peer) => this.#end(peer), { signal });
    this.#channel.on("message", ({ peer, data }) => this.#exchanges.get(peer.id)?.receive(data), {
      signal,
    });
    call.on("ended", () => this.dispose(), { signal });
    options.signal?.addEventListener("abort", () => this.dispose(), { signal });
    if (options.signal?.aborted) this.dispose();
  }

  /** The signs to compare with this peer, when there are any. */
  of(peerId: string): readonly number[] | undefined {
    return this.#symbols.get(peerId);
  }

  on<Name extends keyof VerificationEvents>(
    event: Name,
    listener: (detail: VerificationEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  dispose(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    for (const exchange of this.#exchanges.values()) exchange.close();
    this.#exchanges.clear();
    this.#symbols.clear();
    this.#events.clear();
    this.#channel.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #begin(peer: Peer): void {
    this.#end(peer);
    const { pc } = peer;
    const exchange = new Exchange({
      commits: this.#call.self.id < peer.id,
      // Of the connection that the messages go over, and of no other.
      fingerprints: () => connectionFingerprints(pc),
      send: (text) => void this.#channel.send(peer.id, text),
      onSymbols: (symbols) => {
        if (this.#exchanges.get(peer.id) === exchange) this.#set(peer, symbols);
      },
      onFault: (fault) => this.#events.emit("fault", { peer, fault }),
    });
    this.#exchanges.set(peer.id, exchange);
  }

  #end(peer: Peer): void {
    this.#exchanges.get(peer.id)?.close();
    this.#exchanges.delete(peer.id);
    this.#set(peer, undefined);
  }

  #set(peer: Peer, symbols: readonly number[] | undefined): void {
    if (symbols === undefined) {
      if (!this.#symbols.delete(peer.id)) return;
    } else {
      this.#symbols.set(peer.id, symbols);
    }
    this.#events.emit("changed", { peer, symbols });
  }
}

/** Of Tincan's own channels (PEER-PROTOCOL.md). */
const CHANNEL_ID = 4;
