import "../disposable.ts";
import type { Call } from "../call/call.ts";
import type { Channel } from "../channel/channel.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import type { Peer } from "../peer/peer.ts";
import { connectionFingerprints } from "../verify/fingerprints.ts";
import { CodeExchange, type CodeFailure, type CodeRole } from "./code-exchange.ts";
import type { TransferCode } from "./transfer-code.ts";

export interface CodeLockEvents {
  /** This peer has the same code, and nobody sits in between. Comes again for each connection. */
  readonly trusted: Peer;
  /** The code is of no use any more. Whoever is trusted stays so, for as long as its connection. */
  readonly failed: CodeFailure;
}

/**
 * Trusts those peers of a call that have the same code, and of them only the connection over which they
 * have shown it: the server, who could sit in between, does not have it. A guard for `Files`.
 */
export class CodeLock implements Disposable {
  readonly code: TransferCode;
  readonly role: CodeRole;
  readonly #channel: Channel;
  readonly #events = new Emitter<CodeLockEvents>();
  readonly #exchanges = new Map<string, CodeExchange>();
  readonly #trusted = new Set<string>();
  #failure: CodeFailure | undefined;

  /** Throws a `TincanError` `overflow` when the call has one already. */
  constructor(call: Call, code: TransferCode, role: CodeRole) {
    this.code = code;
    this.role = role;
    this.#channel = call.channel({ label: "tincan.code", id: CHANNEL_ID });
    this.#channel.on("open", (peer) => this.#begin(peer));
    this.#channel.on("close", (peer) => this.#end(peer));
    this.#channel.on("message", ({ peer, data }) => this.#exchanges.get(peer.id)?.receive(data));
  }

  trusts(peerId: string): boolean {
    return this.#trusted.has(peerId);
  }

  on<Name extends keyof CodeLockEvents>(
    event: Name,
    listener: (detail: CodeLockEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  [Symbol.dispose](): void {
    this.#trusted.clear();
    this.#exchanges.clear();
    this.#events.clear();
    this.#channel.close();
  }

  #begin(peer: Peer): void {
    this.#end(peer);
    const { pc } = peer;
    this.#exchanges.set(
      peer.id,
      new CodeExchange({
        role: this.role,
        code: this.code,
        // Of the connection that the messages go over, and of no other.
        fingerprints: () => connectionFingerprints(pc),
        send: (text) => void this.#channel.send(peer.id, text),
        mayRisk: () => this.#mayRisk(),
        onTrusted: () => {
          this.#trusted.add(peer.id);
          this.#events.emit("trusted", peer);
        },
        onFailed: (failure) => this.#fail(failure),
      }),
    );
  }

  #end(peer: Peer): void {
    this.#trusted.delete(peer.id);
    const exchange = this.#exchanges.get(peer.id);
    this.#exchanges.delete(peer.id);
    exchange?.close();
  }

  /** One wrong guess is all that there is, and the taker shows its confirmation to one at a time. */
  #mayRisk(): boolean {
    if (this.#failure !== undefined) return false;
    if (this.role === "maker") return true;
    return ![...this.#exchanges.values()].some(({ isRisking }) => isRisking);
  }

  #fail(failure: CodeFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#events.emit("failed", failure);
  }
}

/** Of Tincan's own channels (PEER-PROTOCOL.md). */
const CHANNEL_ID = 5;
