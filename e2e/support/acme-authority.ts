import {
  createHash,
  createPublicKey,
  type JsonWebKey,
  randomBytes,
  randomUUID,
  verify,
} from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import * as x509 from "@peculiar/x509";

/** What an authority is made with, and what it does wrong on purpose. */
export interface AuthorityOptions {
  /** Where it looks for challenges, instead of ports 80 and 443. */
  readonly httpPort: number;
  readonly tlsPort: number;
  /** How long its certificates are good, from now. */
  readonly lifetimeMs?: number;
}

/** A certificate authority that speaks ACME (RFC 8555) on loopback and validates for real. */
export class AcmeAuthority implements AsyncDisposable {
  readonly directory: string;
  /** The root certificate, in PEM. */
  readonly root: string;
  /** What clients did, in order: `newAccount`, `http-01 valid`, `finalize`, ... */
  readonly events: string[] = [];
  /** So many of the next nonces are refused. */
  badNonces = 0;
  /** Refuses new orders with this many seconds of Retry-After. */
  rateLimitSeconds = 0;
  readonly accounts = new Set<string>();
  readonly #options: AuthorityOptions;
  readonly #keys: CryptoKeyPair;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error) => {
      problem(response, 500, "serverInternal", String(error));
    });
  });
  readonly #nonces = new Set<string>();
  readonly #accountKeys = new Map<string, JsonWebKey>();
  readonly #orders = new Map<string, Order>();

  static async start(options: AuthorityOptions): Promise<AcmeAuthority> {
    const keys = await crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=Test authority",
      keys,
      signingAlgorithm: SIGNING,
      extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
    });
    const authority = new AcmeAuthority(options, keys, root.toString("pem"));
    await new Promise<void>((resolve) => authority.#server.listen(0, "127.0.0.1", resolve));
    const { port } = authority.#server.address() as AddressInfo;
    return Object.assign(authority, { directory: `http://127.0.0.1:${port}/directory` });
  }

  private constructor(options: AuthorityOptions, keys: CryptoKeyPair, root: string) {
    this.#options = options;
    this.#keys = keys;
    this.root = root;
    this.directory = "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const base = new URL(this.directory).origin;
    const path = request.url ?? "";
    const nonce = randomBytes(12).toString("base64url");
    this.#nonces.add(nonce);
    response.setHeader("replay-nonce", nonce);
    if (path === "/directory") {
      const names = ["newNonce", "newAccount", "newOrder"];
      json(response, 200, Object.fromEntries(names.map((name) => [name, `${base}/${name}`])));
      return;
    }
    if (path === "/newNonce") {
      response.writeHead(200).end();
      return;
    }
    const body = JSON.parse(await text(request));
    const header = decode(body.protected);
    const payload = body.payload === "" ? undefined : decode(body.payload);
    // The URL and the nonce are signed, so that nothing can be played again (RFC 8555 §6.4, §6.5).
    if (this.badNonces > 0 || !this.#nonces.delete(header.nonce)) {
      this.badNonces -= 1;
      this.events.push("badNonce");
      problem(response, 400, "badNonce", "the nonce is not good");
      return;
    }
    const jwk: JsonWebKey | undefined = header.jwk ?? this.#accountKeys.get(header.kid);
    if (header.url !== `${base}${path}` || jwk === undefined || !isSigned(body, jwk)) {
      problem(response, 401, "unauthorized", "the signature does not hold");
      return;
    }
    await this.#act(path, payload, { base, jwk, response });
  }

  async #act(path: string, payload: Payload | undefined, asked: Asked): Promise<void> {
    const { base, jwk, response } = asked;
    const [, kind = "", id = ""] = path.split("/");
    const order = this.#orders.get(id);
    if (kind === "newAccount" || kind === "account") {
      const url = `${base}/account/${thumbprint(jwk)}`;
      this.#accountKeys.set(url, jwk);
      this.events.push(kind);
      const status = this.accounts.has(url) ? 200 : 201;
      this.accounts.add(url);
      response.setHeader("location", url);
      json(response, status, { status: "valid", ...payload });
    } else if (kind === "newOrder") {
      this.#newOrder(payload, asked);
    } else if (order === undefined) {
      problem(response, 404, "malformed", "there is no such order");
    } else if (kind === "order") {
      json(response, 200, this.#orderJson(order, base));
    } else if (kind === "authorization") {
      json(response, 200, authorizationJson(order, base));
    } else if (kind === "challenge") {
      const challenge = order.challenges[Number(path.split("/")[3])] as Challenge;
      challenge.status = "processing";
      json(response, 200, authorizationJson(order, base).challenges[Number(path.split("/")[3])]);
      await this.#validate(order, challenge, `${challenge.token}.${thumbprint(jwk)}`);
    } else if (kind === "finalize") {
      order.certificate = await this.#issue(String(payload?.csr), order.domain);
      this.events.push("finalize");
      json(response, 200, this.#orderJson(order, base));
    } else {
      this.events.push("certificate");
      response.setHeader("content-type", "application/pem-certificate-chain");
      response.end(`${order.certificate}\n${this.root}`);
    }
  }

  #newOrder(payload: Payload | undefined, { base, response }: Asked): void {
    this.events.push("newOrder");
    if (this.rateLimitSeconds > 0) {
      response.setHeader("retry-after", String(this.rateLimitSeconds));
      problem(response, 429, "rateLimited", "too many certificates already issued");
      return;
    }
    const id = randomUUID();
    const challenge = (type: string): Challenge => ({
      type,
      token: randomBytes(24).toString("base64url"),
      status: "pending",
    });
    const order: Order = {
      id,
      domain: String(payload?.identifiers?.[0]?.value),
      challenges: [challenge("http-01"), challenge("tls-alpn-01")],
    };
    this.#orders.set(id, order);
    response.setHeader("location", `${base}/order/${id}`);
    json(response, 201, this.#orderJson(order, base));
  }

  #orderJson({ id, domain, challenges, certificate }: Order, base: string): object {
    const isReady = challenges.some(({ status }) => status === "valid");
    return {
      status: certificate !== undefined ? "valid" : isReady ? "ready" : "pending",
      identifiers: [{ type: "dns", value: domain }],
      authorizations: [`${base}/authorization/${id}`],
      finalize: `${base}/finalize/${id}`,
      ...(certificate !== undefined && { certificate: `${base}/certificate/${id}` }),
    };
  }

  /** Asks the server under test itself; every name leads to loopback. */
  async #validate(order: Order, challenge: Challenge, keyAuthorization: string): Promise<void> {
    try {
      if (challenge.type === "http-01")
        await this.#validateHttp(order, challenge, keyAuthorization);
      else await this.#validateTls(order, keyAuthorization);
      challenge.status = "valid";
    } catch (error) {
      const isWrong = error instanceof WrongAnswer;
      challenge.status = "invalid";
      challenge.error = {
        type: `urn:ietf:params:acme:error:${isWrong ? "unauthorized" : "connection"}`,
        detail: error instanceof Error ? error.message : String(error),
      };
    }
    this.events.push(`${challenge.type} ${challenge.status}`);
  }

  async #validateHttp(order: Order, challenge: Challenge, expected: string): Promise<void> {
    const path = `/.well-known/acme-challenge/${challenge.token}`;
    const answer = await fetch(`http://127.0.0.1:${this.#options.httpPort}${path}`, {
      headers: { host: order.domain },
      redirect: "manual",
    });
    if (answer.status !== 200 || (await answer.text()).trim() !== expected) {
      throw new WrongAnswer(`HTTP status ${answer.status}, or another key authorization`);
    }
  }

  async #validateTls({ domain }: Order, keyAuthorization: string): Promise<void> {
    const der = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect({
        port: this.#options.tlsPort,
        host: "127.0.0.1",
        servername: domain,
        ALPNProtocols: ["acme-tls/1"],
        rejectUnauthorized: false,
      });
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        const { raw } = socket.getPeerCertificate();
        if (socket.alpnProtocol === "acme-tls/1") resolve(raw);
        else reject(new WrongAnswer("acme-tls/1 was not agreed on"));
        socket.destroy();
      });
    });
    const extension = new x509.X509Certificate(Uint8Array.from(der)).getExtension(ACME_IDENTIFIER);
    const digest = createHash("sha256").update(keyAuthorization).digest();
    // An OCTET STRING of 32 bytes (RFC 8737 §3).
    const expected = Buffer.concat([Buffer.of(4, 32), digest]);
    if (!extension?.critical || !expected.equals(Buffer.from(extension.value))) {
      throw new WrongAnswer("another acmeIdentifier");
    }
  }

  async #issue(csr: string, domain: string): Promise<string> {
    const request = new x509.Pkcs10CertificateRequest(
      Uint8Array.from(Buffer.from(csr, "base64url")),
    );
    if (!(await request.verify())) throw new Error("the request is not signed by its key");
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: randomBytes(8).toString("hex"),
      issuer: "CN=Test authority",
      subject: `CN=${domain}`,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + (this.#options.lifetimeMs ?? 90 * 86_400_000)),
      publicKey: request.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: SIGNING,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: domain }])],
    });
    return certificate.toString("pem");
  }
}

