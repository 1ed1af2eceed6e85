import { concat, equalInConstantTime, toUtf8 } from "../wire/index.ts";
import type { SentAlert } from "./alert.ts";
import { decodeCertificate } from "./certificate.ts";
import { decodeCertificateMessage13 } from "./certificate-message13.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import { decodeDigitallySigned, encodeDigitallySigned } from "./digitally-signed.ts";
import type { FlightMessage } from "./flight13.ts";
import type { HandshakeSettings } from "./handshake.ts";
import { handshakeType } from "./handshake-message.ts";
import { alertFor } from "./handshake-state.ts";
import type { Handshake13Host } from "./handshake13.ts";
import { finishedMac, KeySchedule13, type TrafficSecrets } from "./key-schedule13.ts";
import { PeerIdentity } from "./peer-identity.ts";
import { Reader } from "./reader.ts";
import { applicationEpoch, handshakeEpoch } from "./record-layer13.ts";
import {
  type SignatureScheme,
  signatureSchemeCode,
  signatureSchemes,
  signsIn13,
} from "./signature-scheme.ts";
import type { SrtpProfile } from "./srtp-profile.ts";
import { Transcript13 } from "./transcript13.ts";

/** Which side of a handshake. */
export type Side = "client" | "server";

/** What both sides of a handshake of 1.3 keep, and the steps that are the same for both. */
export class Handshake13State {
  readonly settings: HandshakeSettings;
  readonly host: Handshake13Host;
  readonly peer: PeerIdentity;
  readonly transcript: Transcript13 = new Transcript13();
  readonly side: Side;
  suite: CipherSuite13;
  srtpProfile: SrtpProfile | undefined;
  alpn: string | undefined;
  /** What keys for other protocols are derived from. */
  exporter: Uint8Array = new Uint8Array(0);
  /** message_seq of the message that is sent next. */
  #sequence = 0;
  #schedule: KeySchedule13 | undefined;
  #secrets: TrafficSecrets = { client: new Uint8Array(0), server: new Uint8Array(0) };

  constructor(settings: HandshakeSettings, host: Handshake13Host, side: Side) {
    this.settings = settings;
    this.host = host;
    this.side = side;
    this.suite = settings.suites13[0] as CipherSuite13;
    this.peer = new PeerIdentity(settings.crypto, (certificate) => host.admits(certificate));
  }

  get #otherSide(): Side {
    return this.side === "client" ? "server" : "client";
  }

  get transcriptHash(): Uint8Array {
    return this.transcript.hash(this.settings.crypto, this.suite.hash);
  }

  /** The next message of ours: numbered, and in the transcript. */
  message(type: number, body: Uint8Array, epoch: number = handshakeEpoch): FlightMessage {
    const message = { type, sequence: this.#sequence, body };
    this.#sequence += 1;
    this.transcript.add(message);
    return { epoch, message };
  }

  /** Both hellos are in the transcript, and the key exchange is done. */
  deriveHandshakeKeys(shared: Uint8Array): void {
    this.#schedule = new KeySchedule13(this.settings.crypto, this.suite, shared);
    this.#secrets = this.#schedule.handshakeSecrets(this.transcriptHash);
    this.#protect(handshakeEpoch, this.#secrets);
  }

  /** The server's Finished is the last in the transcript. */
  deriveApplicationKeys(): void {
    const secrets = (this.#schedule as KeySchedule13).applicationSecrets(this.transcriptHash);
    this.exporter = secrets.exporter;
    this.#protect(applicationEpoch, secrets);
  }

  /** What we sign with, out of the signatures that the peer takes. */
  chooseScheme(offered: readonly number[]): SignatureScheme | undefined {
    const own = decodeCertificate(this.settings.certificate.chain[0] as Uint8Array);
    if (!own.ok) return undefined;
    return signatureSchemes.find(
      (scheme) =>
        signsIn13(scheme, own.value.publicKey) && offered.includes(signatureSchemeCode(scheme)),
    );
  }

  takeCertificate(body: Uint8Array): SentAlert | undefined {
    const chain = decodeCertificateMessage13(body);
    return chain.ok ? this.peer.take(chain.value) : alertFor(chain.fault);
  }

  /** Our CertificateVerify (RFC 8446 §4.4.3). */
  certificateVerify(scheme: SignatureScheme): FlightMessage {
    const signed = signedContent(this.side, this.transcriptHash);
    const signature = this.settings.certificate.key.sign(scheme, signed);
    return this.message(handshakeType.certificateVerify, encodeDigitallySigned(scheme, signature));
  }

  /** The peer's CertificateVerify, which is not in the transcript yet. */
  takeCertificateVerify(body: Uint8Array): SentAlert | undefined {
    const reader = new Reader(body);
    const signed = decodeDigitallySigned(reader);
    if (!reader.isComplete) return "decode_error";
    const { key } = this.peer;
    if (signed === undefined || key === undefined || !signsIn13(signed.scheme, key)) {
      return "illegal_parameter";
    }
    const content = signedContent(this.#otherSide, this.transcriptHash);
    return this.peer.checkSignature(signed.scheme, content, signed.signature);
  }

  /** Our Finished (RFC 8446 §4.4.4). */
  finished(): FlightMessage {
    return this.message(handshakeType.finished, this.#finishedMac(this.side));
  }

  /** The peer's Finished, which is not in the transcript yet. */
  takeFinished(body: Uint8Array): SentAlert | undefined {
    const expected = this.#finishedMac(this.#otherSide);
    if (body.length !== expected.length) return "decode_error";
    return equalInConstantTime(body, expected) ? undefined : "decrypt_error";
  }

  /** The next number for a message behind the handshake, which is in no transcript. */
  takeSequence(): number {
    const sequence = this.#sequence;
    this.#sequence += 1;
    return sequence;
  }

  /** Forgets what only the handshake needed. */
  forget(): void {
    this.transcript.clear();
    this.#schedule = undefined;
    this.#secrets = { client: new Uint8Array(0), server: new Uint8Array(0) };
  }

  #protect(epoch: number, secrets: TrafficSecrets): void {
    this.host.protect(epoch, this.suite, secrets[this.side], secrets[this.#otherSide]);
  }

  #finishedMac(side: Side): Uint8Array {
    const { crypto } = this.settings;
    return finishedMac(crypto, this.suite, this.#secrets[side], this.transcriptHash);
  }
}

/** What a CertificateVerify signs (RFC 8446 §4.4.3); DTLS has no words of its own here. */
function signedContent(side: Side, transcriptHash: Uint8Array): Uint8Array {
  const words = toUtf8(`TLS 1.3, ${side} CertificateVerify`);
  return concat(new Uint8Array(64).fill(0x20), words, Uint8Array.of(0), transcriptHash);
}
