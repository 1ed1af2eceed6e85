import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  request,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TokenBucket } from "@tincan/signaling";
import { generate } from "selfsigned";
import { openLog } from "../../packages/server/src/log.ts";
import type { ServeOptions } from "../../packages/server/src/options/serve-options.ts";
import { startServer } from "../../packages/server/src/start-server.ts";
import { type RunningTincan, startTincan } from "./server.ts";

/** What OpenSSL still believes; the default digest of the generator is SHA-1. */
const STRONG = { keyType: "ec", algorithm: "sha256" } as const;
const SECRET = "the secret of the good TURN server";

/**
 * A good server, and beside it real ones with faults made on purpose: other settings, other certificates, or a proxy in
 * front that spoils one thing. All are on one address of this machine.
 */
export class FaultyServers implements AsyncDisposable {
  readonly host: string;
  readonly folder: string;
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly good: RunningTincan;
  /** Where the good server's TURN listens. */
  readonly turnPort: number;
  readonly #authority: Authority;
  readonly #closers: (() => unknown)[] = [];
  readonly #plain = new Map<string, string>();

  private constructor(
    host: string,
    folder: string,
    authority: Authority,
    certificate: FaultyServers["certificate"],
    good: RunningTincan,
  ) {
    this.host = host;
    this.folder = folder;
    this.#authority = authority;
    this.certificate = certificate;
    this.good = good;
    this.turnPort = Number(/"port":(\d+),"msg":"STUN and TURN listen/.exec(good.output)?.[1]);
  }

  static async start(host: string): Promise<FaultyServers> {
    const folder = await mkdtemp(join(tmpdir(), "tincan-doctor-"));
    const authority = await generate([{ name: "commonName", value: "Tincan test authority" }], {
      ...STRONG,
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, critical: true },
      ],
    });
    await writeFile(join(folder, "authority.pem"), authority.cert);
    const certificate = await sign(folder, authority, "good", [host, "call.example.test"]);
    const { cert, key } = certificate;
    const options = ["--host", host, "--allow-peer", host, "--turn-secret", SECRET];
    const good = await startTincan([...options, "--cert", cert, "--key", key]);
    return new FaultyServers(host, folder, authority, certificate, good);
  }

  /** The good server's address. */
  get goodUrl(): string {
    return this.good.secureUrl.replace("localhost", this.host);
  }

  /** The file of the authority that vouches for all certificates. */
  get authorityFile(): string {
    return join(this.folder, "authority.pem");
  }

  /** A certificate for names and addresses, good from one day to another. */
  sign(name: string, names: readonly string[], valid?: readonly [Date, Date]) {
    return sign(this.folder, this.#authority, name, names, valid);
  }

  /** A server like the good one but for some settings. */
  async serve(options: Partial<ServeOptions>): Promise<string> {
    const server = await startServer(
      {
        ...{ port: 0, httpPort: 0, turnPort: 0, host: this.host, allowPeer: [this.host] },
        ...{ ...this.certificate, dataDir: await mkdtemp(join(this.folder, "data-")) },
        ...options,
      },
      openLog(process.stderr, "silent", "json"),
    );
    this.#closers.push(() => server.close());
    this.#plain.set(server.urls.localSecure.replace("localhost", this.host), server.urls.local);
    return server.urls.localSecure.replace("localhost", this.host);
  }

  /** The http address of a server of `serve`, for this machine alone. */
  plainOf(url: string): string {
    return this.#plain.get(url) ?? url;
  }

  /** A server that hands out these URLs, with the good server's secret. */
  foreign(...turnUrl: readonly string[]): Promise<string> {
    return this.serve({ turnUrl, turnSecret: SECRET });
  }

  /** A TURN URL of this machine. */
  turn(port: number, transport: "udp" | "tcp"): string {
    return `turn:${this.host}:${port}?transport=${transport}`;
  }

  /** On loopback, where browsers trust http. */
  async listen(server: Server): Promise<string> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async closedPort(): Promise<number> {
    const server = createHttpServer().listen(0, this.host);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  /** A reverse proxy before the good server that spoils one thing. */
  async proxy({ answer, dropsUpgrades, host }: Spoiling): Promise<string> {
    const to = (incoming: { url?: string; method?: string; headers: Record<string, unknown> }) =>
      request(new URL(incoming.url ?? "/", this.good.url), {
        method: incoming.method,
        headers: { ...incoming.headers, ...(host && { host }) } as Record<string, string>,
      });
    const server = createHttpServer((incoming, outgoing) => {
      const { upgrade: _, ...headers } = { ...incoming.headers, connection: "close" };
      const passed = to({ ...pick(incoming), headers });
      passed.on("response", (response) => {
        const told = answer?.(response.headers) ?? response.headers;
        outgoing.writeHead(response.statusCode ?? 500, told as Record<string, string>);
        response.pipe(outgoing);
      });
      passed.on("error", () => outgoing.destroy());
      incoming.pipe(passed);
    });
    if (!dropsUpgrades) {
      server.on("upgrade", (incoming, socket) => {
        const passed = to(pick(incoming));
        passed.on("upgrade", (response, other, first: Buffer) => {
          const lines = response.rawHeaders.flatMap((name, index, all) =>
            index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : [],
          );
          socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
          // What came together with the head: Engine.IO speaks at once.
          socket.write(first);
          socket.pipe(other).pipe(socket);
          socket.on("error", () => other.destroy());
          other.on("error", () => socket.destroy());
        });
        passed.on("response", (response) => {
          socket.end(`HTTP/1.1 ${response.statusCode} Refused\r\nconnection: close\r\n\r\n`);
        });
        passed.on("error", () => socket.destroy());
        passed.end();
      });
    }
    return this.listen(server);
  }

  /** A UDP port that takes everything and answers nothing, as a firewall does. */
  async udpSocket(): Promise<{ socket: Socket; port: number }> {
    const socket = createSocket("udp4").bind(0, this.host);
    await once(socket, "listening");
    this.#closers.push(() => socket.close());
    return { socket, port: socket.address().port };
  }

  /** Passes requests on to the good TURN server, and loses all that is relayed: ChannelData and indications. */
  turnProxyWithoutData(): Promise<number> {
    return this.#turnProxy(() => () => false);
  }

  /** Passes on, of what is relayed, forty packets a second each way: fewer than a voice has. */
  turnProxyOnRoughLine(): Promise<number> {
    return this.#turnProxy(() => {
      const bucket = new TokenBucket({ perSecond: 40, burst: 10 }, performance.now());
      return () => bucket.take(performance.now()) === 0;
    });
  }

  /** `makeLine` makes one for each direction of each client, which says whether a packet gets through. */
  async #turnProxy(makeLine: () => () => boolean): Promise<number> {
    const { socket, port } = await this.udpSocket();
    const ways = new Map<number, Promise<(bytes: Buffer) => void>>();
    const open = async (client: RemoteInfo): Promise<(bytes: Buffer) => void> => {
      const { socket: way } = await this.udpSocket();
      const [up, down] = [makeLine(), makeLine()];
      way.on("message", (bytes) => {
        if (!isRelayed(bytes) || down()) socket.send(bytes, client.port, client.address);
      });
      return (bytes) => {
        if (!isRelayed(bytes) || up()) way.send(bytes, this.turnPort, this.host);
      };
    };
    socket.on("message", async (bytes, client) => {
      const way = ways.get(client.port) ?? open(client);
      ways.set(client.port, way);
      (await way)(bytes);
    });
    return port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers) await close();
    await this.good[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

type Authority = Awaited<ReturnType<typeof generate>>;

async function sign(
  folder: string,
  authority: Authority,
  name: string,
  names: readonly string[],
  valid?: readonly [Date, Date],
) {
  const [notBeforeDate, notAfterDate] = valid ?? [];
  const signed = await generate([{ name: "commonName", value: names[0] ?? "" }], {
    ...STRONG,
    ca: { key: authority.private, cert: authority.cert },
    ...(notBeforeDate && { notBeforeDate }),
    ...(notAfterDate && { notAfterDate }),
    extensions: [
      { name: "basicConstraints", cA: false },
      {
        name: "subjectAltName",
        altNames: names.map((one) =>
          /^[\d.]+$/.test(one) ? { type: 7, ip: one } : { type: 2, value: one },
        ),
      },
    ],
  });
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
  await writeFile(files.cert, signed.cert);
  await writeFile(files.key, signed.private, { mode: 0o600 });
  return files;
}

interface Spoiling {
  readonly answer?: (headers: Record<string, unknown>) => Record<string, unknown>;
  readonly dropsUpgrades?: boolean;
  readonly host?: string;
}

function pick({ url, method, headers }: IncomingMessage) {
  return {
    headers: headers as Record<string, unknown>,
    ...(url && { url }),
    ...(method && { method }),
  };
}

/** ChannelData begins with 0x40 (RFC 8656 §12.4), Send and Data indications with 0x0016 and 0x0017 (§17). */
function isRelayed(bytes: Buffer): boolean {
  const type = bytes.readUInt16BE(0);
  return type >= 0x4000 || type === 0x0016 || type === 0x0017;
}