class WrongAnswer extends Error {}

interface Challenge {
  readonly type: string;
  readonly token: string;
  status: "pending" | "processing" | "valid" | "invalid";
  error?: { readonly type: string; readonly detail: string };
}

interface Order {
  readonly id: string;
  readonly domain: string;
  readonly challenges: readonly Challenge[];
  certificate?: string;
}

interface Payload {
  readonly csr?: string;
  readonly identifiers?: readonly { readonly value: string }[];
}

interface Asked {
  readonly base: string;
  readonly jwk: JsonWebKey;
  readonly response: ServerResponse;
}

const EC = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

/** id-pe-acmeIdentifier (RFC 8737 §6.1) */
const ACME_IDENTIFIER = "1.3.6.1.5.5.7.1.31";

function authorizationJson({ id, domain, challenges }: Order, base: string) {
  const status = challenges.find((one) => one.status === "valid" || one.status === "invalid");
  return {
    status: status?.status ?? "pending",
    identifier: { type: "dns", value: domain },
    challenges: challenges.map((one, index) => ({
      ...one,
      url: `${base}/challenge/${id}/${index}`,
    })),
  };
}

/** RFC 7638 §3 */
function thumbprint({ crv, kty, x, y }: JsonWebKey): string {
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

function isSigned(body: Record<string, string>, jwk: JsonWebKey): boolean {
  const key = {
    key: createPublicKey({ key: jwk, format: "jwk" }),
    dsaEncoding: "ieee-p1363" as const,
  };
  const signed = Buffer.from(`${body.protected}.${body.payload}`);
  return verify("sha256", signed, key, Buffer.from(body.signature ?? "", "base64url"));
}

function decode(part: string) {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, type: string, detail: string): void {
  response
    .writeHead(status, { "content-type": "application/problem+json" })
    .end(JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, detail, status }));
}
