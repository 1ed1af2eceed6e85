import { type Fingerprint, type Instant, type Output, Timers } from "../wire/index.ts";
import { decodeAck, encodeAck, type RecordNumber } from "./ack.ts";
import { type AlertDescription, decodeAlert, encodeAlert, type SentAlert } from "./alert.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import { ClientHandshake13 } from "./client-handshake13.ts";
import { ClientOffer } from "./client-offer.ts";
import { ConnectionLife } from "./connection-life.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import { type DtlsEngine, type DtlsState, defaultHandshakeTimeoutMs } from "./dtls-engine.ts";
import type { DtlsCloseReason, DtlsEvent, DtlsFault } from "./dtls-event.ts";
import type { BegunOffer } from "./dtls12-connection.ts";
import { EarlyRecords } from "./early-records.ts";
import { Flight13, type FlightMessage } from "./flight13.ts";
import {
  decodeFragments,
  type HandshakeFragment,
  type HandshakeMessage,
  handshakeType,
} from "./handshake-message.ts";
import { handshakeSettings } from "./handshake-settings.ts";
import type { Handshake13, Handshake13Host } from "./handshake13.ts";
import { Handshake13State } from "./handshake13-state.ts";
import { exportKeyingMaterial13 } from "./key-schedule13.ts";
import { KeyUpdates } from "./key-updates.ts";
import { Reassembly } from "./reassembly.ts";
import { contentType, decodeRecord, maxPlaintextLength, recordHeaderLength } from "./record.ts";
import { handshakeEpoch, type OpenedRecord, RecordLayer13 } from "./record-layer13.ts";
import type { RetriedHello } from "./retry-cookie.ts";
import { ServerHandshake13 } from "./server-handshake13.ts";
import { type CipherRecord, decodeCipherRecord, isUnifiedHeader } from "./unified-header.ts";

/** How many records one ACK names; a flight in the smallest datagrams has fewer. */
const maxAcknowledged = 64;

/** Record numbers that we follow a client to; further up it would use up our own (RFC 6347 §4.2.1). */
const maxFirstRecord = 0xffff_ffff;

/** One DTLS 1.3 connection (RFC 9147) between two peers that know each other by fingerprint. */
export class Dtls13Connection implements DtlsEngine {
  readonly role: "client" | "server";
  readonly #config: DtlsConfig;
  readonly #life: ConnectionLife;
  readonly #timers = new Timers<"handshake" | "ack">();
  readonly #layer: RecordLayer13;
  readonly #reassembly = new Reassembly();
  /** What came before its keys, and data that came before the peer was known. */
  readonly #early = new EarlyRecords<CipherRecord>();
  readonly #earlyData = new EarlyRecords<{ readonly fragment: Uint8Array }>();
  readonly #flight: Flight13;
  readonly #progress: Handshake13State;
  readonly #updates: KeyUpdates;
  readonly #offer: ClientOffer | undefined;
  /** Gone when it is done. */
  #handshake: Handshake13 | undefined;
  #writeEpoch = 0;
  #now: Instant = 0;
  #toAcknowledge: RecordNumber[] = [];
  #isEarlyDue = false;

  constructor(config: DtlsConfig) {
    const settings = handshakeSettings(config);
    this.#config = config;
    this.role = config.role;
    this.#life = new ConnectionLife(config);
    this.#layer = new RecordLayer13(config.crypto);
    this.#flight = new Flight13(this.#layer, (packet) => this.#life.outputs.packet(packet), config);
    this.#progress = new Handshake13State(settings, this.#host(), config.role);
    this.#updates = new KeyUpdates(this.#layer, this.#flight, this.#progress);
    if (config.role === "client") {
      this.#offer = new ClientOffer(settings);
      this.#handshake = new ClientHandshake13(this.#progress, this.#offer);
    } else {
      if (config.retried !== undefined) this.#goOn(config.retried);
      this.#handshake = new ServerHandshake13(this.#progress, config.retried);
    }
  }

  get state(): DtlsState {
    return this.#life.state;
  }

  get faults(): ReadonlyMap<DtlsFault, number> {
    return this.#life.faults;
  }

