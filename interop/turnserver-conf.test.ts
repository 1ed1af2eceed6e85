import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UdpTurnClient } from "../packages/server/src/testing/udp-turn-client.ts";

/**
 * A turnserver.conf as people have it: that of the notes this project began with, to the letter. coturn 4.6.1
 * itself does not start with it ("Unknown boolean value"), for it takes the comments as values.
 */
const NOTES = `# server
listening-port=3478 # 服务监听端口，默认也是3478
listening-ip=172.16.205.16 # 服务监听的内网IP
external-ip=118.178.181.100  # 当前服务的外网IP
realm=stun.neotape.live # 域标志，不知道是什么意思，可以随便写
no-tls # 关掉TLS，最简服务 
no-dtls # DTLS同理
mobility # 这里也没有懂，开启Mobility ICE，即允许流在多个设备间移动？
no-cli # 禁止本地 telnet cli管理接口
verbose # 日志输出详细模式
fingerprint # 消息验证，WebRTC 的消息里会用到
lt-cred-mech # webrtc 通过 turn 中继，必须使用长验证方式
stale-nonce=3600 # 可为 TURN 服务提供更安全的访问
user=neo:tape # 设置一个用户，这里可以设置多个或者使用数据库
`;

const ROOT = resolve(import.meta.dirname, "..");
const COMMAND = join(ROOT, "packages/server/bin/tincan.js");
const CALL = join(ROOT, "interop/support/turn-call.ts");
const NAMESPACE = `tincanconf${process.pid}`;
const ADDRESS = "172.16.205.16";

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-conf-"));
  file = join(folder, "turnserver.conf.min");
  await writeFile(file, NOTES);
});
afterAll(() => rm(folder, { recursive: true }));

describe("the file of the notes, unchanged", () => {
  test("where the machine has its address, serves and relays", async ({ skip }) => {
    const missing = await raiseNamespace();
    if (missing !== undefined) skip(missing);
    try {
      await using server = await start(inNamespace(process.execPath, COMMAND, "turn", "-c", file));
      const call = inNamespace(process.execPath, CALL, ADDRESS, "3478", "neo", "tape");
      const { stdout } = await run(call);
      // Clients are told the address outside, and it works from the inside, too.
      const outside = "118.178.181.100";
      expect(JSON.parse(stdout)).toEqual({ relayed: outside, from: outside, data: "hello" });
      expect(server.output()).toMatch(
        /UDP: +172\.16\.205\.16:3478\n +TCP: +172\.16\.205\.16:3478\n +TLS, DTLS: +off/,
      );
      expect(server.output()).toContain("172.16.205.16 as 118.178.181.100 ports 49152 to 65535");
      expect(server.output()).toContain("in the realm stun.neotape.live");
      // "verbose" tells of each allocation; nothing is warned of.
      expect(server.output()).toMatch(/"level":20.*"username":"neo".*turn: allocated/);
      expect(server.output()).not.toMatch(/"level":(40|50)/);
      expect(await server.stop("SIGINT")).toBe(0);
    } finally {
      await run(["ip", "netns", "del", NAMESPACE]);
    }
  });

  test("where it has not, says so in one line", async ({ skip }) => {
    const own = Object.values(networkInterfaces()).flatMap((faces) => faces ?? []);
    if (own.some(({ address }) => address === ADDRESS)) skip(`this machine has ${ADDRESS}`);
    const { code, stderr } = await fail([process.execPath, COMMAND, "turn", "-c", file]);
    expect(stderr).toMatch(
      /^tincan: .*turnserver\.conf\.min, line 3: listening-ip: 172\.16\.205\.16 is not an address of this machine, which has .*; give one of these, or leave listening-ip out to listen on all\n$/,
    );
    expect(code).toBe(2);
  });
});

