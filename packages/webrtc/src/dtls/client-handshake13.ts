import type { SentAlert } from "./alert.ts";
import { encodeCertificateMessage13 } from "./certificate-message13.ts";
import { type CertificateRequest13, decodeCertificateRequest13 } from "./certificate-request13.ts";
import type { ClientOffer } from "./client-offer.ts";
import { decodeEncryptedExtensions } from "./encrypted-extensions.ts";
import { extensionType } from "./extensions.ts";
import type { FlightMessage } from "./flight13.ts";
import { type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { alertFor } from "./handshake-state.ts";
import type { Handshake13 } from "./handshake13.ts";
import type { Handshake13State } from "./handshake13-state.ts";
import { namedGroupCode } from "./named-group.ts";
import { dtls12, dtls13 } from "./record.ts";
import { decodeServerHello, isRetryRequest, type ServerHello } from "./server-hello.ts";
import { srtpProfileCode } from "./srtp-profile.ts";

/** The client's side of a handshake of 1.3 (RFC 9147 §5, RFC 8446 §2). */
export class ClientHandshake13 implements Handshake13 {
  readonly #state: Handshake13State;
  readonly #offer: ClientOffer;
  #expected: readonly number[] = [handshakeType.serverHello];
  #hasRetried = false;
  #request: CertificateRequest13 | undefined;

  constructor(state: Handshake13State, offer: ClientOffer) {
    this.#state = state;
    this.#offer = offer;
  }

  start(): void {
    this.#state.host.sendFlight([this.#hello()]);
  }

  receive(message: HandshakeMessage): SentAlert | undefined {
    const { type, body } = message;
    if (!this.#expected.includes(type)) return "unexpected_message";
    const state = this.#state;
    switch (type) {
      case handshakeType.serverHello:
        return this.#serverHello(message);
      case handshakeType.encryptedExtensions:
        state.transcript.add(message);
        return this.#encryptedExtensions(body);
      case handshakeType.certificateRequest:
        state.transcript.add(message);
        return this.#certificateRequest(body);
      case handshakeType.certificate:
        state.transcript.add(message);
        return this.#certificate(body);
      case handshakeType.certificateVerify:
        return this.#certificateVerify(message);
      default:
        return this.#finished(message);
    }
  }

  #hello(cookie?: Uint8Array): FlightMessage {
    const body = this.#offer.hello(cookie && { retry: cookie });
    return this.#state.message(handshakeType.clientHello, body, 0);
  }

  #serverHello(message: HandshakeMessage): SentAlert | undefined {
    const decoded = decodeServerHello(message.body);
    if (!decoded.ok) return alertFor(decoded.fault);
    const hello = decoded.value;
    const { supportedVersions, keyShares } = hello.extensions;
    if (hello.version !== dtls12 || supportedVersions?.[0] !== dtls13) return "protocol_version";
    const isRetry = isRetryRequest(hello.random);
    const suite = this.#state.settings.suites13.find((one) => one.code === hello.cipherSuite);
    if (suite === undefined || hello.compressionMethod !== 0 || hello.sessionId.length > 0) {
      return "illegal_parameter";
    }
    if (this.#hasRetried && suite !== this.#state.suite) return "illegal_parameter";
    this.#state.suite = suite;
    const known = isRetry ? [...helloTypes, extensionType.cookie] : helloTypes;
    if (!hello.extensions.types.every((type) => known.includes(type))) {
      return "unsupported_extension";
    }
    if (isRetry) return this.#retry(hello, message);
    const { share } = this.#offer;
    const theirs = keyShares?.[0];
    if (theirs === undefined || share === undefined) return "missing_extension";
    if (theirs.group !== namedGroupCode(share.group)) return "illegal_parameter";
    const secret = share.agreement.agree(theirs.publicKey);
    if (secret === undefined) return "illegal_parameter";
    this.#state.transcript.add(message);
    this.#state.deriveHandshakeKeys(secret);
    this.#expected = [handshakeType.encryptedExtensions];
    return undefined;
  }

  /** HelloRetryRequest (RFC 8446 §4.1.4): another group, or a cookie to show. */
  #retry(hello: ServerHello, message: HandshakeMessage): SentAlert | undefined {
    if (this.#hasRetried) return "unexpected_message";
    this.#hasRetried = true;
    const { cookie, keyShares } = hello.extensions;
    const wanted = keyShares?.[0]?.group;
    if (wanted === undefined && cookie === undefined) return "illegal_parameter";
    if (wanted !== undefined) {
      const { groups } = this.#state.settings;
      const group = groups.find((one) => namedGroupCode(one) === wanted);
      if (group === undefined || group === this.#offer.share?.group) return "illegal_parameter";
      this.#offer.shareOf(group);
    }
    const { transcript, transcriptHash } = this.#state;
    transcript.replaceByHash(transcriptHash);
    transcript.add(message);
    this.#state.host.sendFlight([this.#hello(cookie?.slice())]);
    return undefined;
  }

  #encryptedExtensions(body: Uint8Array): SentAlert | undefined {
    const decoded = decodeEncryptedExtensions(body);
    if (!decoded.ok) return alertFor(decoded.fault);
    const { types, useSrtp, alpn } = decoded.value;
    const { settings } = this.#state;
    const isAnswer = (type: number): boolean =>
      encryptedTypes.includes(type) && this.#offer.hasOffered(type);
    if (!types.every(isAnswer)) return "unsupported_extension";
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
    this.#expected = [handshakeType.certificateRequest, handshakeType.certificate];
    return undefined;
  }

  #certificateRequest(body: Uint8Array): SentAlert | undefined {
    const request = decodeCertificateRequest13(body);
    if (!request.ok) return alertFor(request.fault);
    this.#request = { ...request.value, context: request.value.context.slice() };
    this.#expected = [handshakeType.certificate];
    return undefined;
  }

  #certificate(body: Uint8Array): SentAlert | undefined {
    const alert = this.#state.takeCertificate(body);
    if (alert !== undefined) return alert;
    if (this.#state.peer.certificates.length === 0) return "decode_error";
    this.#expected = [handshakeType.certificateVerify];
    return undefined;
  }

  #certificateVerify(message: HandshakeMessage): SentAlert | undefined {
    const alert = this.#state.takeCertificateVerify(message.body);
    if (alert !== undefined) return alert;
    this.#state.transcript.add(message);
    this.#expected = [handshakeType.finished];
    return undefined;
  }

  /** The last message of the server's; ours go out at once, and so may data. */
  #finished(message: HandshakeMessage): SentAlert | undefined {
    const state = this.#state;
    const alert = state.takeFinished(message.body);
    if (alert !== undefined) return alert;
    state.transcript.add(message);
    state.deriveApplicationKeys();
    const flight: FlightMessage[] = [];
    if (this.#request !== undefined) {
      const { context, signatureSchemes } = this.#request;
      const scheme = state.chooseScheme(signatureSchemes);
      const chain = scheme === undefined ? [] : state.settings.certificate.chain;
      const shown = encodeCertificateMessage13(chain, context);
      flight.push(state.message(handshakeType.certificate, shown));
      if (scheme !== undefined) flight.push(state.certificateVerify(scheme));
    }
    flight.push(state.finished());
    this.#expected = [];
    state.host.sendFlight(flight);
    state.host.complete();
    return undefined;
  }
}

/** What may stand in a ServerHello of 1.3 (RFC 8446 §4.2). */
const helloTypes: readonly number[] = [extensionType.supportedVersions, extensionType.keyShare];

/** What may stand in EncryptedExtensions, of what we know (RFC 8446 §4.2, RFC 5764). */
const encryptedTypes: readonly number[] = [
  extensionType.supportedGroups,
  extensionType.useSrtp,
  extensionType.alpn,
];
