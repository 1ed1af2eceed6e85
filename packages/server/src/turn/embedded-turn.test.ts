import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:http";
import { connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { askBinding, nodeCrypto } from "@tincan/webrtc/node";
import {
  bindingMethod,
  decodeMessage,
  MessageWriter,
  parseStunUri,
  type StunServer,
  XorMappedAddress,
} from "@tincan/webrtc/stun";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selfSignedCertificate } from "../certificate/self-signed-certificate.ts";
import { DataFolder } from "../data-folder.ts";
import { SecureFront } from "../http/secure-front.ts";
import type { Logger } from "../log.ts";
import { defaultValues } from "../options/option.ts";
import { SERVE_OPTIONS, type ServeOptions } from "../options/serve-options.ts";
import { UdpTurnClient } from "../testing/udp-turn-client.ts";
import { openSecondStunPort } from "./second-stun-port.ts";
import { startTurnService, type TurnService } from "./turn-service.ts";

const log = pino({ level: "silent" });
const surroundings = { env: {}, cwd: "/", isTerminal: false };
const request = { headers: { host: "localhost:8080" }, socket: {} } as IncomingMessage;
let path: string;
let folder: DataFolder;

beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "tincan-embedded-"));
  folder = await DataFolder.open(path);
});
afterAll(() => rm(path, { recursive: true }));

function start(
  given: Partial<ServeOptions> = {},
  to: Logger = log,
): Promise<TurnService | undefined> {
  const options = {
    ...defaultValues(SERVE_OPTIONS, surroundings),
    ...{ host: "127.0.0.1", turnPort: 0, ...given },
  };
  const rest = { isProven: () => false, isProxied: () => false, log: to };
  return startTurnService({ options, folder, securePort: 8443, ...rest });
}

describe("the embedded server", () => {
  test("serves whoever has the credentials of a seat, and relays between its own addresses", async () => {
    const service = (await start()) as TurnService;
    const [, told] = service.iceServers("peer1", request);
    const port = service.embedded?.port as number;
    expect(told).toMatchObject({
      urls: [
        `turn:127.0.0.1:${port}?transport=udp`,
        `turn:127.0.0.1:${port}?transport=tcp`,
        "turn:127.0.0.1:8443?transport=tcp",
      ],
      username: expect.stringMatching(/^\d{10}:peer1$/),
    });
    const { username = "", credential = "" } = told ?? {};
    const at = { ip: "127.0.0.1", port };
    using amy = new UdpTurnClient(at, username, credential);
    using bob = new UdpTurnClient(at, username, credential);
    using eve = new UdpTurnClient(at, username, "guess");
    const [first, second] = await Promise.all([amy.allocate(), bob.allocate()]);
    expect(await eve.allocate()).toMatchObject({ type: "ended", reason: "unauthorized" });
    if (first.type !== "allocated" || second.type !== "allocated") throw new Error("refused");
    // The relays stand on 127.0.0.1, which is refused as a peer to everybody but them.
    const [amyAt, bobAt] = [first.relayed[0], second.relayed[0]];
    if (amyAt === undefined || bobAt === undefined) throw new Error("no relay");
    await Promise.all([amy.permit(bobAt.ip), bob.permit(amyAt.ip)]);
    const heard = bob.after(() => amy.send(bobAt, "hello"), "data");
    expect(Buffer.from((await heard).data).toString()).toBe("hello");
    expect(await amy.permit("127.0.0.2")).toMatchObject({ failure: 403 });
    await service.close();
  });

  test("a drain refuses who is new, and lets go on who is here", async () => {
    const service = (await start()) as TurnService;
    const [, { username = "", credential = "" } = {}] = service.iceServers("peer1", request);
    const at = { ip: "127.0.0.1", port: service.embedded?.port as number };
    using amy = new UdpTurnClient(at, username, credential);
    using bob = new UdpTurnClient(at, username, credential);
    const allocated = await amy.allocate();
    if (allocated.type !== "allocated") throw new Error("refused");
    service.embedded?.drain();
    expect(await bob.allocate()).toMatchObject({ type: "ended", reason: "no-capacity" });
    const [relay] = allocated.relayed;
    if (relay === undefined) throw new Error("no relay");
    expect(await amy.permit(relay.ip)).toMatchObject({ type: "permitted" });
    expect(service.embedded?.stats()).toMatchObject({ allocations: 1, isDraining: true });
    await service.close();
  });

  test("a peer that is forbidden is named in the log, once, with the option that allows it", async () => {
    const lines: string[] = [];
    const kept = pino({ level: "info" }, { write: (line) => lines.push(JSON.parse(line).msg) });
    const service = (await start({}, kept)) as TurnService;
    const [, { username = "", credential = "" } = {}] = service.iceServers("peer1", request);
    const at = { ip: "127.0.0.1", port: service.embedded?.port as number };
    using amy = new UdpTurnClient(at, username, credential);
    await amy.allocate();
    for (const ip of ["10.0.0.5", "10.0.0.6"]) {
      expect(await amy.permit(ip)).toMatchObject({ failure: 403 });
    }
    const told = lines.filter((line) => line.includes("403"));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/may not reach 10\.0\.0\.5 .*--allow-peer 10\.0\.0\.5/);
    await service.close();
  });

  test("answers STUN on a second port too, and tells visitors of both", async () => {
    const service = (await start()) as TurnService;
    const pair = service.stunPair(request);
    expect(pair[0]).toBe(`stun:127.0.0.1:${service.embedded?.port}`);
    const seen = await Promise.all(
      pair.map(async (url) => (await askBinding(parseStunUri(url) as StunServer)).mapped.ip),
    );
    expect(seen).toEqual(["127.0.0.1", "127.0.0.1"]);
    await service.close();
  });

  test("does without the second port where another program has it", async () => {
    const other = createSocket("udp4").bind(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address();
    expect(await openSecondStunPort(["127.0.0.1"], port - 1, false)).toBeUndefined();
    expect(await openSecondStunPort(["127.0.0.1"], 65_535, false)).toBeUndefined();
    other.close();
  });

  test("keeps its secret for its user only, so that credentials outlive a restart", async () => {
    const file = join(path, "turn.secret");
    await (await start())?.close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = (await folder.read("turn.secret"))?.toString();
    await (await start())?.close();
    expect((await folder.read("turn.secret"))?.toString()).toBe(before);
  });

  test("a port in use is one line with the cure", async () => {
    const other = createTcpServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    await expect(start({ turnPort: port })).rejects.toThrow(
      `--turn-port: TCP port ${port} is in use by another program; stop that, or choose another port, for example --turn-port ${port + 1}, or give --no-turn`,
    );
    other.close();
  });
});

