import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import {
  base64,
  type CapturedHandshake,
  type Draws,
  recordingCrypto,
  recordingKey,
} from "../../packages/webrtc/src/dtls/fixtures/captured-handshake.ts";
import {
  type CookieExchange,
  DtlsConnection,
  type DtlsVersion,
  type Fingerprint,
  fingerprintOf,
  formatFingerprint,
  type LocalCertificate,
  type RetriedHello,
  srtpProfiles,
} from "../../packages/webrtc/src/dtls/index.ts";
import { UseCandidate } from "../../packages/webrtc/src/ice/attributes.ts";
import { nodeDtlsCrypto as crypto } from "../../packages/webrtc/src/node/index.ts";
import {
  bindingMethod,
  decodeMessage,
  MessageWriter,
  XorMappedAddress,
} from "../../packages/webrtc/src/stun/index.ts";
import { toUtf8 } from "../../packages/webrtc/src/wire/index.ts";
import { pemCertificate } from "./pem-certificate.ts";

type Role = CapturedHandshake["role"];

/** How long one handshake may take. */
const LIMIT_MS = 15_000;

/** Firefox takes no candidate on loopback where it has an address that is not. */
const OWN_IP =
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";

/** No other machine hears of them. */
const ICE = { ufrag: "capture", pwd: "0123456789abcdefghijkl" };

/** Our connection on a socket of its own, which answers ICE's checks as an agent that is lite (RFC 8445 §2.5). */
export class RecordedSide {
  readonly #socket: Socket;
  readonly #role: Role;
  readonly #versions: readonly DtlsVersion[];
  readonly #believed: Fingerprint;
  readonly #certificate: LocalCertificate = pemCertificate().local;
  readonly #draws: Draws = { randoms: [], shares: [], signatures: [] };
  #connection: DtlsConnection;
  /** What a server asks first, until the peer has shown what it wants. */
  #cookies: CookieExchange | undefined;
  readonly #datagrams: string[] = [];
  readonly #data: Promise<Uint8Array>;
  #resolve: (data: Uint8Array) => void = () => {};
  #reject: (reason: Error) => void = () => {};
  #remotePort: number | undefined;
  #remoteIp = OWN_IP;

  static async bind(
    role: Role,
    versions: readonly DtlsVersion[],
    believed: Fingerprint,
    cookies?: CookieExchange,
  ): Promise<RecordedSide> {
    const socket = createSocket("udp4").bind(0, OWN_IP);
    await once(socket, "listening");
    return new RecordedSide(socket, role, versions, believed, cookies);
  }

