import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type CipherSuiteName,
  CookieExchange,
  type DtlsConfig,
  DtlsConnection,
  type DtlsEvent,
  fingerprintOf,
  type LocalCertificate,
  type NamedGroup,
  selfSigned,
} from "../packages/webrtc/src/dtls/index.ts";
import {
  nodeDtlsCrypto as crypto,
  generateEcdsaKey,
  generateRsaKey,
  type NodeSigningKey,
} from "../packages/webrtc/src/node/index.ts";

/** OpenSSL's s_server and s_client against our client and our server, over UDP on loopback. */

const suites: readonly (readonly [CipherSuiteName, string])[] = [
  ["ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"],
  ["ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
  ["ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"],
  ["ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"],
  ["ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"],
  ["ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"],
  ["ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"],
  ["ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"],
];
const groups: readonly (readonly [NamedGroup, string])[] = [
  ["x25519", "X25519"],
  ["secp256r1", "P-256"],
  ["secp384r1", "P-384"],
];
const label = "EXTRACTOR-dtls_srtp";
const exportLength = 60;

type KeyType = "ecdsa" | "rsa";
interface Identity {
  readonly ours: LocalCertificate;
  /** What OpenSSL is given to show and to sign with. */
  readonly certificatePath: string;
  readonly keyPath: string;
}

let folder: string;
let identities: Readonly<Record<KeyType, Identity>>;
const endings: (() => void)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "openssl-dtls-"));
  const [ecdsa, rsa] = [generateEcdsaKey(), await generateRsaKey()];
  identities = { ecdsa: identity("ecdsa", ecdsa), rsa: identity("rsa", rsa) };
});
afterEach(() => {
  for (const end of endings.splice(0)) end();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("our client to s_server", () => {
  it.each(suites)("%s", async (name, openssl) => {
    const server = await sServer(authentication(name), ["-cipher", openssl]);
    const client = await Peer.client(server.port, { cipherSuites: [name] });
    await exchange(client, server.openssl, name);
  });

  it.each(groups)("%s", async (name, openssl) => {
    // The groups also say which curves certificates may be on (RFC 8422 §5.1.1), hence RSA.
    const server = await sServer("rsa", ["-curves", openssl]);
    const certificate = identities.rsa.ours;
    const client = await Peer.client(server.port, { groups: [name], certificate });
    await exchange(client, server.openssl);
  });

  it("AES-128-CBC with the MAC over the plaintext, as very old peers have it", async () => {
    const name = "ECDHE_ECDSA_WITH_AES_128_CBC_SHA";
    const server = await sServer("ecdsa", ["-cipher", "ECDHE-ECDSA-AES128-SHA", "-no_etm"]);
    await exchange(await Peer.client(server.port, { cipherSuites: [name] }), server.openssl, name);
  });

  it("an RSA certificate of ours, cut into small datagrams", async () => {
    const server = await sServer("ecdsa", []);
    const certificate = identities.rsa.ours;
    const client = await Peer.client(server.port, { certificate, mtu: 300 });
    await exchange(client, server.openssl);
  });

  it("fragments of OpenSSL's", async () => {
    const server = await sServer("rsa", ["-mtu", "300"]);
    await exchange(await Peer.client(server.port, {}), server.openssl);
  });

  it("cookies", async () => {
    const server = await sServer("ecdsa", ["-listen"]);
    const client = await Peer.client(server.port, {});
    await exchange(client, server.openssl);
    // Two hellos, the second flight, and the data.
    expect(client.datagramsSent).toBe(4);
  });

  it("closes from our side", async () => {
    const server = await sServer("ecdsa", []);
    const client = await Peer.client(server.port, {});
    await client.event("connected");
    client.act((connection) => connection.close());
    await server.openssl.output(/closed|CONNECTION CLOSED|DONE/);
  });

  it("ends by the alert when there is no suite in common", async () => {
    const server = await sServer("ecdsa", ["-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"]);
    const client = await Peer.client(server.port, {
      cipherSuites: ["ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"],
    });
    expect(await client.event("closed")).toMatchObject({
      reason: "alert-received",
      alert: "handshake_failure",
    });
  });
});

describe("s_client to our server", () => {
  it.each(suites)("%s", async (name, openssl) => {
    const certificate = identities[authentication(name)].ours;
    const server = await Peer.server({ cipherSuites: [name], certificate });
    await exchange(server, sClient(server.port, "ecdsa", ["-cipher", openssl]), name);
  });

  it.each(groups)("%s", async (name, openssl) => {
    const server = await Peer.server({ groups: [name], certificate: identities.rsa.ours }, "rsa");
    await exchange(server, sClient(server.port, "rsa", ["-curves", openssl]));
  });

  it("AES-128-CBC with the MAC over the plaintext", async () => {
    const name = "ECDHE_ECDSA_WITH_AES_128_CBC_SHA";
    const server = await Peer.server({ cipherSuites: [name] });
    const options = ["-cipher", "ECDHE-ECDSA-AES128-SHA", "-no_etm"];
    await exchange(server, sClient(server.port, "ecdsa", options), name);
  });

  it("an RSA client certificate, in fragments both ways", async () => {
    const server = await Peer.server({ certificate: identities.rsa.ours, mtu: 300 }, "rsa");
    await exchange(server, sClient(server.port, "rsa", ["-mtu", "300"]));
  });

  it("cookies, from a server that keeps nothing before they are shown", async () => {
    const server = await Peer.server({}, "ecdsa", true);
    await exchange(server, sClient(server.port, "ecdsa", []));
    expect(server.challenges).toBe(1);
  });

  it("a client that says goodbye", async () => {
    const server = await Peer.server({});
    const client = sClient(server.port, "ecdsa", []);
    await server.event("connected");
    client.process.stdin?.end();
    expect(await server.event("closed")).toMatchObject({ reason: "closed-by-peer" });
  });

  it("a client that is not the one of the fingerprint", async () => {
    const server = await Peer.server({}, "rsa");
    const client = sClient(server.port, "ecdsa", []);
    expect(await server.event("closed")).toMatchObject({ reason: "fingerprint-mismatch" });
    await client.output(/alert bad certificate/);
  });

  it("refuses to renegotiate", async () => {
    const server = await Peer.server({});
    const client = sClient(server.port, "ecdsa", []);
    await server.event("connected");
    await client.output(/Verify return code/);
    client.process.stdin?.write("R\n");
    await client.output(/no renegotiation/);
  });
});

/** Both have connected, have the same keys, and hear each other; then the peer closes. */
async function exchange(peer: Peer, openssl: OpenSsl, suite?: CipherSuiteName): Promise<void> {
  const { session } = await peer.event("connected");
  expect(session.srtpProfile).toBe("SRTP_AES128_CM_HMAC_SHA1_80");
  expect(session.extendedMasterSecret).toBe(true);
  if (suite !== undefined) expect(session.cipherSuite).toBe(suite);
  const [, material] = await openssl.output(/Keying material: ([0-9A-F]+)/);
  const ours = peer.connection.exportKeyingMaterial(label, exportLength);
  expect(Buffer.from(ours).toString("hex").toUpperCase()).toBe(material);
  peer.act((connection) => connection.send(Buffer.from("from tincan to openssl\n")));
  await openssl.output(/from tincan to openssl/);
  openssl.process.stdin?.write("from openssl to tincan\n");
  const { data } = await peer.event("data");
  expect(Buffer.from(data).toString()).toBe("from openssl to tincan\n");
  expect([...peer.connection.faults]).toEqual([]);
}

function authentication(suite: CipherSuiteName): KeyType {
  return suite.includes("_RSA_") ? "rsa" : "ecdsa";
}

function identity(name: KeyType, key: NodeSigningKey): Identity {
  const now = Date.now();
  const ours = selfSigned(crypto, key, { notBefore: now - 86_400_000, notAfter: now + 86_400_000 });
  const certificatePath = join(folder, `${name}.pem`);
  const keyPath = join(folder, `${name}.key`);
  writeFileSync(certificatePath, pem("CERTIFICATE", ours.chain[0] as Uint8Array));
  writeFileSync(keyPath, pem("PRIVATE KEY", key.exportPkcs8()));
  return { ours, certificatePath, keyPath };
}

function pem(title: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes)
    .toString("base64")
    .replace(/.{64}(?!$)/g, "$&\n");
  return `-----BEGIN ${title}-----\n${text}\n-----END ${title}-----\n`;
}

async function sServer(
  keyType: KeyType,
  options: readonly string[],
): Promise<{ readonly port: number; readonly openssl: OpenSsl }> {
  const port = await freePort();
  const accept = ["-accept", `127.0.0.1:${port}`, "-Verify", "1"];
  const openssl = new OpenSsl("s_server", keyType, [...accept, ...options]);
  await openssl.output(/ACCEPT/);
  return { port, openssl };
}

function sClient(port: number, keyType: KeyType, options: readonly string[]): OpenSsl {
  return new OpenSsl("s_client", keyType, ["-connect", `127.0.0.1:${port}`, ...options]);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const socket = await boundSocket();
  const { port } = socket.address();
  socket.close();
  return port;
}

function boundSocket(): Promise<Socket> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket)));
}

