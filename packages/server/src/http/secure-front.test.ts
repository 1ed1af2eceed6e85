import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { request } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { selfSignedCertificate } from "../certificate/self-signed-certificate.ts";
import type { ServerCertificate } from "../certificate/server-certificate.ts";
import { DataFolder } from "../data-folder.ts";
import { SecureFront } from "./secure-front.ts";

const NAMES = { dns: ["localhost"], ips: ["127.0.0.1"] };
const web = createServer((_request, response) => response.end("page"));
let folder: string;
let certificate: ServerCertificate;
let front: SecureFront;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-front-"));
  certificate = await selfSignedCertificate(await DataFolder.open(folder), NAMES);
  front = new SecureFront(web, certificate, pino({ level: "silent" }));
  port = await front.listen(0, "127.0.0.1");
});
afterAll(async () => {
  front.close();
  await rm(folder, { recursive: true });
});

function plain(): Socket {
  return connectTcp(port, "127.0.0.1");
}

test("what is inside TLS reaches the web server, over a chain that checks out", async () => {
  const options = { ca: certificate.cert, ALPNProtocols: ["http/1.1"], agent: false };
  const sent = request({ port, host: "127.0.0.1", ...options }).end();
  const [response] = await once(sent, "response");
  expect(await text(response)).toBe("page");
  expect(response.socket.alpnProtocol).toBe("http/1.1");
});

test("a ClientHello in pieces is put together", async () => {
  const socket = plain();
  const pieces = connectTls({
    socket: slow(socket),
    ca: certificate.cert,
    servername: "localhost",
  });
  await once(pieces, "secureConnect");
  expect(pieces.authorized).toBe(true);
  pieces.destroy();
});

test("a protocol that nobody speaks here is refused in the handshake", async () => {
  const socket = connectTls({ port, ca: certificate.cert, ALPNProtocols: ["smtp"] });
  const [error] = await once(socket, "error");
  expect(error.code).toBe("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL");
});

test("http:// on this port leads to https://", async () => {
  const socket = plain();
  socket.write(`GET /r/amy?x=1 HTTP/1.1\r\nHost: box.lan:${port}\r\n\r\n`);
  const answer = await text(socket);
  expect(answer).toContain("HTTP/1.1 307");
  expect(answer.toLowerCase()).toContain(`location: https://box.lan:${port}/r/amy?x=1\r\n`);
});

test.each([
  ["GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 400"],
  ["GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400"],
  ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "HTTP/1.1 400"],
  ["\0\0\0\0", ""],
  ["lower case", ""],
])("%j is answered with %j and the end", async (bytes, answer) => {
  const socket = plain();
  socket.end(bytes);
  expect((await text(socket).catch(() => "")).split(" ").slice(0, 2).join(" ")).toBe(answer);
});

test("a renewed certificate is what the next connection gets", async () => {
  const other = join(folder, "other");
  const next = await selfSignedCertificate(await DataFolder.open(other), NAMES);
  front.renew(next);
  const socket = connectTls({ port, ca: next.cert, servername: "localhost" });
  await once(socket, "secureConnect");
  expect(socket.authorized).toBe(true);
  socket.destroy();
  front.renew(certificate);
});

/** Sends what is written one byte at a time. */
function slow(socket: Socket): Socket {
  const write = socket.write.bind(socket);
  socket.setNoDelay(true);
  socket.write = ((chunk: Buffer, ...rest: []) => {
    for (const byte of chunk.subarray(0, 3)) write(Buffer.of(byte));
    return write(chunk.subarray(3), ...rest);
  }) as typeof socket.write;
  return socket;
}
