import { concat } from "../wire/index.ts";
import type { SentAlert } from "./alert.ts";
import { encodeCertificateMessage } from "./certificate-message.ts";
import { certificateTypeCode, decodeCertificateRequest } from "./certificate-request.ts";
import { encodeClientKeyExchange } from "./client-key-exchange.ts";
import { ClientOffer } from "./client-offer.ts";
import { encodeDigitallySigned } from "./digitally-signed.ts";
import type { KeyAgreement } from "./dtls-crypto.ts";
import type { HelloExtensions } from "./extensions.ts";
import type { FlightItem } from "./flight.ts";
import type { Handshake } from "./handshake.ts";
import { type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { alertFor, type HandshakeState } from "./handshake-state.ts";
import { decodeHelloVerifyRequest } from "./hello-verify-request.ts";
import { dtls12 } from "./record.ts";
import { decodeServerHello, isDowngrade } from "./server-hello.ts";
import { decodeServerKeyExchange } from "./server-key-exchange.ts";
import { chooseSignatureScheme, type SignatureScheme } from "./signature-scheme.ts";
import { srtpProfileCode } from "./srtp-profile.ts";

/** A server asks for a cookie once; one that goes on asking is none that we talk to. */
const maxCookieRequests = 3;

/** The client's side of a DTLS 1.2 handshake (RFC 6347 §4.2.4, figure 1). */
export class ClientHandshake implements Handshake {
  readonly #state: HandshakeState;
  readonly #offer: ClientOffer;
  readonly #isOfferSent: boolean;
  #expected: readonly number[] = [handshakeType.serverHello, handshakeType.helloVerifyRequest];
  #cookieRequests = 0;
  #agreement: KeyAgreement | undefined;
  #premaster: Uint8Array = new Uint8Array(0);
  #isCertificateWanted = false;
  /** What we sign with, if the server takes any of our signatures. */
  #scheme: SignatureScheme | undefined;

  /** `offer` is what was offered already, where a hello for both versions was sent before. */
  constructor(state: HandshakeState, offer?: ClientOffer) {
    this.#state = state;
    this.#isOfferSent = offer !== undefined;
    this.#offer = offer ?? new ClientOffer(state.settings);
  }

  start(): void {
    this.#state.clientRandom = this.#offer.random;
    const items = [this.#clientHello(new Uint8Array(0))];
    if (this.#isOfferSent) this.#state.host.awaitAnswer(items);
    else this.#state.host.sendFlight(items, false);
  }

  receive(message: HandshakeMessage): SentAlert | undefined {
    const { type, body } = message;
    if (!this.#expected.includes(type)) return "unexpected_message";
    if (type !== handshakeType.finished) this.#state.transcript.add(message);
    switch (type) {
      case handshakeType.helloVerifyRequest:
        return this.#helloVerifyRequest(body);
      case handshakeType.serverHello:
        return this.#serverHello(body);
      case handshakeType.certificate:
        return this.#certificate(body);
      case handshakeType.serverKeyExchange:
        return this.#serverKeyExchange(body);
      case handshakeType.certificateRequest:
        return this.#certificateRequest(body);
      case handshakeType.serverHelloDone:
        return this.#serverHelloDone(body);
      default:
        return this.#finished(message);
    }
  }

  #clientHello(cookie: Uint8Array): FlightItem {
    return this.#state.message(handshakeType.clientHello, this.#offer.hello({ legacy: cookie }));
  }

  /** The same hello again, with the cookie; the transcript starts with it (RFC 6347 §4.2.1). */
  #helloVerifyRequest(body: Uint8Array): SentAlert | undefined {
    const cookie = decodeHelloVerifyRequest(body);
    if (!cookie.ok) return alertFor(cookie.fault);
    this.#cookieRequests += 1;
    if (this.#cookieRequests > maxCookieRequests) return "unexpected_message";
    this.#state.transcript.clear();
    this.#state.host.sendFlight([this.#clientHello(cookie.value)], false);
    return undefined;
  }

  #serverHello(body: Uint8Array): SentAlert | undefined {
    const decoded = decodeServerHello(body);
    if (!decoded.ok) return alertFor(decoded.fault);
    const hello = decoded.value;
    if (hello.version !== dtls12) return "protocol_version";
    const suite = this.#state.settings.suites.find((one) => one.code === hello.cipherSuite);
    if (suite === undefined || hello.compressionMethod !== 0) return "illegal_parameter";
    this.#state.suite = suite;
    this.#state.serverRandom = hello.random.slice();
    // A server that speaks 1.3 and was offered it would not have chosen 1.2 (RFC 8446 §4.1.3).
    if (this.#offer.speaks13 && isDowngrade(hello.random)) return "illegal_parameter";
    this.#expected = [handshakeType.certificate];
    return this.#serverExtensions(hello.extensions);
  }

  #serverExtensions(extensions: HelloExtensions): SentAlert | undefined {
    const { settings, suite } = this.#state;
    if (!extensions.types.every((type) => this.#offer.hasOffered(type))) {
      return "unsupported_extension";
    }
    const { renegotiationInfo, pointFormats, useSrtp, alpn } = extensions;
    if (renegotiationInfo && renegotiationInfo.length > 0) return "handshake_failure";
    if (pointFormats && !pointFormats.includes(0)) return "illegal_parameter";
    if (extensions.encryptThenMac && suite.cipher !== "aes-128-cbc") return "illegal_parameter";
    this.#state.encryptThenMac = extensions.encryptThenMac;
    this.#state.extendedMasterSecret = extensions.extendedMasterSecret;
    if (useSrtp) {
      // One of ours, and no MKI, as we sent none (RFC 5764 §4.1.1, §4.1.3).
      const [code, ...more] = useSrtp.profiles;
      const profile = settings.srtpProfiles.find((one) => srtpProfileCode(one) === code);
      if (!profile || more.length > 0 || useSrtp.mki.length > 0) return "illegal_parameter";
      this.#state.srtpProfile = profile;
    }
    if (alpn) {
      const [name, ...more] = alpn;
      if (!settings.alpn.includes(name as string) || more.length > 0) return "illegal_parameter";
      this.#state.alpn = name;
    }
    return undefined;
  }

  #certificate(body: Uint8Array): SentAlert | undefined {
    const alert = this.#state.takeCertificate(body);
    if (alert !== undefined) return alert;
    if (this.#state.peer.certificates.length === 0) return "decode_error";
    if (this.#state.peer.key?.type !== this.#state.suite.authentication) return "illegal_parameter";
    this.#expected = [handshakeType.serverKeyExchange];
    return undefined;
  }

  #serverKeyExchange(body: Uint8Array): SentAlert | undefined {
    const exchange = decodeServerKeyExchange(body);
    if (!exchange.ok) return alertFor(exchange.fault);
    const { group, publicKey, params, scheme, signature } = exchange.value;
    const { settings, clientRandom, serverRandom } = this.#state;
    if (!settings.groups.includes(group)) return "illegal_parameter";
    const signed = concat(clientRandom, serverRandom, params);
    const alert = this.#state.peer.checkSignature(scheme, signed, signature);
    if (alert !== undefined) return alert;
    this.#agreement = settings.crypto.keyAgreement(group);
    const premaster = this.#agreement.agree(publicKey);
    if (premaster === undefined) return "illegal_parameter";
    this.#premaster = premaster;
    this.#expected = [handshakeType.certificateRequest, handshakeType.serverHelloDone];
    return undefined;
  }

  #certificateRequest(body: Uint8Array): SentAlert | undefined {
    const request = decodeCertificateRequest(body);
    if (!request.ok) return alertFor(request.fault);
    const { type } = this.#state.settings.certificate.key;
    this.#isCertificateWanted = true;
    if (request.value.types.includes(certificateTypeCode[type])) {
      this.#scheme = chooseSignatureScheme(request.value.signatureSchemes, type);
    }
    this.#expected = [handshakeType.serverHelloDone];
    return undefined;
  }

  #serverHelloDone(body: Uint8Array): SentAlert | undefined {
    if (body.length > 0) return "decode_error";
    const state = this.#state;
    const { certificate } = state.settings;
    const items: FlightItem[] = [];
    if (this.#isCertificateWanted) {
      const chain = this.#scheme === undefined ? [] : certificate.chain;
      items.push(state.message(handshakeType.certificate, encodeCertificateMessage(chain)));
    }
    const publicKey = (this.#agreement as KeyAgreement).publicKey;
    const exchange = encodeClientKeyExchange(publicKey);
    items.push(state.message(handshakeType.clientKeyExchange, exchange));
    state.deriveKeys(this.#premaster, "client");
    if (this.#scheme !== undefined) {
      const signature = certificate.key.sign(this.#scheme, state.transcript.bytes());
      const verify = encodeDigitallySigned(this.#scheme, signature);
      items.push(state.message(handshakeType.certificateVerify, verify));
    }
    items.push(...state.finished("client"));
    state.host.sendFlight(items, false);
    this.#expected = [handshakeType.finished];
    return undefined;
  }

  #finished(message: HandshakeMessage): SentAlert | undefined {
    const alert = this.#state.takeFinished(message, "server");
    if (alert !== undefined) return alert;
    this.#expected = [];
    this.#state.host.complete();
    return undefined;
  }
}
