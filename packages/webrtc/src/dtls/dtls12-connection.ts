import { type Fingerprint, type Instant, type Output, Timers } from "../wire/index.ts";
import { type AlertDescription, decodeAlert, encodeAlert, type SentAlert } from "./alert.ts";
import { ClientHandshake } from "./client-handshake.ts";
import type { ClientOffer } from "./client-offer.ts";
import { ConnectionLife } from "./connection-life.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import { type DtlsEngine, type DtlsState, defaultHandshakeTimeoutMs } from "./dtls-engine.ts";
import type { DtlsCloseReason, DtlsEvent, DtlsFault } from "./dtls-event.ts";
import { EarlyRecords } from "./early-records.ts";
import { exportKeyingMaterial } from "./exporter.ts";
import { Flight, type FlightItem } from "./flight.ts";
import type { Handshake, HandshakeHost } from "./handshake.ts";
import { decodeFragments, type HandshakeFragment, handshakeType } from "./handshake-message.ts";
import { handshakeSettings } from "./handshake-settings.ts";
import { HandshakeState } from "./handshake-state.ts";
import { Reassembly } from "./reassembly.ts";
import { contentType, type DtlsRecord, decodeRecord, recordHeaderLength } from "./record.ts";
import { type Epoch, RecordLayer } from "./record-layer.ts";
import type { RecordProtection } from "./record-protection.ts";
import { ServerHandshake } from "./server-handshake.ts";

/** How often we say that we do not renegotiate; a peer that goes on asking hears nothing. */
const maxRefusals = 4;

/** Behind a stateless cookie exchange a client's first message to us is not its number 0. */
const maxFirstSequence = 7;

/** Record numbers that we follow a client to; further up it would use up our own (RFC 6347 §4.2.1). */
const maxFirstRecord = 0xffff_ffff;

/** A hello of ours that is on its way, and how many records it took. */
export interface BegunOffer {
  readonly offer: ClientOffer;
  readonly records: number;
}

/**
 * One DTLS 1.2 connection (RFC 6347) between two peers that know each other by fingerprint.
 *
 * `receive` takes the packet over: application data is decrypted in place, and the `data` event is
 * a view into it.
 */
export class Dtls12Connection implements DtlsEngine {
  readonly role: "client" | "server";
  readonly #config: DtlsConfig;
  readonly #life: ConnectionLife;
  readonly #timers = new Timers<"handshake">();
  readonly #layer = new RecordLayer();
  readonly #reassembly = new Reassembly();
  readonly #early: EarlyRecords<DtlsRecord> = new EarlyRecords<DtlsRecord>();
  readonly #flight: Flight;
  readonly #progress: HandshakeState;
  /** Gone when it is done, and with it the secrets of the key exchange. */
  #handshake: Handshake | undefined;
  #writeEpoch: Epoch = 0;
  #now: Instant = 0;
  #isFirstMessageTaken = false;
  #isEarlyDue = false;
  #refusals = 0;

