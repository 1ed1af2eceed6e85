import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { generate } from "selfsigned";
import { afterEach, describe, expect, it } from "vitest";
import {
  AlternateServer,
  BindingServer,
  decodeMessage,
  ErrorCode,
  MessageWriter,
  parseStunUri,
  StunError,
  StunFramer,
  type StunServer,
} from "../stun/index.ts";
import { type BindingListener, listenForBindings } from "./binding-listener.ts";
import { discoverNat } from "./discover-nat.ts";
import { askBinding } from "./stun-client.ts";
import { openUdpSocket, sendUdp } from "./udp-socket.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Two free ports that are free on both loopback addresses. */
async function listen(
  withAlternate: boolean,
): Promise<{ port: number; listener: BindingListener }> {
  for (let attempt = 0; ; attempt += 1) {
    const port = 20_000 + ((process.pid * 7 + attempt * 13) % 10_000);
    try {
      const listener = await listenForBindings({
        primary: { ip: "127.0.0.1", port },
        ...(withAlternate && { alternate: { ip: "127.0.0.2", port: port + 1 } }),
      });
      closers.push(() => listener.close());
      return { port, listener };
    } catch (error) {
      if (attempt > 20) throw error;
    }
  }
}

function server(text: string): StunServer {
  return parseStunUri(text) as StunServer;
}

const quick = { retransmission: { rtoMs: 20, attempts: 3, lastWait: 2 } };

describe("a STUN client", () => {
  it("learns its address over UDP", async () => {
    const { port } = await listen(false);
    const { mapped, local } = await askBinding(server(`127.0.0.1:${port}`));
    expect(mapped).toEqual(local);
    expect(mapped.ip).toBe("127.0.0.1");
  });

  it("learns its address over TCP, also where the answer comes in pieces", async () => {
    const tcp = createServer((socket) => answer(socket));
    const port = await listening(tcp);
    const { mapped, local } = await askBinding(server(`stun:127.0.0.1:${port}?transport=tcp`));
    expect(mapped).toEqual(local);
  });

  it("learns its address over TLS from a server whose certificate it trusts", async () => {
    const pems = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
    });
    const alpn: (string | false | null)[] = [];
    const options = { key: pems.private, cert: pems.cert, ALPNProtocols: ["stun.nat-discovery"] };
    const tls = createTlsServer(options, (socket) => {
      alpn.push(socket.alpnProtocol);
      answer(socket);
    });
    const target = server(`stuns:127.0.0.1:${await listening(tls)}`);
    const { mapped, local } = await askBinding(target, { ca: pems.cert });
    expect(mapped).toEqual(local);
    expect(alpn).toEqual(["stun.nat-discovery"]);
    await expect(askBinding(target)).rejects.toMatchObject({ code: "unreachable" });
  });

  it("goes where it is sent (RFC 8489 §10), but not for ever", async () => {
    const { port } = await listen(false);
    const first = await redirector({ ip: "127.0.0.1", port });
    const result = await askBinding(server(`127.0.0.1:${first}`));
    expect(result.server.port).toBe(port);
    const loop: number = await redirector(() => ({ ip: "127.0.0.1", port: loop }));
    await expect(askBinding(server(`127.0.0.1:${loop}`))).rejects.toMatchObject({
      code: "too-many-redirects",
    });
  });

  it("says in a code why there is no answer", async () => {
    const silent = await openUdpSocket("127.0.0.1", 0, () => undefined);
    closers.push(() => silent.close());
    const { port } = silent.address();
    const failures = [
      [`127.0.0.1:${port}`, "timeout"],
      ["stun:127.0.0.1:1?transport=tcp", "unreachable"],
      ["no-such-host.invalid:3478", "unresolved"],
    ] as const;
    for (const [text, code] of failures) {
      const failure = await askBinding(server(text), quick).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StunError);
      expect(failure).toMatchObject({ code });
    }
    const signal = AbortSignal.timeout(20);
    await expect(askBinding(server(`127.0.0.1:${port}`), { signal })).rejects.toMatchObject({
      code: "aborted",
    });
  });

  it("ends where the stream is no STUN", async () => {
    const web = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const port = await listening(web);
    const failure = askBinding(server(`stun:127.0.0.1:${port}?transport=tcp`));
    await expect(failure).rejects.toMatchObject({ code: "bad-response" });
  });
});

describe("NAT discovery", () => {
  it("finds no NAT on loopback", async () => {
    const { port } = await listen(true);
    const report = await discoverNat({ ip: "127.0.0.1", port });
    expect(report).toMatchObject({ classic: "open", isTranslated: false, lifetime: undefined });
    expect(report.filtering).toBe("endpoint-independent");
  });

  it("stops when it is told to", async () => {
    const silent = await openUdpSocket("127.0.0.1", 0, () => undefined);
    closers.push(() => silent.close());
    const signal = AbortSignal.timeout(20);
    const discovery = discoverNat({ ip: "127.0.0.1", port: silent.address().port }, { signal });
    await expect(discovery).rejects.toMatchObject({ code: "aborted" });
  });
});

function answer(socket: Socket): void {
  const framer = new StunFramer();
  const binding = new BindingServer();
  socket.on("data", (chunk) => {
    const result = framer.push(chunk);
    if (!result.ok) return;
    for (const bytes of result.value) {
      const message = decodeMessage(bytes);
      if (!message.ok) continue;
      const writer = new MessageWriter();
      const from = { ip: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
      binding.answer(message.value, from, writer);
      const response = writer.finishCopy();
      socket.write(response.subarray(0, 7));
      setImmediate(() => socket.write(response.subarray(7)));
    }
  });
  socket.on("error", () => undefined);
}

function listening(tcp: Server): Promise<number> {
  closers.push(() => tcp.close());
  return new Promise((resolve) => {
    tcp.listen(0, "127.0.0.1", () => resolve((tcp.address() as { port: number }).port));
  });
}

type Target = { readonly ip: string; readonly port: number };

async function redirector(to: Target | (() => Target)): Promise<number> {
  const socket = await openUdpSocket("127.0.0.1", 0, (bytes, from) => {
    const message = decodeMessage(bytes);
    if (!message.ok) return;
    const writer = new MessageWriter()
      .beginResponse(message.value, "error")
      .add(ErrorCode, { code: 300, reason: "Try Alternate" })
      .add(AlternateServer, typeof to === "function" ? to() : to);
    sendUdp(socket, writer.finish(), from);
  });
  closers.push(() => socket.close());
  return socket.address().port;
}