/** The openssl command line tool as one side. */
class OpenSsl {
  readonly process: ChildProcess;
  #text = "";
  #wake: () => void = () => {};

  constructor(command: "s_server" | "s_client", keyType: KeyType, options: readonly string[]) {
    const { certificatePath, keyPath } = identities[keyType];
    const shown = ["-cert", certificatePath, "-key", keyPath];
    const exported = ["-keymatexport", label, "-keymatexportlen", String(exportLength)];
    const srtp = ["-use_srtp", "SRTP_AES128_CM_SHA1_80"];
    const all = [command, "-dtls1_2", ...shown, ...exported, ...srtp, ...options];
    this.process = spawn("openssl", all);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#text += chunk.toString("latin1");
        this.#wake();
      });
    }
    endings.push(() => this.process.kill("SIGKILL"));
  }

  async output(pattern: RegExp): Promise<RegExpExecArray> {
    const limit = Date.now() + 8000;
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match !== null) return match;
      if (Date.now() > limit) throw new Error(`openssl said no ${pattern}:\n${this.#text}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 500);
      });
    }
  }
}

/** Our side: one connection on a socket of its own. */
class Peer {
  readonly connection: DtlsConnection;
  datagramsSent = 0;
  challenges = 0;
  readonly #socket: Socket;
  readonly #cookies: CookieExchange | undefined;
  #remotePort: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #events: DtlsEvent[] = [];
  #wake: () => void = () => {};

  static async client(port: number, config: Partial<DtlsConfig>): Promise<Peer> {
    return new Peer(await boundSocket(), { role: "client", ...believing(), ...config }, port);
  }

  static async server(
    config: Partial<DtlsConfig>,
    believed: KeyType = "ecdsa",
    hasCookies = false,
  ): Promise<Peer> {
    const cookies = hasCookies ? new CookieExchange(crypto) : undefined;
    const all = { role: "server", ...believing(believed), ...config } as const;
    return new Peer(await boundSocket(), all, undefined, cookies);
  }

  private constructor(
    socket: Socket,
    config: Pick<DtlsConfig, "role"> & Partial<DtlsConfig>,
    remotePort: number | undefined,
    cookies?: CookieExchange,
  ) {
    this.#socket = socket;
    this.#remotePort = remotePort;
    this.#cookies = cookies;
    const certificate = identities.ecdsa.ours;
    const srtpProfiles = ["SRTP_AES128_CM_HMAC_SHA1_80"] as const;
    this.connection = new DtlsConnection({ crypto, certificate, srtpProfiles, ...config });
    socket.on("message", (packet, from) => this.#receive(packet, from.port));
    endings.push(() => {
      clearTimeout(this.#timer);
      socket.close();
    });
    this.act((connection) => connection.start(performance.now()));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  act(action: (connection: DtlsConnection) => void): void {
    action(this.connection);
    for (let output = this.connection.poll(); output; output = this.connection.poll()) {
      if (output.type === "event") this.#events.push(output.event);
      else this.#send(output.packet);
    }
    this.#wake();
    clearTimeout(this.#timer);
    const { deadline } = this.connection;
    if (deadline === undefined) return;
    const wait = Math.max(0, deadline - performance.now());
    this.#timer = setTimeout(() => this.act((one) => one.handleTimeout(performance.now())), wait);
  }

  async event<Type extends DtlsEvent["type"]>(
    type: Type,
  ): Promise<Extract<DtlsEvent, { type: Type }>> {
    const limit = Date.now() + 8000;
    for (;;) {
      const found = this.#events.find((event) => event.type === type);
      if (found) return found as Extract<DtlsEvent, { type: Type }>;
      const closed = this.#events.find((event) => event.type === "closed");
      if (closed || Date.now() > limit) throw new Error(`no ${type}: ${JSON.stringify(closed)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 500);
      });
    }
  }

  #receive(packet: Uint8Array, from: number): void {
    if (this.#cookies !== undefined && this.#remotePort === undefined) {
      const verdict = this.#cookies.judge(packet, `127.0.0.1:${from}`, performance.now());
      if (verdict.type === "challenge") {
        this.challenges += 1;
        this.#socket.send(verdict.packet, from, "127.0.0.1");
      }
      if (verdict.type !== "accept") return;
    }
    this.#remotePort ??= from;
    this.act((connection) => connection.receive(packet, performance.now()));
  }

  #send(packet: Uint8Array): void {
    this.datagramsSent += 1;
    this.#socket.send(packet, this.#remotePort, "127.0.0.1");
  }
}

/** Both kinds of OpenSSL's certificates, unless a test is about one of them. */
function believing(keyType?: KeyType): Pick<DtlsConfig, "remoteFingerprints"> {
  const believed =
    keyType === undefined ? [identities.ecdsa, identities.rsa] : [identities[keyType]];
  const certificates = believed.map((one) => one.ours.chain[0] as Uint8Array);
  return { remoteFingerprints: certificates.map((one) => fingerprintOf(crypto, one)) };
}