  private constructor(
    socket: Socket,
    role: Role,
    versions: readonly DtlsVersion[],
    believed: Fingerprint,
    cookies: CookieExchange | undefined,
  ) {
    this.#data = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#socket = socket;
    this.#role = role;
    this.#versions = versions;
    this.#believed = believed;
    this.#cookies = cookies;
    this.#connection = this.#make();
    socket.on("message", (packet, { address, port }) => this.#receive(packet, address, port));
  }

  get ip(): string {
    return this.#socket.address().address;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** What a browser is told of us. */
  get answer(): string {
    return [
      ...["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-lite", "a=group:BUNDLE 0"],
      `m=application ${this.port} UDP/DTLS/SCTP webrtc-datachannel`,
      ...["c=IN IP4 0.0.0.0", "a=mid:0", `a=ice-ufrag:${ICE.ufrag}`, `a=ice-pwd:${ICE.pwd}`],
      `a=fingerprint:${formatFingerprint(fingerprintOf(crypto, this.#shown))}`,
      `a=setup:${this.#role === "client" ? "active" : "passive"}`,
      `a=candidate:1 1 udp 2130706431 ${this.ip} ${this.port} typ host`,
      ...["a=end-of-candidates", "a=sctp-port:5000", ""],
    ].join("\r\n");
  }

  /** Speaks first. */
  begin(ip: string, port: number): void {
    [this.#remoteIp, this.#remotePort] = [ip, port];
    this.#connection.start(0);
    this.#drain();
  }

  /** The handshake, when the peer has sent data behind it. */
  async captured(): Promise<CapturedHandshake> {
    const timer = setTimeout(() => this.#reject(new Error("no handshake")), LIMIT_MS);
    const data = await this.#data;
    clearTimeout(timer);
    this.#socket.close();
    return {
      role: this.#role,
      versions: this.#versions,
      fingerprint: formatFingerprint(this.#believed),
      certificate: base64(this.#shown),
      publicKey: base64(this.#certificate.key.publicKey),
      draws: this.#draws,
      datagrams: this.#datagrams,
      data: base64(data),
    };
  }

  get #shown(): Uint8Array {
    return this.#certificate.chain[0] as Uint8Array;
  }

  #make(retried?: RetriedHello): DtlsConnection {
    const { chain, key } = this.#certificate;
    const connection = new DtlsConnection({
      role: this.#role,
      versions: this.#versions,
      // Only what the fixtures have is recorded, and they have no cookies.
      crypto: retried === undefined ? recordingCrypto(this.#draws) : crypto,
      certificate: { chain, key: recordingKey(key, this.#draws) },
      remoteFingerprints: [this.#believed],
      srtpProfiles,
      ...(retried && { retried }),
    });
    if (this.#role === "server") connection.start(0);
    return connection;
  }

  #receive(packet: Uint8Array, ip: string, port: number): void {
    // RFC 7983 §7: what begins with 0 to 3 is STUN.
    if ((packet[0] as number) < 4) {
      this.#answerCheck(packet, ip, port);
      return;
    }
    [this.#remoteIp, this.#remotePort] = [ip, port];
    this.#datagrams.push(`< ${base64(packet)}`);
    const taken = this.#cookies === undefined ? packet : this.#admitted(this.#cookies, packet);
    // Time stands still: where something was lost or late, there is no handshake and no fixture.
    if (taken !== undefined) this.#connection.receive(taken, 0);
    this.#drain();
  }

  /** What the connection begins with, when the peer has shown a cookie; before that it is asked for one. */
  #admitted(cookies: CookieExchange, packet: Uint8Array): Uint8Array | undefined {
    const verdict = cookies.judge(packet, `${this.#remoteIp}:${this.#remotePort}`, 0);
    if (verdict.type === "accept") {
      this.#cookies = undefined;
      this.#connection = this.#make(verdict.retried);
      return verdict.packet ?? packet;
    }
    if (verdict.type === "refuse") this.#reject(new Error("the cookie was refused"));
    if (verdict.type === "challenge") {
      this.#datagrams.push(`> ${base64(verdict.packet)}`);
      this.#socket.send(verdict.packet, this.#remotePort, this.#remoteIp);
    }
    return undefined;
  }

  #answerCheck(packet: Uint8Array, ip: string, port: number): void {
    const message = decodeMessage(packet);
    if (!message.ok || message.value.class !== "request") return;
    if (message.value.method !== bindingMethod) return;
    const writer = new MessageWriter().beginResponse(message.value, "success");
    writer.add(XorMappedAddress, { ip, port }).addIntegrity(crypto, toUtf8(ICE.pwd));
    this.#socket.send(writer.addFingerprint().finishCopy(), port, ip);
    if (!message.value.has(UseCandidate) || this.#connection.state !== "new") return;
    this.begin(ip, port);
  }

  #drain(): void {
    for (let out = this.#connection.poll(); out !== undefined; out = this.#connection.poll()) {
      if (out.type === "packet") {
        this.#datagrams.push(`> ${base64(out.packet)}`);
        this.#socket.send(out.packet, this.#remotePort, this.#remoteIp);
      } else if (out.event.type === "data") {
        this.#resolve(out.event.data.slice());
        this.#socket.removeAllListeners("message");
      } else if (out.event.type === "closed") {
        this.#reject(new Error(`${out.event.reason}: ${out.event.alert}`));
      }
    }
  }
}