describe("a running server", () => {
  test("reads its file again at SIGHUP, waits for calls at SIGTERM, and ends at the second signal", async () => {
    const conf = join(folder, "own.conf");
    await writeFile(conf, "listening-ip=127.0.0.1\nlistening-port=0\nuser=amy:x\nmin-port=49152\n");
    await using server = await start([process.execPath, COMMAND, "turn", "-c", conf]);
    const port = Number(/UDP: +127\.0\.0\.1:(\d+)/.exec(server.output())?.[1]);
    const at = { ip: "127.0.0.1", port };
    using amy = new UdpTurnClient(at, "amy", "x");
    expect((await amy.allocate()).type).toBe("allocated");

    await writeFile(conf, "listening-ip=127.0.0.1\nlistening-port=0\nuser=bob:y\n");
    server.child.kill("SIGHUP");
    await server.until("reloaded: allocations go on");
    using bob = new UdpTurnClient(at, "bob", "y");
    expect((await bob.allocate()).type).toBe("allocated");
    expect((await amy.permit("198.51.100.1")).type).toBe("permission-failed");
    expect((await amy.permit("1.1.1.1")).type).toBe("permitted");

    await appendFile(conf, "no-such-option\n");
    server.child.kill("SIGHUP");
    await server.until("own.conf, line 4: no-such-option: there is no such option");

    server.child.kill("SIGTERM");
    await server.until('"allocations":2,"seconds":30,"msg":"draining');
    using late = new UdpTurnClient(at, "bob", "y");
    expect(await late.allocate()).toMatchObject({ reason: "no-capacity" });
    expect(await server.stop("SIGTERM")).toBe(0);
  });

  test("ends at once where nobody is there", async () => {
    const flags = ["-L", "127.0.0.1", "-p", "0", "-u", "amy:x"];
    const begin = performance.now();
    await using server = await start([process.execPath, COMMAND, "turn", ...flags]);
    const started = performance.now();
    expect(await server.stop("SIGINT")).toBe(0);
    // A machine that is so busy that a start takes longer than a second may take as long for an end.
    expect(performance.now() - started).toBeLessThan(Math.max(1000, started - begin));
  });
});

interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  /** All that it has written so far. */
  output(): string;
  until(words: string): Promise<void>;
  /** Sends a signal and answers with the exit code. */
  stop(signal: NodeJS.Signals): Promise<number>;
}

async function start([program = "", ...args]: readonly string[]): Promise<Running> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let wake: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr] as Readable[]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      wake();
    });
  }
  const ended = once(child, "close").then(([code]) => {
    wake();
    return code as number;
  });
  const until = async (words: string): Promise<void> => {
    while (!text.includes(words)) {
      if (child.exitCode !== null) throw new Error(`ended without ${words}:\n${text}`);
      await new Promise<void>((resolved) => {
        wake = resolved;
      });
    }
  };
  await until("Ctrl-C");
  return {
    child,
    output: () => text,
    until,
    async stop(signal) {
      child.kill(signal);
      return ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Makes a network namespace that has the address of the notes; answers why not where it cannot. */
async function raiseNamespace(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return "network namespaces need Linux and root";
  }
  try {
    await run(["ip", "netns", "add", NAMESPACE]);
    await run(["ip", "-n", NAMESPACE, "link", "set", "lo", "up"]);
    await run(["ip", "-n", NAMESPACE, "addr", "add", `${ADDRESS}/32`, "dev", "lo"]);
    return undefined;
  } catch (error) {
    return `no network namespace can be made here: ${error instanceof Error ? error.message : error}`;
  }
}

function inNamespace(...command: readonly string[]): readonly string[] {
  return ["ip", "netns", "exec", NAMESPACE, ...command];
}

function run([program = "", ...args]: readonly string[]): Promise<{ stdout: string }> {
  return promisify(execFile)(program, args, { timeout: 20_000 });
}

async function fail([program = "", ...args]: readonly string[]): Promise<{
  code: number;
  stderr: string;
}> {
  return new Promise((resolved) => {
    const child = execFile(program, args, { timeout: 20_000 }, (_error, _stdout, stderr) => {
      resolved({ code: child.exitCode ?? -1, stderr });
    });
  });
}