  get overhead(): number {
    return this.#layer.overhead(handshakeEpoch);
  }

  get deadline(): Instant | undefined {
    const timer = this.#timers.deadline;
    const flight = this.#flight.deadline;
    if (timer === undefined || flight === undefined) return timer ?? flight;
    return Math.min(timer, flight);
  }

  /** What a client has sent so far, for a server that turns out to speak 1.2. */
  get begun(): BegunOffer | undefined {
    return this.#offer && { offer: this.#offer, records: this.#layer.sealed(0) };
  }

  poll(): Output<Uint8Array, DtlsEvent> | undefined {
    return this.#life.outputs.poll();
  }

  start(now: Instant): void {
    this.#life.begin();
    this.#now = now;
    this.#timers.set(
      "handshake",
      now + (this.#config.handshakeTimeoutMs ?? defaultHandshakeTimeoutMs),
    );
    this.#handshake?.start();
  }

  setRemoteFingerprints(fingerprints: readonly Fingerprint[], now: Instant): void {
    this.#now = now;
    const found = this.#life.believe(fingerprints, this.#progress.peer.certificates[0]);
    if (found === "stranger") this.#fail("bad_certificate");
    else if (found === "known") this.#connect();
  }

  setMtu(bytes: number): void {
    this.#flight.mtu = bytes;
  }

  receive(packet: Uint8Array, now: Instant): void {
    this.#now = now;
    for (let at = 0; at < packet.length; ) {
      const isCipher = isUnifiedHeader(packet[at] as number);
      const record = isCipher ? decodeCipherRecord(packet, at) : decodeRecord(packet, at);
      if (!record.ok) {
        this.#life.count(record.fault);
        break;
      }
      at += record.value.fragment.length + (isCipher ? 0 : recordHeaderLength);
      if (this.#life.state === "closed") return;
      if ("epochBits" in record.value) this.#life.count(this.#protectedRecord(record.value));
      else {
        const { type, epoch, fragment } = record.value;
        this.#life.count(epoch > 0 ? "unknown-epoch" : this.#clearRecord(type, fragment));
      }
    }
    this.#replayEarly();
    this.#settle();
  }

  handleTimeout(now: Instant): void {
    this.#now = now;
    for (let name = this.#timers.expire(now); name; name = this.#timers.expire(now)) {
      if (name === "ack") this.#acknowledge();
      else if (this.#life.state === "handshaking") this.#end("timeout", undefined);
      // Whoever has not acknowledged our last flight by now is gone, which is for others to tell.
      else this.#flight.end();
    }
    this.#flight.handleTimeout(now);
  }

  send(data: Uint8Array): void {
    const packet = new Uint8Array(this.overhead + data.length);
    const length = this.seal(data, packet, 0);
    if (length > 0) this.#life.outputs.packet(packet.subarray(0, length));
  }

  seal(data: Uint8Array, out: Uint8Array, outAt: number): number {
    this.#life.checkSendable(data);
    const epoch = this.#writeEpoch;
    const length = this.#layer.seal(epoch, contentType.applicationData, data, out, outAt);
    if (length === 0) this.#end("sequence-exhausted", undefined);
    else this.#updates.sealed(epoch, this.#now);
    return length;
  }

  close(): void {
    if (this.#life.state === "closed") return;
    if (this.#life.state !== "new") this.#sendAlert("warning", "close_notify");
    this.#end("closed", undefined);
  }

  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    this.#life.checkExportable();
    const { suite, exporter } = this.#progress;
    return exportKeyingMaterial13(this.#config.crypto, suite, exporter, label, length, context);
  }

  /** A HelloRetryRequest was sent without us: it and what it asked again are number 0 of each side. */
  #goOn({ recordNumber }: RetriedHello): void {
    this.#reassembly.startAt(1);
    if (recordNumber <= maxFirstRecord) this.#layer.skipInClear(recordNumber);
  }

  #host(): Handshake13Host {
    return {
      sendFlight: (messages: readonly FlightMessage[]) => {
        // A flight of ours says that we have the one before it.
        this.#forgetAcknowledgements();
        this.#flight.start(messages, this.#now);
      },
      protect: (epoch: number, suite: CipherSuite13, write: Uint8Array, read: Uint8Array) => {
        this.#layer.protectWrite(epoch, suite, write);
        this.#layer.protectRead(epoch, suite, read);
        this.#writeEpoch = epoch;
        this.#isEarlyDue = true;
      },
      admits: (certificate: Uint8Array) => this.#life.admits(certificate),
      complete: () => {
        this.#handshake = undefined;
        this.#progress.forget();
        // The server has all of the last flight, and its own is answered by it.
        if (this.role === "server") this.#flight.end();
        if (this.#life.verify()) this.#connect();
      },
    };
  }

  #connect(): void {
    const { suite, srtpProfile, alpn, peer } = this.#progress;
    this.#life.connect({
      version: "1.3",
      cipherSuite: suite.name,
      srtpProfile,
      alpn,
      extendedMasterSecret: true,
      peerCertificates: peer.certificates,
    });
    for (const { fragment } of this.#earlyData.take()) {
      this.#life.outputs.event({ type: "data", data: fragment });
    }
  }

