import type { Instant } from "../wire/index.ts";
import type { AssociationCore } from "./association-core.ts";
import { Heartbeats } from "./heartbeats.ts";
import { PathMtu } from "./path-mtu.ts";

/** The one path of an association over DTLS: whether it lives, and how large its packets may be. */
export class Path {
  readonly #core: AssociationCore;
  readonly #heartbeats: Heartbeats;
  readonly #mtu: PathMtu;

  constructor(core: AssociationCore, packetSize: number, maxPacketSize: number) {
    this.#core = core;
    this.#heartbeats = new Heartbeats(core.crypto);
    this.#mtu = new PathMtu(packetSize, maxPacketSize);
  }

  get packetSize(): number {
    return this.#mtu.size;
  }

  get unanswered(): number {
    return this.#heartbeats.unanswered;
  }

  start(now: Instant): void {
    this.#startHeartbeat(now);
    this.#probe(now);
  }

  handleHeartbeat(now: Instant): void {
    if (this.#core.sender?.isIdle === true) this.#core.send(this.#heartbeats.next(now));
    this.#startHeartbeat(now);
  }

  /** A probe is unanswered, or it is time to search again. */
  handleMtu(now: Instant): void {
    this.#probe(now);
  }

  answered(bytes: Uint8Array, at: number, length: number, now: Instant): void {
    const answer = this.#heartbeats.answered(bytes, at, length, now);
    if (answer?.roundTripMs !== undefined) this.#core.roundTrip.measure(answer.roundTripMs, now);
    if (answer?.size !== undefined) {
      this.#mtu.acknowledged(answer.size);
      this.#core.sender?.setPacketSize(this.#mtu.size);
      this.#probe(now);
    }
  }

  /** Data went unanswered again and again: perhaps it is only too large (RFC 8899 §4.3). */
  suspectBlackHole(now: Instant): void {
    this.#mtu.blackHole();
    this.#core.sender?.setPacketSize(this.#mtu.size);
    this.#core.timers.set("mtu", now + raiseMs);
  }

  #startHeartbeat(now: Instant): void {
    this.#core.timers.set("heartbeat", now + heartbeatIntervalMs + this.#core.roundTrip.rtoMs);
  }

  #probe(now: Instant): void {
    const size = this.#mtu.nextProbe();
    if (size === undefined) {
      this.#mtu.restart();
      this.#core.timers.set("mtu", now + raiseMs);
      return;
    }
    const { tag = 0, padding = false } = this.#core.peer ?? {};
    this.#core.sendAlone(tag, this.#heartbeats.probe(size, padding), true);
    this.#core.timers.set("mtu", now + Math.max(this.#core.roundTrip.rtoMs, minProbeMs));
  }
}

/** HB.interval (RFC 9260 §16). */
const heartbeatIntervalMs = 30_000;
/** PMTU_RAISE_TIMER (RFC 8899 §5.1.1). */
const raiseMs = 600_000;
/** PROBE_TIMER must be longer than a second (RFC 8899 §5.1.1). */
const minProbeMs = 1000;