describe("what is handed out instead", () => {
  test("nothing with --no-turn", async () => {
    expect(await start({ noTurn: true })).toBeUndefined();
  });

  test("somebody else's servers, with credentials for them", async () => {
    const turnUrl = ["stun:a.example", "turn:a.example?transport=udp", "turns:a.example:443"];
    const service = await start({ turnUrl, turnSecret: "north" });
    expect(service?.iceServers("peer1", request)).toEqual([
      { urls: ["stun:a.example"] },
      {
        urls: ["turn:a.example?transport=udp", "turns:a.example:443"],
        username: expect.stringMatching(/:peer1$/),
        credential: expect.any(String),
      },
    ]);
    expect(service?.stunPair(request)).toEqual([]);
    await expect(start({ turnUrl })).rejects.toThrow("--turn-url needs --turn-secret");
    const two = await start({ turnUrl: ["stun:a.example", "stun:a.example:3479"] });
    expect(two?.stunPair(request)).toEqual(["stun:a.example", "stun:a.example:3479"]);
  });
});

describe("the HTTPS port", () => {
  let service: TurnService;
  let front: SecureFront;
  let port: number;
  let ca: string;
  const web = createServer((_request, response) => response.end("page"));

  beforeAll(async () => {
    service = (await start()) as TurnService;
    const names = { dns: ["localhost"], ips: ["127.0.0.1"] };
    const certificate = await selfSignedCertificate(folder, names);
    ca = certificate.cert;
    front = new SecureFront(web, certificate, log);
    front.serveTurn((socket) => service.embedded?.handleStream(socket));
    port = await front.listen(0, "127.0.0.1");
  });
  afterAll(async () => {
    front.close();
    await service.close();
  });

  const secure = (protocols: readonly string[]): Socket =>
    connectTls({ port, ca, servername: "localhost", ALPNProtocols: [...protocols] });

  test.each([
    ["TLS with stun.turn", () => secure(["stun.turn"])],
    ["TLS with stun.nat-discovery", () => secure(["stun.nat-discovery"])],
    ["TLS that says no protocol, as browsers do", () => secure([])],
    ["no TLS", () => connectTcp(port, "127.0.0.1")],
  ])("takes STUN over %s", async (_name, connect) => {
    const socket = connect();
    const message = new MessageWriter().begin(bindingMethod, "request", nodeCrypto.random(12));
    socket.write(message.finishCopy());
    const [bytes] = await once(socket, "data");
    const answer = decodeMessage(bytes);
    expect(answer.ok && answer.value.value(XorMappedAddress)).toMatchObject({ ip: "127.0.0.1" });
    socket.destroy();
  });

  test("takes HTTP over TLS that says no protocol, and ends what is neither", async () => {
    const plain = secure([]);
    plain.write("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
    expect(String((await once(plain, "data"))[0])).toContain("200 OK");
    plain.destroy();
    const odd = connectTcp(port, "127.0.0.1");
    odd.write("\x7f\x7f");
    await once(odd, "close");
  });
});