  #replayEarly(): void {
    while (this.#isEarlyDue) {
      this.#isEarlyDue = false;
      for (const record of this.#early.take()) this.#life.count(this.#protectedRecord(record));
    }
  }

  /** A record in clear: hellos, and alerts before there are keys. */
  #clearRecord(type: number, fragment: Uint8Array): DtlsFault | undefined {
    if (this.#life.state === "new") return "unexpected-record";
    if (fragment.length > maxPlaintextLength) return "record-too-long";
    if (type === contentType.alert) {
      return this.#life.state === "handshaking" ? this.#alert(fragment) : "unexpected-record";
    }
    return type === contentType.handshake ? this.#fragments(fragment) : "unexpected-record";
  }

  #protectedRecord(record: CipherRecord): DtlsFault | undefined {
    if (this.#life.state === "closed") return undefined;
    if (!this.#layer.canOpen(record)) {
      if (this.#life.state !== "handshaking") return "unknown-epoch";
      return this.#early.add(record) ? undefined : "too-many-early-records";
    }
    const opened = this.#layer.open(record);
    if (typeof opened === "string") return opened;
    switch (opened.type) {
      case contentType.applicationData:
        return this.#data(opened);
      case contentType.handshake:
        return this.#fragments(opened.plaintext, opened);
      case contentType.ack:
        return this.#acknowledged(opened.plaintext);
      case contentType.alert:
        return this.#alert(opened.plaintext);
      default:
        return "unexpected-record";
    }
  }

  #data({ epoch, plaintext }: OpenedRecord): DtlsFault | undefined {
    if (epoch === handshakeEpoch) return "unexpected-record";
    if (this.#life.state === "connected") {
      this.#life.outputs.event({ type: "data", data: plaintext });
      return undefined;
    }
    return this.#earlyData.add({ fragment: plaintext }) ? undefined : "too-many-early-records";
  }

