import { equalInConstantTime } from "../wire/index.ts";
import type { SentAlert } from "./alert.ts";
import { decodeCertificateMessage } from "./certificate-message.ts";
import type { CipherSuite } from "./cipher-suite.ts";
import { randomLength } from "./client-hello.ts";
import type { FlightItem } from "./flight.ts";
import type { HandshakeHost, HandshakeSettings } from "./handshake.ts";
import { type HandshakeMessage, handshakeType, type MessageFault } from "./handshake-message.ts";
import { type KeyContext, masterSecret, recordProtections, verifyData } from "./key-schedule.ts";
import { PeerIdentity } from "./peer-identity.ts";
import type { SrtpProfile } from "./srtp-profile.ts";
import { Transcript } from "./transcript.ts";

/** What both sides of a handshake keep, and the steps that are the same for both. */
export class HandshakeState {
  readonly settings: HandshakeSettings;
  readonly host: HandshakeHost;
  readonly transcript: Transcript = new Transcript();
  /** message_seq of the message that is sent next. */
  sequence = 0;
  clientRandom: Uint8Array = new Uint8Array(randomLength);
  serverRandom: Uint8Array = new Uint8Array(randomLength);
  suite: CipherSuite;
  extendedMasterSecret = false;
  encryptThenMac = false;
  srtpProfile: SrtpProfile | undefined;
  alpn: string | undefined;
  readonly peer: PeerIdentity;
  master: Uint8Array = new Uint8Array(0);

  constructor(settings: HandshakeSettings, host: HandshakeHost) {
    this.settings = settings;
    this.host = host;
    this.suite = settings.suites[0] as CipherSuite;
    this.peer = new PeerIdentity(settings.crypto, (certificate) => host.admits(certificate));
  }

  get keyContext(): KeyContext {
    const { crypto } = this.settings;
    const { suite, clientRandom, serverRandom } = this;
    return { crypto, suite, clientRandom, serverRandom };
  }

  /** The next message of ours: numbered, and in the transcript. */
  message(type: number, body: Uint8Array): FlightItem {
    const message: HandshakeMessage = { type, sequence: this.sequence, body };
    this.sequence += 1;
    this.transcript.add(message);
    return { type: "message", epoch: type === handshakeType.finished ? 1 : 0, message };
  }

  /** Our Finished, with the ChangeCipherSpec that goes before it. */
  finished(side: "client" | "server"): readonly FlightItem[] {
    const data = this.#verifyData(side);
    return [{ type: "change-cipher-spec" }, this.message(handshakeType.finished, data)];
  }

  /** The peer's certificates (RFC 5246 §7.4.2); an empty list is for the caller to judge. */
  takeCertificate(body: Uint8Array): SentAlert | undefined {
    const chain = decodeCertificateMessage(body);
    return chain.ok ? this.peer.take(chain.value) : alertFor(chain.fault);
  }

  /** All keys, once the premaster secret is there and ClientKeyExchange is in the transcript. */
  deriveKeys(premaster: Uint8Array, side: "client" | "server"): void {
    const { crypto } = this.settings;
    const sessionHash = this.extendedMasterSecret
      ? this.transcript.hash(crypto, this.suite.hash)
      : undefined;
    this.master = masterSecret(this.keyContext, premaster, sessionHash);
    const both = recordProtections(this.keyContext, this.master, this.encryptThenMac);
    if (side === "client") this.host.protect(both.client, both.server);
    else this.host.protect(both.server, both.client);
  }

  /** The peer's Finished (RFC 5246 §7.4.9). */
  takeFinished(message: HandshakeMessage, side: "client" | "server"): SentAlert | undefined {
    const expected = this.#verifyData(side);
    if (message.body.length !== expected.length) return "decode_error";
    if (!equalInConstantTime(message.body, expected)) return "decrypt_error";
    this.transcript.add(message);
    return undefined;
  }

  #verifyData(side: "client" | "server"): Uint8Array {
    const hash = this.transcript.hash(this.settings.crypto, this.suite.hash);
    return verifyData(this.keyContext, this.master, side, hash);
  }
}

/** The alert for a message that does not parse, or says what must not be said (RFC 5246 §7.2.2). */
export function alertFor(fault: MessageFault): SentAlert {
  return fault === "malformed" ? "decode_error" : "illegal_parameter";
}
