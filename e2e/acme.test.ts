import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect, type TLSSocket } from "node:tls";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChallengeAnswers } from "../packages/server/src/acme/challenge-answers.ts";
import {
  type KeptCertificate,
  keepCertificate,
} from "../packages/server/src/acme/keep-certificate.ts";
import type { ChallengeType } from "../packages/server/src/acme/order-certificate.ts";
import { selfSignedCertificate } from "../packages/server/src/certificate/self-signed-certificate.ts";
import { DataFolder } from "../packages/server/src/data-folder.ts";
import { PlainFront } from "../packages/server/src/http/plain-front.ts";
import { SecureFront } from "../packages/server/src/http/secure-front.ts";
import { startServer } from "../packages/server/src/index.ts";
import { AcmeAuthority, type AuthorityOptions } from "./support/acme-authority.ts";

// The listeners of the server, and a certificate authority that looks at them for real.

const DOMAIN = "call.example.test";

// The name leads to this machine, although no DNS knows it.
vi.mock("../packages/server/src/acme/resolve-domain.ts", () => ({
  resolveDomain: async () => ({ isFound: true, words: "which leads to 127.0.0.1" }),
}));

const EVERY: readonly ChallengeType[] = ["http-01", "tls-alpn-01"];

const folders: string[] = [];
let stack: AsyncDisposableStack;

beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(async () => {
  await stack.disposeAsync();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

test("a certificate by HTTP-01 replaces the self-signed one, and no connection is dropped", async () => {
  const server = await open();
  const before = await server.connect({ rejectUnauthorized: false });
  server.kept.start(EVERY);
  await server.renewed;
  const { events } = server.authority;
  expect(events.filter((event) => event !== "account")).toEqual([
    ...["newAccount", "newOrder", "http-01 valid", "finalize", "certificate"],
  ]);
  const after = await server.connect({ ca: server.authority.root });
  expect(after.authorized).toBe(true);
  before.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(await text(before)).toContain("page");
});

test("where port 80 leads elsewhere, TLS-ALPN-01 proves the name instead", async () => {
  const stranger = createServer((_request, response) => response.end("somebody else"));
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  stack.defer(() => void stranger.close());
  const { port } = stranger.address() as { port: number };
  const server = await open({ httpPort: port });
  server.kept.start(EVERY);
  await server.renewed;
  expect(server.authority.events).toContain("http-01 invalid");
  expect(server.authority.events).toContain("tls-alpn-01 valid");
  const after = await server.connect({ ca: server.authority.root });
  expect(after.authorized).toBe(true);
});

test("account and certificate are kept for this user only, and are enough for the next start", async () => {
  const first = await open();
  first.kept.start(["tls-alpn-01"]);
  await first.renewed;
  const files = (await readdir(first.folder.path)).filter((name) => name.startsWith("acme-"));
  expect(files).toHaveLength(2);
  for (const file of files) {
    expect((await stat(join(first.folder.path, file))).mode & 0o777).toBe(0o600);
  }
  const again = await keepCertificate({ ...first.service, renewed: () => {} });
  expect(again.current?.names.dns).toEqual([DOMAIN]);
  again.start(EVERY);
  again.close();
  expect(first.authority.events.filter((event) => event === "newOrder")).toHaveLength(1);
});

test("a certificate that is near its end is renewed, with the same account", async () => {
  const server = await open({ lifetimeMs: 1 });
  server.kept.start(["http-01"]);
  await server.renewed;
  const again = await keepCertificate(server.service);
  stack.defer(() => again.close());
  expect(again.current).toBeUndefined();
  again.start(["http-01"]);
  await vi.waitFor(() => {
    expect(server.authority.events.filter((event) => event === "finalize")).toHaveLength(2);
  });
  expect(server.authority.accounts.size).toBe(1);
});

test("a bad nonce is not the end", async () => {
  const server = await open();
  server.authority.badNonces = 2;
  server.kept.start(EVERY);
  await server.renewed;
  expect(server.authority.events.filter((event) => event === "badNonce")).toHaveLength(2);
});

test("a rate limit is named, and its Retry-After kept", async () => {
  const server = await open();
  server.authority.rateLimitSeconds = 7200;
  server.kept.start(EVERY);
  const line = await server.nextLine();
  expect(line.msg).toContain("has issued or refused enough for call.example.test");
  expect(line.msg).toContain("too many certificates already issued");
  expect(line.msg).toMatch(/trying again in 2 h$/);
  const { authorized } = await server.connect({ rejectUnauthorized: false });
  expect(authorized).toBe(false);
});

test("a name that leads elsewhere is named, with where it leads", async () => {
  const stranger = createServer((_request, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  stack.defer(() => void stranger.close());
  const { port } = stranger.address() as { port: number };
  const server = await open({ httpPort: port });
  server.kept.start(["http-01"]);
  const line = await server.nextLine();
  expect(line.msg).toMatch(
    /^something else answers at call\.example\.test, which leads to 127\.0\.0\.1;/,
  );
  expect(line.msg).toMatch(/trying again in 15 min$/);
});

test("closed ports are named", async () => {
  const closed = await closedPort();
  const server = await open({ httpPort: closed, tlsPort: closed });
  server.kept.start(EVERY);
  const line = await server.nextLine();
  expect(line.msg).toMatch(/cannot reach call\.example\.test.*TCP 80 and 443/);
});

test("an authority that is not there is named", async () => {
  const directory = `http://127.0.0.1:${await closedPort()}/directory`;
  const server = await open({}, { directory });
  server.kept.start(EVERY);
  const line = await server.nextLine();
  expect(line.msg).toMatch(/cannot be reached \(ECONNREFUSED\).*--acme-directory/);
});

test("the whole server gets its certificate, and everybody sees it from then on", async () => {
  const [port, redirectPort] = [await closedPort(), await closedPort()];
  const authority = stack.use(await AcmeAuthority.start({ httpPort: redirectPort, tlsPort: port }));
  const path = await mkdtemp(join(tmpdir(), "tincan-acme-"));
  folders.push(path);
  const server = await startServer({
    ...{ port, redirectPort, httpPort: 0, noTurn: true, logLevel: "silent" as const },
    ...{ domain: DOMAIN, acmeDirectory: authority.directory, dataDir: path, host: "127.0.0.1" },
  });
  stack.defer(() => server.close());
  expect(server.urls.network).toEqual([]);
  await vi.waitFor(() => expect(server.certificate.selfSigned).toBe(false), 10_000);
  const socket = connect({ port, host: "127.0.0.1", servername: DOMAIN, ca: authority.root });
  await once(socket, "secureConnect");
  expect(socket.authorized).toBe(true);
  socket.destroy();
  const page = await fetch(`http://127.0.0.1:${redirectPort}/r/tea`, { redirect: "manual" });
  expect(page.status).toBe(307);
  expect(page.headers.get("location")).toBe(`https://127.0.0.1:${port}/r/tea`);
});

interface Line {
  readonly level: number;
  readonly msg: string;
}

async function open(
  options: Partial<AuthorityOptions> = {},
  wanted: { readonly directory?: string } = {},
) {
  const path = await mkdtemp(join(tmpdir(), "tincan-acme-"));
  folders.push(path);
  const folder = await DataFolder.open(path);
  const lines: Line[] = [];
  const log = pino({ level: "info" }, { write: (line) => void lines.push(JSON.parse(line)) });
  const answers = new ChallengeAnswers();
  const web = createServer((_request, response) => response.end("page"));
  const names = { dns: ["localhost"], ips: ["127.0.0.1"] };
  const front = new SecureFront(web, await selfSignedCertificate(folder, names), log, answers);
  const tlsPort = await front.listen(0, "127.0.0.1");
  const plain = new PlainFront(answers, () => tlsPort);
  const httpPort = await plain.listen(0, "127.0.0.1");
  const authority = stack.use(await AcmeAuthority.start({ httpPort, tlsPort, ...options }));
  let done = (): void => {};
  const renewed = new Promise<void>((resolve) => {
    done = resolve;
  });
  const service = {
    domain: DOMAIN,
    directory: authority.directory,
    ...wanted,
    email: "amy@example.test",
    folder,
    answers,
    log,
    resolve: async () => ({ isFound: true, words: "which leads to 127.0.0.1" }),
    renewed: (certificate: Parameters<SecureFront["renew"]>[0]) => {
      front.renew(certificate);
      done();
    },
  };
  const kept: KeptCertificate = await keepCertificate(service);
  stack.defer(() => {
    kept.close();
    plain.close();
    front.close();
    web.closeAllConnections();
  });
  return {
    authority,
    folder,
    kept,
    service,
    renewed,
    nextLine: () => vi.waitFor(() => lines.find(({ level }) => level >= 40) ?? missing(), 5000),
    async connect(trust: object): Promise<TLSSocket> {
      const socket = connect({ port: tlsPort, host: "127.0.0.1", servername: DOMAIN, ...trust });
      stack.defer(() => void socket.destroy());
      await once(socket, "secureConnect");
      return socket;
    },
  };
}

function missing(): never {
  throw new Error("nothing was logged");
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