  #acknowledged(plaintext: Uint8Array): DtlsFault | undefined {
    const numbers = decodeAck(plaintext);
    if (!numbers.ok) return numbers.fault;
    this.#flight.acknowledge(numbers.value, this.#now);
    return undefined;
  }

  /** `record` is what they came in; `undefined` where that was in clear. */
  #fragments(plaintext: Uint8Array, record?: RecordNumber): DtlsFault | undefined {
    const fragments = decodeFragments(plaintext);
    if (!fragments.ok) return fragments.fault;
    // First, since a flight that it completes is acknowledged by ours.
    const number = record && this.#remember(record);
    for (const fragment of fragments.value) {
      const fault = this.#fragment(fragment, record?.epoch ?? 0);
      if (fault === undefined) continue;
      // What was not taken must not be acknowledged (RFC 9147 §7).
      this.#toAcknowledge = this.#toAcknowledge.filter((one) => one !== number);
      return fault;
    }
    return undefined;
  }

  #fragment(fragment: HandshakeFragment, epoch: number): DtlsFault | undefined {
    // Only hellos come in clear, and they never come under keys.
    const { type, sequence } = fragment;
    const isHello = type === handshakeType.clientHello || type === handshakeType.serverHello;
    if (isHello !== (epoch === 0)) return "unexpected-record";
    const isLate = this.#handshake === undefined;
    // What belongs to the handshake is under its keys, and what comes after it is not.
    const isOld = sequence < this.#reassembly.next;
    if (epoch === 0 && isLate) return undefined;
    if (!isOld && epoch > 0 && isLate !== epoch > handshakeEpoch) return "unexpected-record";
    const fate = this.#reassembly.add(fragment, epoch);
    if (fate === "old") {
      this.#flight.repeat(this.#now);
      return undefined;
    }
    if (fate !== "taken") return fate;
    while (this.#life.state !== "closed") {
      const message = this.#reassembly.take();
      if (message === undefined) return undefined;
      const alert = this.#handshake?.receive(message) ?? (isLate ? this.#late(message) : undefined);
      if (alert !== undefined) this.#fail(alert);
    }
    return undefined;
  }

  /** A message behind the handshake (RFC 9147 §5.8.4, §8). */
  #late({ type, body }: HandshakeMessage): SentAlert | undefined {
    if (type === handshakeType.newSessionTicket && this.role === "client") return undefined;
    if (type !== handshakeType.keyUpdate) return "unexpected_message";
    return this.#updates.receive(body);
  }

  #remember({ epoch, sequence }: RecordNumber): RecordNumber {
    const number = { epoch, sequence };
    if (this.#toAcknowledge.length < maxAcknowledged) this.#toAcknowledge.push(number);
    return number;
  }

  /** Acknowledges what no flight of ours has answered: at once behind the handshake, later within it. */
  #settle(): void {
    if (this.#life.state === "closed") return;
    const epoch = this.#updates.settle(this.#now);
    if (epoch !== undefined) this.#writeEpoch = epoch;
    if (this.#handshake === undefined && this.#flight.isDone) this.#timers.clear("handshake");
    if (this.#toAcknowledge.length === 0) return;
    if (this.#handshake === undefined) this.#acknowledge();
    else if (this.#timers.at("ack") === undefined) {
      this.#timers.set("ack", this.#now + this.#flight.ackDelayMs);
    }
  }

  #acknowledge(): void {
    const numbers = this.#toAcknowledge;
    this.#forgetAcknowledgements();
    if (numbers.length > 0) this.#sendRecord(contentType.ack, encodeAck(numbers));
  }

  #forgetAcknowledgements(): void {
    this.#toAcknowledge = [];
    this.#timers.clear("ack");
  }

  #alert(plaintext: Uint8Array): DtlsFault | undefined {
    const alert = decodeAlert(plaintext);
    if (!alert.ok) return alert.fault;
    const { description } = alert.value;
    if (description === "close_notify") {
      this.#sendAlert("warning", "close_notify");
      this.#end("closed-by-peer", description);
    } else if (description !== "user_canceled") {
      // The level says nothing any more (RFC 8446 §6).
      this.#end("alert-received", description);
    }
    return undefined;
  }

  #fail(alert: SentAlert): void {
    this.#sendAlert("fatal", alert);
    this.#end(this.#life.failure, alert);
  }

  #sendAlert(level: "warning" | "fatal", description: SentAlert): void {
    this.#sendRecord(contentType.alert, encodeAlert(level, description));
  }

  #sendRecord(type: number, plaintext: Uint8Array): void {
    const packet = new Uint8Array(this.#layer.overhead(this.#writeEpoch) + plaintext.length);
    const length = this.#layer.seal(this.#writeEpoch, type, plaintext, packet, 0);
    if (length > 0) this.#life.outputs.packet(packet.subarray(0, length));
  }

  #end(reason: DtlsCloseReason, alert: AlertDescription | undefined): void {
    this.#handshake = undefined;
    this.#timers.clearAll();
    this.#flight.end();
    this.#early.take();
    this.#earlyData.take();
    this.#toAcknowledge = [];
    this.#life.end(reason, alert);
  }
}