  /** `begun` is what was offered already, where a hello for both versions was sent before. */
  constructor(config: DtlsConfig, begun?: BegunOffer) {
    this.#config = config;
    this.role = config.role;
    this.#life = new ConnectionLife(config);
    if (begun !== undefined) this.#layer.skipTo(0, begun.records);
    this.#flight = new Flight(this.#layer, (packet) => this.#life.outputs.packet(packet), config);
    this.#progress = new HandshakeState(handshakeSettings(config), this.#host());
    this.#handshake =
      config.role === "client"
        ? new ClientHandshake(this.#progress, begun?.offer)
        : new ServerHandshake(this.#progress);
  }

  get state(): DtlsState {
    return this.#life.state;
  }

  /** How often each kind of record was dropped. */
  get faults(): ReadonlyMap<DtlsFault, number> {
    return this.#life.faults;
  }

  /** How much longer a datagram is than the application data in it, at most. */
  get overhead(): number {
    return this.#layer.overhead(1);
  }

  get deadline(): Instant | undefined {
    const handshake = this.#timers.deadline;
    const flight = this.#flight.deadline;
    if (handshake === undefined || flight === undefined) return handshake ?? flight;
    return Math.min(handshake, flight);
  }

  poll(): Output<Uint8Array, DtlsEvent> | undefined {
    return this.#life.outputs.poll();
  }

  /** Begins: the client speaks, the server listens. What is received before is dropped. */
  start(now: Instant): void {
    this.#life.begin();
    this.#now = now;
    this.#timers.set(
      "handshake",
      now + (this.#config.handshakeTimeoutMs ?? defaultHandshakeTimeoutMs),
    );
    this.#handshake?.start();
  }

  /** Says whom to believe, when signaling has told. A peer that has shown another certificate is dropped. */
  setRemoteFingerprints(fingerprints: readonly Fingerprint[], now: Instant): void {
    this.#now = now;
    const found = this.#life.believe(fingerprints, this.#progress.peer.certificates[0]);
    if (found === "stranger") this.#fail("bad_certificate");
    else if (found === "known") this.#connect();
    this.#replayEarly();
  }

  /** What later handshake datagrams must not exceed. */
  setMtu(bytes: number): void {
    this.#flight.mtu = bytes;
  }

  receive(packet: Uint8Array, now: Instant): void {
    this.#now = now;
    for (let at = 0; at < packet.length; ) {
      const record = decodeRecord(packet, at);
      if (!record.ok) {
        this.#life.count(record.fault);
        break;
      }
      at += recordHeaderLength + record.value.fragment.length;
      this.#life.count(this.#record(record.value));
    }
    this.#replayEarly();
  }

  handleTimeout(now: Instant): void {
    this.#now = now;
    if (this.#timers.expire(now) !== undefined) this.#end("timeout", undefined);
    this.#flight.handleTimeout(now);
  }

  /** Sends application data as one record of its own datagram. */
  send(data: Uint8Array): void {
    const packet = new Uint8Array(this.overhead + data.length);
    const length = this.seal(data, packet, 0);
    if (length > 0) this.#life.outputs.packet(packet.subarray(0, length));
  }

  /**
   * The hot path of `send`: writes the record to where the caller sends it from, beside `poll`.
   * Answers its length, at most `overhead` more than the data; 0 where the connection has ended by it.
   */
  seal(data: Uint8Array, out: Uint8Array, outAt: number): number {
    this.#life.checkSendable(data);
    const length = this.#layer.seal(1, contentType.applicationData, data, out, outAt);
    if (length === 0) this.#end("sequence-exhausted", undefined);
    return length;
  }

  /** Says goodbye (RFC 5246 §7.2.1). */
  close(): void {
    if (this.#life.state === "closed") return;
    if (this.#life.state !== "new") this.#sendAlert("warning", "close_notify");
    this.#end("closed", undefined);
  }

  /** Keying material for another protocol (RFC 5705). */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    this.#life.checkExportable();
    const { keyContext, master } = this.#progress;
    return exportKeyingMaterial(keyContext, master, label, length, context);
  }

  #host(): HandshakeHost {
    return {
      sendFlight: (items: readonly FlightItem[], isLast: boolean) => {
        this.#flight.start(items, isLast, this.#now);
        if (items.some((item) => item.type === "change-cipher-spec")) this.#writeEpoch = 1;
      },
      awaitAnswer: (items: readonly FlightItem[]) => this.#flight.resume(items, this.#now),
      protect: (write: RecordProtection, read: RecordProtection) => {
        this.#layer.protect(write, read);
        this.#isEarlyDue = true;
      },
      admits: (certificate: Uint8Array) => this.#life.admits(certificate),
      complete: () => {
        this.#timers.clearAll();
        this.#progress.transcript.clear();
        this.#handshake = undefined;
        // Only the server's last flight can still be lost without anybody noticing.
        if (this.role === "client") this.#flight.end();
        if (this.#life.verify()) this.#connect();
      },
    };
  }

  #connect(): void {
    this.#isEarlyDue = true;
    const { suite, srtpProfile, alpn, extendedMasterSecret, peer } = this.#progress;
    this.#life.connect({
      version: "1.2",
      cipherSuite: suite.name,
      srtpProfile,
      alpn,
      extendedMasterSecret,
      peerCertificates: peer.certificates,
    });
  }

  /** Takes up what had come too early, each time that the reason for it is gone. */
  #replayEarly(): void {
    while (this.#isEarlyDue) {
      this.#isEarlyDue = false;
      for (const record of this.#early.take()) this.#life.count(this.#record(record));
    }
  }

  #record(record: DtlsRecord): DtlsFault | undefined {
    if (this.#life.state === "closed") return undefined;
    if (this.#life.state === "new") return "unexpected-record";
    if (record.epoch > 1) return "unknown-epoch";
    const isData = record.type === contentType.applicationData;
    const isEarly = !this.#layer.isProtected || (isData && this.#life.state !== "connected");
    if (record.epoch === 1 && isEarly) {
      // A server that sends data has sent its Finished; it may well be lost.
      if (isData && this.role === "client") this.#flight.repeat(this.#now);
      return this.#early.add(record) ? undefined : "too-many-early-records";
    }
    const plaintext = this.#layer.open(record);
    if (typeof plaintext === "string") return plaintext;
    switch (record.type) {
      case contentType.applicationData:
        if (record.epoch === 0) return "unexpected-record";
        this.#life.outputs.event({ type: "data", data: plaintext });
        return undefined;
      case contentType.handshake:
        return this.#fragments(plaintext, record);
      case contentType.alert:
        return this.#alert(plaintext, record.epoch);
      default:
        // A ChangeCipherSpec says nothing that the epoch of the next record does not say as well;
        // so it may be lost, or come late, without harm.
        return undefined;
    }
  }

  #fragments(plaintext: Uint8Array, record: DtlsRecord): DtlsFault | undefined {
    const fragments = decodeFragments(plaintext);
    if (!fragments.ok) return fragments.fault;
    for (const fragment of fragments.value) {
      const fault =
        this.#life.state === "handshaking"
          ? this.#fragment(fragment, record)
          : this.#lateFragment(fragment, record.epoch);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #fragment(fragment: HandshakeFragment, record: DtlsRecord): DtlsFault | undefined {
    // Only Finished comes under keys, and it never comes without.
    const isFinished = fragment.type === handshakeType.finished;
    if (isFinished !== (record.epoch === 1)) return "unexpected-record";
    if (this.role === "server" && !this.#isFirstMessageTaken) this.#follow(fragment, record);
    const fate = this.#reassembly.add(fragment, isFinished ? 1 : 0);
    if (fate === "old") {
      this.#flight.repeat(this.#now);
      return undefined;
    }
    if (fate !== "taken") return fate;
    while (this.#life.state === "handshaking") {
      const message = this.#reassembly.take();
      if (message === undefined) return undefined;
      this.#isFirstMessageTaken = true;
      const alert = this.#handshake?.receive(message);
      if (alert !== undefined) this.#fail(alert);
    }
    return undefined;
  }

  /** Goes on counting where a stateless HelloVerifyRequest has left off (RFC 6347 §4.2.1). */
  #follow(fragment: HandshakeFragment, record: DtlsRecord): void {
    if (fragment.type !== handshakeType.clientHello) return;
    if (fragment.sequence <= this.#reassembly.next || fragment.sequence > maxFirstSequence) return;
    this.#reassembly.startAt(fragment.sequence);
    if (record.sequence <= maxFirstRecord) this.#layer.skipTo(0, record.sequence);
  }

  /** After the handshake: a peer that has not got our last flight, or one that wants another. */
  #lateFragment(fragment: HandshakeFragment, epoch: number): DtlsFault | undefined {
    // In clear there are only late copies of what has been taken.
    if (epoch === 0 || this.#life.state === "closed") return undefined;
    switch (fragment.type) {
      case handshakeType.finished:
        this.#flight.repeat(this.#now);
        return undefined;
      case handshakeType.helloRequest:
      case handshakeType.clientHello:
        if (this.#refusals === maxRefusals) return undefined;
        this.#refusals += 1;
        this.#sendAlert("warning", "no_renegotiation");
        return undefined;
      default:
        return "unexpected-record";
    }
  }

  #alert(plaintext: Uint8Array, epoch: number): DtlsFault | undefined {
    const alert = decodeAlert(plaintext);
    if (!alert.ok) return alert.fault;
    // Once there are keys in use, an alert in clear is anybody's.
    if (epoch === 0 && this.#life.state !== "handshaking") return "unexpected-record";
    const { level, description } = alert.value;
    if (description === "close_notify") {
      this.#sendAlert("warning", "close_notify");
      this.#end("closed-by-peer", description);
    } else if (level === "fatal") {
      this.#end("alert-received", description);
    }
    return undefined;
  }

  #fail(alert: SentAlert): void {
    this.#sendAlert("fatal", alert);
    this.#end(this.#life.failure, alert);
  }

  #sendAlert(level: "warning" | "fatal", description: SentAlert): void {
    const epoch = this.#writeEpoch;
    const alert = encodeAlert(level, description);
    const packet = new Uint8Array(this.#layer.overhead(epoch) + alert.length);
    const length = this.#layer.seal(epoch, contentType.alert, alert, packet, 0);
    if (length > 0) this.#life.outputs.packet(packet.subarray(0, length));
  }

  #end(reason: DtlsCloseReason, alert: AlertDescription | undefined): void {
    this.#handshake = undefined;
    this.#timers.clearAll();
    this.#flight.end();
    this.#early.take();
    this.#life.end(reason, alert);
  }
}
