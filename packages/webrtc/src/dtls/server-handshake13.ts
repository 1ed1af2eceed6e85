import type { SentAlert } from "./alert.ts";
import { encodeCertificateMessage13 } from "./certificate-message13.ts";
import { encodeCertificateRequest13 } from "./certificate-request13.ts";
import type { CipherSuite13 } from "./cipher-suite13.ts";
import { type ClientHello, decodeClientHello, randomLength } from "./client-hello.ts";
import { encodeEncryptedExtensions } from "./encrypted-extensions.ts";
import type { KeyShare } from "./extensions.ts";
import type { FlightMessage } from "./flight13.ts";
import { type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { alertFor } from "./handshake-state.ts";
import type { Handshake13 } from "./handshake13.ts";
import type { Handshake13State } from "./handshake13-state.ts";
import { type NamedGroup, namedGroupCode } from "./named-group.ts";
import { dtls12, dtls13 } from "./record.ts";
import { encodeServerHello, retryRandom } from "./server-hello.ts";
import { type SignatureScheme, signatureSchemeCode, signatureSchemes } from "./signature-scheme.ts";
import { srtpProfileCode } from "./srtp-profile.ts";

/** What was chosen out of a client's offer. */
interface Choice {
  readonly suite: CipherSuite13;
  readonly group: NamedGroup;
  readonly scheme: SignatureScheme;
}

const nothing: Uint8Array = new Uint8Array(0);

/** The server's side of a handshake of 1.3 (RFC 9147 §5, RFC 8446 §2). */
export class ServerHandshake13 implements Handshake13 {
  readonly #state: Handshake13State;
  #expected: number = handshakeType.clientHello;
  /** The group that a HelloRetryRequest has asked for. */
  #retriedFor: NamedGroup | undefined;

  constructor(state: Handshake13State) {
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
    const { keyShares = [], alpn, useSrtp } = hello.extensions;
    const theirs = keyShares.find((share) => share.group === namedGroupCode(choice.group));
    if (theirs === undefined) return this.#retry(choice);
    state.srtpProfile = state.settings.srtpProfiles.find((profile) =>
      useSrtp?.profiles.includes(srtpProfileCode(profile)),
    );
    state.alpn = state.settings.alpn.find((name) => alpn?.includes(name));
    return this.#answer(choice, theirs);
  }

  #choose(hello: ClientHello): Choice | SentAlert {
    const { settings } = this.#state;
    const { extensions } = hello;
    const { supportedVersions, groups, signatureSchemes: schemes, keyShares } = extensions;
    if (!supportedVersions?.includes(dtls13)) return "protocol_version";
    // Compression and the cookie of 1.2 have no place here (RFC 9147 §5.3, RFC 8446 §4.1.2).
    const hasOldFields = hello.cookie.length > 0 || hello.compressionMethods.some((one) => one > 0);
    if (hasOldFields) return "illegal_parameter";
    if (!groups || !schemes || !keyShares) return "missing_extension";
    const suite = settings.suites13.find((one) => hello.cipherSuites.includes(one.code));
    const scheme = this.#state.chooseScheme(schemes);
    const common = settings.groups.filter((one) => groups.includes(namedGroupCode(one)));
    // Any group that we have in common and need not ask for is better than one that we have to.
    const shared = common.find((one) =>
      keyShares.some((share) => share.group === namedGroupCode(one)),
    );
    const group = shared ?? common[0];
    if (!suite || !scheme || !group) return "handshake_failure";
    const hasRetriedInVain = this.#retriedFor !== undefined && group !== this.#retriedFor;
    if (hasRetriedInVain || (this.#retriedFor !== undefined && !shared)) return "illegal_parameter";
    if (settings.alpn.length > 0 && extensions.alpn) {
      const { alpn } = extensions;
      if (!settings.alpn.some((name) => alpn.includes(name))) return "no_application_protocol";
    }
    return { suite, group, scheme };
  }

  /** HelloRetryRequest (RFC 8446 §4.1.4): the client has sent no key share of a group of ours. */
  #retry(choice: Choice): undefined {
    const state = this.#state;
    this.#retriedFor = choice.group;
    state.transcript.replaceByHash(state.transcriptHash);
    const wanted = { group: namedGroupCode(choice.group), publicKey: nothing };
    state.host.sendFlight([this.#hello(choice, retryRandom, wanted)]);
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
