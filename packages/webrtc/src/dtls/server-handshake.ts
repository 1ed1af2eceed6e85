import { concat } from "../wire/index.ts";
import type { SentAlert } from "./alert.ts";
import { encodeCertificateMessage } from "./certificate-message.ts";
import { certificateTypeCode, encodeCertificateRequest } from "./certificate-request.ts";
import type { CipherSuite } from "./cipher-suite.ts";
import { type ClientHello, decodeClientHello, randomLength } from "./client-hello.ts";
import { decodeClientKeyExchange } from "./client-key-exchange.ts";
import { decodeDigitallySigned } from "./digitally-signed.ts";
import type { KeyAgreement } from "./dtls-crypto.ts";
import type { SentExtensions } from "./extensions.ts";
import type { Handshake } from "./handshake.ts";
import { type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { alertFor, type HandshakeState } from "./handshake-state.ts";
import { type NamedGroup, namedGroupCode } from "./named-group.ts";
import { Reader } from "./reader.ts";
import { dtls12 } from "./record.ts";
import { chooseProtocols, type ProtocolChoice } from "./server-choice.ts";
import { downgraded, encodeServerHello } from "./server-hello.ts";
import { encodeServerKeyExchange, encodeServerParams } from "./server-key-exchange.ts";
import {
  chooseSignatureScheme,
  type SignatureScheme,
  signatureSchemeCode,
  signatureSchemes,
} from "./signature-scheme.ts";
import { srtpProfileCode } from "./srtp-profile.ts";

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV: the extension's meaning as a cipher suite (RFC 5746 §3.3). */
const emptyRenegotiationInfo = 0x00ff;

/** What was chosen out of a client's offer. */
interface Choice extends ProtocolChoice {
  readonly suite: CipherSuite;
  readonly group: NamedGroup;
  readonly scheme: SignatureScheme;
}

/** The server's side of a DTLS 1.2 handshake (RFC 6347 §4.2.4, figure 1). */
export class ServerHandshake implements Handshake {
  readonly #state: HandshakeState;
  #expected: number = handshakeType.clientHello;
  #agreement: KeyAgreement | undefined;

  constructor(state: HandshakeState) {
    this.#state = state;
  }

  start(): void {}

  receive(message: HandshakeMessage): SentAlert | undefined {
    const { type, body } = message;
    if (type !== this.#expected) return "unexpected_message";
    switch (type) {
      case handshakeType.clientHello:
        return this.#clientHello(message);
      case handshakeType.certificate:
        this.#state.transcript.add(message);
        return this.#certificate(body);
      case handshakeType.clientKeyExchange:
        this.#state.transcript.add(message);
        return this.#clientKeyExchange(body);
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
    state.transcript.add(message);
    // Behind a stateless HelloVerifyRequest both sides have counted one message (RFC 6347 §4.2.2).
    state.sequence = message.sequence;
    state.clientRandom = hello.random.slice();
    const random = state.settings.crypto.random(randomLength);
    const knowsBetter = state.settings.versions.includes("1.3");
    state.serverRandom = knowsBetter ? downgraded(random) : random;
    state.suite = choice.suite;
    const { extensions } = hello;
    state.extendedMasterSecret = extensions.extendedMasterSecret;
    state.encryptThenMac = extensions.encryptThenMac && choice.suite.cipher === "aes-128-cbc";
    state.srtpProfile = choice.srtpProfile;
    state.alpn = choice.alpn;
    this.#sendHello(hello, choice);
    this.#expected = state.settings.asksCertificate
      ? handshakeType.certificate
      : handshakeType.clientKeyExchange;
    return undefined;
  }

  #choose(hello: ClientHello): Choice | SentAlert {
    const { settings } = this.#state;
    const { extensions } = hello;
    // Newer versions have smaller numbers, and what is newer than 1.2 can speak 1.2.
    if (hello.version >>> 8 !== 0xfe || hello.version > dtls12) return "protocol_version";
    const versions = extensions.supportedVersions;
    if (versions && !versions.includes(dtls12)) return "protocol_version";
    if (!hello.compressionMethods.includes(0)) return "illegal_parameter";
    const { renegotiationInfo, pointFormats } = extensions;
    if (renegotiationInfo && renegotiationInfo.length > 0) return "handshake_failure";
    if (pointFormats && !pointFormats.includes(0)) return "illegal_parameter";
    const keyType = settings.certificate.key.type;
    const suite = settings.suites.find(
      (one) => one.authentication === keyType && hello.cipherSuites.includes(one.code),
    );
    // Who names no signatures means SHA-1 (RFC 5246 §7.4.1.4.1), and we make none of those.
    const scheme = chooseSignatureScheme(extensions.signatureSchemes ?? [], keyType);
    // Who names no groups leaves the choice to us (RFC 8422 §4); P-256 is what everybody has.
    const groups = extensions.groups ?? [namedGroupCode("secp256r1")];
    const group = settings.groups.find((one) => groups.includes(namedGroupCode(one)));
    if (!suite || !scheme || !group) return "handshake_failure";
    const protocols = chooseProtocols(settings, extensions);
    return typeof protocols === "string" ? protocols : { suite, group, scheme, ...protocols };
  }

  #sendHello(hello: ClientHello, choice: Choice): void {
    const state = this.#state;
    const { crypto, certificate, asksCertificate } = state.settings;
    this.#agreement = crypto.keyAgreement(choice.group);
    const params = encodeServerParams(choice.group, this.#agreement.publicKey);
    const signed = concat(state.clientRandom, state.serverRandom, params);
    const signature = certificate.key.sign(choice.scheme, signed);
    const serverHello = encodeServerHello({
      version: dtls12,
      random: state.serverRandom,
      sessionId: new Uint8Array(0),
      cipherSuite: choice.suite.code,
      compressionMethod: 0,
      extensions: this.#answered(hello),
    });
    const request = encodeCertificateRequest({
      types: [certificateTypeCode.ecdsa, certificateTypeCode.rsa],
      signatureSchemes: signatureSchemes.map(signatureSchemeCode),
    });
    const { certificate: certificateType, serverKeyExchange, certificateRequest } = handshakeType;
    state.host.sendFlight(
      [
        state.message(handshakeType.serverHello, serverHello),
        state.message(certificateType, encodeCertificateMessage(certificate.chain)),
        state.message(serverKeyExchange, encodeServerKeyExchange(params, choice.scheme, signature)),
        ...(asksCertificate ? [state.message(certificateRequest, request)] : []),
        state.message(handshakeType.serverHelloDone, new Uint8Array(0)),
      ],
      false,
    );
  }

  /** Only what the client has spoken of (RFC 5246 §7.4.1.4). */
  #answered(hello: ClientHello): SentExtensions {
    const { srtpProfile, alpn, extendedMasterSecret, encryptThenMac } = this.#state;
    const { extensions, cipherSuites } = hello;
    const isRenegotiationSpokenOf =
      extensions.renegotiationInfo !== undefined || cipherSuites.includes(emptyRenegotiationInfo);
    return {
      extendedMasterSecret,
      encryptThenMac,
      ...(isRenegotiationSpokenOf && { renegotiationInfo: new Uint8Array(0) }),
      ...(extensions.pointFormats && { pointFormats: [0] }),
      ...(srtpProfile && {
        useSrtp: { profiles: [srtpProfileCode(srtpProfile)], mki: new Uint8Array(0) },
      }),
      ...(alpn !== undefined && { alpn: [alpn] }),
    };
  }

  #certificate(body: Uint8Array): SentAlert | undefined {
    const alert = this.#state.takeCertificate(body);
    if (alert !== undefined) return alert;
    // A client with nothing to show is nobody (RFC 5246 §7.4.6, RFC 8827 §6.5).
    if (this.#state.peer.certificates.length === 0) return "handshake_failure";
    this.#expected = handshakeType.clientKeyExchange;
    return undefined;
  }

  #clientKeyExchange(body: Uint8Array): SentAlert | undefined {
    const publicKey = decodeClientKeyExchange(body);
    if (!publicKey.ok) return alertFor(publicKey.fault);
    const premaster = this.#agreement?.agree(publicKey.value);
    if (premaster === undefined) return "illegal_parameter";
    this.#state.deriveKeys(premaster, "server");
    this.#expected = this.#state.settings.asksCertificate
      ? handshakeType.certificateVerify
      : handshakeType.finished;
    return undefined;
  }

  /** The client signs all messages before this one (RFC 5246 §7.4.8). */
  #certificateVerify(message: HandshakeMessage): SentAlert | undefined {
    const reader = new Reader(message.body);
    const signed = decodeDigitallySigned(reader);
    if (!reader.isComplete) return "decode_error";
    if (signed === undefined) return "illegal_parameter";
    const { transcript } = this.#state;
    const alert = this.#state.peer.checkSignature(
      signed.scheme,
      transcript.bytes(),
      signed.signature,
    );
    if (alert !== undefined) return alert;
    transcript.add(message);
    this.#expected = handshakeType.finished;
    return undefined;
  }

  #finished(message: HandshakeMessage): SentAlert | undefined {
    const alert = this.#state.takeFinished(message, "client");
    if (alert !== undefined) return alert;
    this.#expected = -1;
    this.#state.host.sendFlight(this.#state.finished("server"), true);
    this.#state.host.complete();
    return undefined;
  }
}
