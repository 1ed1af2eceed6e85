import { equal } from "../wire/index.ts";
import type { SentAlert } from "./alert.ts";
import { encodeCertificateMessage13 } from "./certificate-message13.ts";
import { encodeCertificateRequest13 } from "./certificate-request13.ts";
import { type ClientHello, decodeClientHello, randomLength } from "./client-hello.ts";
import { encodeEncryptedExtensions } from "./encrypted-extensions.ts";
import type { KeyShare } from "./extensions.ts";
import type { FlightMessage } from "./flight13.ts";
import { type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { alertFor } from "./handshake-state.ts";
import type { Handshake13 } from "./handshake13.ts";
import type { Handshake13State } from "./handshake13-state.ts";
import { encodeHelloRetryRequest, type HelloRetry } from "./hello-retry-request.ts";
import { chooseKeys13, type KeyChoice13 } from "./key-choice13.ts";
import { dtls12, dtls13 } from "./record.ts";
import type { RetriedHello } from "./retry-cookie.ts";
import { chooseProtocols, type ProtocolChoice } from "./server-choice.ts";
import { encodeServerHello } from "./server-hello.ts";
import { type SignatureScheme, signatureSchemeCode, signatureSchemes } from "./signature-scheme.ts";
import { srtpProfileCode } from "./srtp-profile.ts";

/** What was chosen out of a client's offer. */
interface Choice extends KeyChoice13, ProtocolChoice {
  readonly scheme: SignatureScheme;
}

const nothing: Uint8Array = new Uint8Array(0);

/** The server's side of a handshake of 1.3 (RFC 9147 §5, RFC 8446 §2). */
export class ServerHandshake13 implements Handshake13 {
  readonly #state: Handshake13State;
  #expected: number = handshakeType.clientHello;
  /** What a HelloRetryRequest has asked for. */
  #retry: HelloRetry | undefined;
  readonly #retried: RetriedHello | undefined;

  /** `retried` is a HelloRetryRequest that was sent before, by somebody who has kept nothing of it. */
  constructor(state: Handshake13State, retried?: RetriedHello) {
    this.#state = state;
    this.#retried = retried;
  }

  start(): void {
    const retried = this.#retried;
    if (retried === undefined) return;
    this.#state.suite = retried.suite;
    this.#retryMessage(retried, retried.helloHash);
  }

  receive(message: HandshakeMessage): SentAlert | undefined {
    const { type, body } = message;
    if (type !== this.#expected) return "unexpected_message";
    switch (type) {
      case handshakeType.clientHello:
        return this.#clientHello(message);
      case handshakeType.certificate:
        this.#state.transcript.add(message);
        return this.#certificate(body);
      case handshakeType.certificateVerify:
        return this.#certificateVerify(message);
      default:
        return this.#finished(message);
    }
  }

  #clientHello(message: HandshakeMessage): SentAlert | undefined {
    const decoded = decodeClientHello(message.body);
    if (!decoded.ok) return alertFor(decoded.fault);
    const hello = decoded.value;
    const choice = this.#choose(hello);
    if (typeof choice === "string") return choice;
    const state = this.#state;
    state.suite = choice.suite;
    state.transcript.add(message);
    const { share } = choice;
    if (share === undefined) return this.#askAgain(choice);
    state.srtpProfile = choice.srtpProfile;
    state.alpn = choice.alpn;
    return this.#answer(choice, share);
  }

  #choose(hello: ClientHello): Choice | SentAlert {
    const { settings } = this.#state;
    const { extensions } = hello;
    const keys = chooseKeys13(settings, hello);
    if (typeof keys === "string") return keys;
    if (!extensions.signatureSchemes) return "missing_extension";
    const scheme = this.#state.chooseScheme(extensions.signatureSchemes);
    if (!scheme) return "handshake_failure";
    if (this.#retry && !isAnswer(hello, keys, this.#retry)) return "illegal_parameter";
    const protocols = chooseProtocols(settings, extensions);
    return typeof protocols === "string" ? protocols : { ...keys, scheme, ...protocols };
  }

  /** HelloRetryRequest (RFC 8446 §4.1.4): the client has sent no key share of a group of ours. */
  #askAgain({ suite, group }: Choice): undefined {
    const { host, transcriptHash } = this.#state;
    host.sendFlight([this.#retryMessage({ suite, group, cookie: undefined }, transcriptHash)]);
  }

  #retryMessage(retry: HelloRetry, helloHash: Uint8Array): FlightMessage {
    this.#retry = retry;
    this.#state.transcript.replaceByHash(helloHash);
    return this.#state.message(handshakeType.serverHello, encodeHelloRetryRequest(retry), 0);
  }

  #answer(choice: Choice, theirs: KeyShare): SentAlert | undefined {
    const state = this.#state;
    const { crypto, certificate, asksCertificate } = state.settings;
    const agreement = crypto.keyAgreement(choice.group);
    const secret = agreement.agree(theirs.publicKey);
    if (secret === undefined) return "illegal_parameter";
    const share = { group: theirs.group, publicKey: agreement.publicKey };
    const flight = [this.#hello(choice, crypto.random(randomLength), share)];
    state.deriveHandshakeKeys(secret);
    flight.push(state.message(handshakeType.encryptedExtensions, this.#encryptedExtensions()));
    if (asksCertificate) {
      const request = encodeCertificateRequest13(signatureSchemes.map(signatureSchemeCode));
      flight.push(state.message(handshakeType.certificateRequest, request));
    }
    const shown = encodeCertificateMessage13(certificate.chain);
    flight.push(state.message(handshakeType.certificate, shown));
    flight.push(state.certificateVerify(choice.scheme));
    flight.push(state.finished());
    state.deriveApplicationKeys();
    state.host.sendFlight(flight);
    this.#expected = asksCertificate ? handshakeType.certificate : handshakeType.finished;
    return undefined;
  }

  #hello(choice: Choice, random: Uint8Array, keyShare: KeyShare): FlightMessage {
    const body = encodeServerHello({
      version: dtls12,
      random,
      // "DTLS servers MUST NOT echo the legacy_session_id" (RFC 9147 §5).
      sessionId: nothing,
      cipherSuite: choice.suite.code,
      compressionMethod: 0,
      extensions: {
        extendedMasterSecret: false,
        encryptThenMac: false,
        supportedVersions: [dtls13],
        keyShares: [keyShare],
      },
    });
    return this.#state.message(handshakeType.serverHello, body, 0);
  }

  #encryptedExtensions(): Uint8Array {
    const { srtpProfile, alpn } = this.#state;
    return encodeEncryptedExtensions({
      ...(srtpProfile && { useSrtp: { profiles: [srtpProfileCode(srtpProfile)], mki: nothing } }),
      ...(alpn !== undefined && { alpn: [alpn] }),
    });
  }

  #certificate(body: Uint8Array): SentAlert | undefined {
    const alert = this.#state.takeCertificate(body);
    if (alert !== undefined) return alert;
    // A client with nothing to show is nobody (RFC 8446 §4.4.2.4, RFC 8827 §6.5).
    if (this.#state.peer.certificates.length === 0) return "certificate_required";
    this.#expected = handshakeType.certificateVerify;
    return undefined;
  }

  #certificateVerify(message: HandshakeMessage): SentAlert | undefined {
    const alert = this.#state.takeCertificateVerify(message.body);
    if (alert !== undefined) return alert;
    this.#state.transcript.add(message);
    this.#expected = handshakeType.finished;
    return undefined;
  }

  #finished(message: HandshakeMessage): SentAlert | undefined {
    const alert = this.#state.takeFinished(message.body);
    if (alert !== undefined) return alert;
    this.#expected = -1;
    this.#state.host.complete();
    return undefined;
  }
}

/** Whether a hello brings what it was asked for, and lets the suite be what it was. */
function isAnswer(hello: ClientHello, keys: KeyChoice13, retry: HelloRetry): boolean {
  const isSame = keys.suite === retry.suite && (retry.group ?? keys.group) === keys.group;
  const { cookie = nothing } = hello.extensions;
  return isSame && keys.share !== undefined && equal(cookie, retry.cookie ?? nothing);
}
