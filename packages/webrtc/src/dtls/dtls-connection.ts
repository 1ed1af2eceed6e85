import type { Fingerprint, Instant, Machine, Output } from "../wire/index.ts";
import { checkedMtu } from "./datagrams.ts";
import type { DtlsConfig, DtlsVersion } from "./dtls-config.ts";
import { type DtlsEngine, type DtlsState, defaultHandshakeTimeoutMs } from "./dtls-engine.ts";
import { DtlsError } from "./dtls-error.ts";
import type { DtlsEvent, DtlsFault } from "./dtls-event.ts";
import { Dtls12Connection } from "./dtls12-connection.ts";
import { Dtls13Connection } from "./dtls13-connection.ts";
import { handshakeSettings } from "./handshake-settings.ts";
import { contentType } from "./record.ts";
import { VersionPrelude } from "./version-prelude.ts";

/**
 * One DTLS connection (RFC 9147, RFC 6347) between two peers that know each other by fingerprint. It
 * settles the version with the first message that comes, where more than one is allowed.
 *
 * `receive` takes the packet over: application data is decrypted in place, and the `data` event is
 * a view into it.
 */
export class DtlsConnection implements Machine<Uint8Array, DtlsEvent> {
  readonly role: "client" | "server";
  #config: DtlsConfig;
  /** A client that is open to both begins with 1.3; a server waits for the client's hello. */
  #engine: DtlsEngine | undefined;
  #begun: Dtls13Connection | undefined;
  #prelude: VersionPrelude | undefined;
  #startedAt: Instant | undefined;
  #isClosed = false;
  #closing: Output<Uint8Array, DtlsEvent> | undefined;

  constructor(config: DtlsConfig) {
    this.#config = config;
    this.role = config.role;
    const { versions } = handshakeSettings(config);
    if (config.retried !== undefined) {
      this.#engine = new Dtls13Connection(config);
    } else if (versions.length > 1) {
      this.#prelude = new VersionPrelude(config.role);
      if (config.role === "client") {
        this.#begun = new Dtls13Connection(config);
        this.#engine = this.#begun;
      }
    } else {
      this.#engine = engineOf(versions[0] as DtlsVersion, config);
    }
  }

  get state(): DtlsState {
    if (this.#engine !== undefined) return this.#engine.state;
    if (this.#isClosed) return "closed";
    return this.#startedAt === undefined ? "new" : "handshaking";
  }

  /** How often each kind of record was dropped. */
  get faults(): ReadonlyMap<DtlsFault, number> {
    return this.#engine?.faults ?? new Map();
  }

  /** How much longer a datagram is than the application data in it, at most. */
  get overhead(): number {
    return this.#engine?.overhead ?? 0;
  }

  get deadline(): Instant | undefined {
    if (this.#engine !== undefined) return this.#engine.deadline;
    if (this.#isClosed || this.#startedAt === undefined) return undefined;
    return this.#startedAt + (this.#config.handshakeTimeoutMs ?? defaultHandshakeTimeoutMs);
  }

  poll(): Output<Uint8Array, DtlsEvent> | undefined {
    if (this.#engine !== undefined) return this.#engine.poll();
    const output = this.#closing;
    this.#closing = undefined;
    return output;
  }

  /** Begins: the client speaks, the server listens. What is received before is dropped. */
  start(now: Instant): void {
    if (this.state !== "new") throw new DtlsError("already-started", "start was called before");
    this.#startedAt = now;
    this.#engine?.start(now);
  }

  /** Says whom to believe, when signaling has told. A peer that has shown another certificate is dropped. */
  setRemoteFingerprints(fingerprints: readonly Fingerprint[], now: Instant): void {
    this.#config = { ...this.#config, remoteFingerprints: fingerprints };
    this.#engine?.setRemoteFingerprints(fingerprints, now);
  }

  /** What later handshake datagrams must not exceed. */
  setMtu(bytes: number): void {
    this.#config = { ...this.#config, mtu: checkedMtu(bytes) };
    this.#engine?.setMtu(bytes);
  }

  receive(packet: Uint8Array, now: Instant): void {
    const prelude = this.#prelude;
    if (prelude === undefined) this.#engine?.receive(packet, now);
    else if (this.state === "handshaking") this.#settle(prelude, packet, now);
  }

  handleTimeout(now: Instant): void {
    if (this.#engine !== undefined) this.#engine.handleTimeout(now);
    else if (now >= (this.deadline ?? Number.POSITIVE_INFINITY)) this.#end("timeout");
  }

  /** Sends application data as one record of its own datagram. */
  send(data: Uint8Array): void {
    this.#needsEngine("nothing can be sent").send(data);
  }

  /**
   * The hot path of `send`: writes the record to where the caller sends it from, beside `poll`.
   * Answers its length, at most `overhead` more than the data; 0 where the connection has ended by it.
   */
  seal(data: Uint8Array, out: Uint8Array, outAt: number): number {
    return this.#needsEngine("nothing can be sent").seal(data, out, outAt);
  }

  /** Says goodbye (RFC 5246 §7.2.1, RFC 8446 §6.1). */
  close(): void {
    if (this.#engine !== undefined) this.#engine.close();
    else if (!this.#isClosed) this.#end("closed");
  }

  /** Keying material for another protocol (RFC 5705, RFC 8446 §7.5). */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    const engine = this.#needsEngine("there are no keys to export");
    return engine.exportKeyingMaterial(label, length, context);
  }

  /** Both versions are still possible. */
  #settle(prelude: VersionPrelude, packet: Uint8Array, now: Instant): void {
    // A server that wants neither of them says so in an alert, which is the same in both.
    if (packet[0] === contentType.alert) {
      this.#engine?.receive(packet, now);
      return;
    }
    const version = prelude.add(packet);
    if (version === undefined) return;
    this.#prelude = undefined;
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun === undefined || version === "1.2") {
      const engine =
        version === "1.3"
          ? new Dtls13Connection(this.#config)
          : new Dtls12Connection(this.#config, begun?.begun);
      engine.start(this.#startedAt as Instant);
      this.#engine = engine;
    }
    for (const kept of prelude.take()) this.#engine?.receive(kept, now);
  }

  #needsEngine(what: string): DtlsEngine {
    if (this.#engine === undefined) {
      throw new DtlsError("not-connected", `${what} while ${this.state}`);
    }
    return this.#engine;
  }

  #end(reason: "timeout" | "closed"): void {
    this.#isClosed = true;
    this.#prelude = undefined;
    this.#closing = { type: "event", event: { type: "closed", reason, alert: undefined } };
  }
}

function engineOf(version: DtlsVersion, config: DtlsConfig): DtlsEngine {
  return version === "1.3" ? new Dtls13Connection(config) : new Dtls12Connection(config);
}
