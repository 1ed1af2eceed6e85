import { distance32, type Instant } from "../wire/index.ts";
import type { AssociationCore } from "./association-core.ts";
import { encodeReconfig, RESULT, type Reconfiguration } from "./reconfig-chunk.ts";

/** What comes of resets. No stream identifiers stand for all streams. */
export interface StreamResetListener {
  /** The peer has reset its outgoing streams: nothing more comes on them as they were. */
  incomingReset(streamIds: readonly number[]): void;
  /** The peer has answered our request. */
  outgoingReset(streamIds: readonly number[], performed: boolean): void;
}

/**
 * Stream reset (RFC 6525) as data channels use it: each side resets its outgoing streams. One
 * request is under way at a time; streams that are to be reset meanwhile share the next one.
 */
export class StreamResets {
  readonly #core: AssociationCore;
  readonly #listener: StreamResetListener;
  readonly #pending = new Set<number>();
  #request: { readonly ids: readonly number[]; readonly number: number } | undefined;
  #chunk: Uint8Array | undefined;
  #attempts = 0;
  #nextNumber: number;

  #peerNext: number;
  #peerStreams: number;
  #lastResult: number = RESULT.nothingToDo;
  /** The peer's reset waits for the data before it (RFC 6525 §5.2.2, E2). */
  #deferred: Extract<Reconfiguration, { type: "outgoing-reset" }> | undefined;

  constructor(
    core: AssociationCore,
    initialTsn: number,
    peer: { readonly initialTsn: number; readonly outboundStreams: number },
    listener: StreamResetListener,
  ) {
    this.#core = core;
    this.#listener = listener;
    this.#nextNumber = initialTsn;
    this.#peerNext = peer.initialTsn;
    this.#peerStreams = peer.outboundStreams;
  }

  /** Resets an outgoing stream whose backlog has left. */
  reset(streamId: number, now: Instant): void {
    this.#pending.add(streamId);
    this.#sendNext(now);
  }

  receive(all: readonly Reconfiguration[], now: Instant): void {
    for (const one of all) {
      if (one.type === "response") this.#receiveResponse(one.request, one.result, now);
      else this.#receiveRequest(one);
    }
  }

  /** Data came in: a reset that waited for it may be due. */
  dataReceived(): void {
    const deferred = this.#deferred;
    if (deferred === undefined || !this.#isComplete(deferred.lastTsn)) return;
    this.#lastResult = this.#perform(deferred);
    this.#answer(deferred.request, this.#lastResult);
  }

  /** The request stayed without an answer (RFC 6525 §5.1.1); `false` where it did so too often. */
  handleTimeout(now: Instant): boolean {
    if (this.#chunk === undefined) return true;
    this.#attempts += 1;
    if (this.#attempts > this.#core.maxTimeouts) return false;
    this.#core.roundTrip.backOff();
    this.#send(this.#chunk, now);
    return true;
  }

  #sendNext(now: Instant): void {
    const sender = this.#core.sender;
    if (this.#request !== undefined || this.#pending.size === 0 || sender === undefined) return;
    const ids = [...this.#pending].slice(0, maxStreamsPerRequest);
    for (const id of ids) this.#pending.delete(id);
    this.#request = { ids, number: this.#nextNumber };
    this.#nextNumber = (this.#nextNumber + 1) >>> 0;
    this.#attempts = 0;
    this.#chunk = encodeReconfig({
      type: "outgoing-reset",
      request: this.#request.number,
      response: (this.#peerNext - 1) >>> 0,
      lastTsn: sender.lastTsn,
      streamIds: ids,
    });
    this.#send(this.#chunk, now);
  }

  #send(chunk: Uint8Array, now: Instant): void {
    this.#core.send(chunk);
    this.#core.timers.set("reconfig", now + this.#core.roundTrip.rtoMs);
  }

  #receiveResponse(number: number, result: number, now: Instant): void {
    const request = this.#request;
    if (request === undefined || number !== request.number) return;
    if (result === RESULT.inProgress) {
      // It is alive and waits for data: ask again later, without end (RFC 6525 §5.2.7).
      this.#attempts = 0;
      this.#core.timers.set("reconfig", now + this.#core.roundTrip.rtoMs);
      return;
    }
    this.#request = undefined;
    this.#chunk = undefined;
    this.#core.timers.clear("reconfig");
    const performed = result === RESULT.performed || result === RESULT.nothingToDo;
    this.#listener.outgoingReset(request.ids, performed);
    this.#sendNext(now);
  }

  #receiveRequest(one: Exclude<Reconfiguration, { type: "response" }>): void {
    const ahead = distance32(one.request, this.#peerNext);
    if (ahead === -1) {
      // The answer was lost, or "in progress" (RFC 6525 §5.2.1).
      this.#answer(one.request, this.#lastResult);
      return;
    }
    if (ahead !== 0) {
      this.#answer(one.request, RESULT.badSequenceNumber);
      return;
    }
    this.#peerNext = (this.#peerNext + 1) >>> 0;
    this.#lastResult = this.#decide(one);
    this.#answer(one.request, this.#lastResult);
  }

  #decide(one: Exclude<Reconfiguration, { type: "response" }>): number {
    switch (one.type) {
      case "outgoing-reset":
        if (this.#isComplete(one.lastTsn)) return this.#perform(one);
        this.#deferred = one;
        return RESULT.inProgress;
      case "add-outgoing-streams":
        // Streams cost nothing here until they are used; only the identifiers end.
        if (one.count === 0 || this.#peerStreams + one.count > maxStreams) return RESULT.denied;
        this.#peerStreams += one.count;
        return RESULT.performed;
      default:
        // Data channels are reset from their sender's side only (RFC 8831 §6.7).
        return RESULT.denied;
    }
  }

  #perform(one: { readonly streamIds: readonly number[] }): number {
    this.#deferred = undefined;
    this.#core.receiver?.reset(one.streamIds);
    this.#listener.incomingReset(one.streamIds);
    return RESULT.performed;
  }

  #isComplete(lastTsn: number): boolean {
    const { receiver } = this.#core;
    return receiver !== undefined && distance32(lastTsn, receiver.cumulativeTsn) <= 0;
  }

  #answer(request: number, result: number): void {
    this.#core.send(encodeReconfig({ type: "response", request, result }));
  }
}

/** So many fit into the smallest packet. */
const maxStreamsPerRequest = 512;
const maxStreams = 65_535;
