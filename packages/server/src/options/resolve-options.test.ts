import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Environment } from "./option.ts";
import { readArguments } from "./read-arguments.ts";
import { type ResolvedOptions, resolveOptions } from "./resolve-options.ts";
import { SERVE_OPTIONS, type ServeOptions } from "./serve-options.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-options-"));
});
afterAll(() => rm(folder, { recursive: true }));

function resolve(
  args: readonly string[],
  env: Environment = {},
): Promise<ResolvedOptions<ServeOptions>> {
  const given = readArguments(args, SERVE_OPTIONS, "tincan serve");
  return resolveOptions(SERVE_OPTIONS, given, { env, cwd: "/home/amy", isTerminal: false });
}

async function configFile(text: string): Promise<string> {
  const file = join(folder, "tincan.toml");
  await writeFile(file, text);
  return file;
}

describe("where values come from", () => {
  test("defaults, when nothing is set", async () => {
    const { values, sources, warnings } = await resolve([]);
    expect(values).toMatchObject({ port: 8443, httpPort: 8080, host: undefined, roomSize: 2 });
    expect(values.logFormat).toBe("json");
    expect(sources.port).toEqual({ from: "default" });
    expect(warnings).toEqual([]);
  });

  test("flags win over the environment, the environment over the file", async () => {
    const file = await configFile('port = 1001\nhttp-port = 1002\nroom-size = 3\nhost = "::1"\n');
    const { values, sources } = await resolve(["--config", file, "--port", "3001"], {
      TINCAN_PORT: "2001",
      TINCAN_HTTP_PORT: "2002",
      TINCAN_HOST: "",
    });
    expect(values).toMatchObject({ port: 3001, httpPort: 2002, roomSize: 3, host: "::1" });
    expect(sources).toMatchObject({
      port: { from: "flag", name: "--port" },
      httpPort: { from: "environment", name: "TINCAN_HTTP_PORT" },
      roomSize: { from: "file", name: "room-size", file },
      logLevel: { from: "default" },
    });
  });

  test("the environment can name the file, and a flag another one", async () => {
    const file = await configFile("port = 1001\n");
    expect((await resolve([], { TINCAN_CONFIG: file })).values.port).toBe(1001);
    await expect(resolve(["--config", "/no/such"], { TINCAN_CONFIG: file })).rejects.toThrow(
      "--config: cannot read /no/such (there is no such file)",
    );
  });

  test("the last of several flags counts", async () => {
    expect((await resolve(["--port", "1", "--port=2"])).values.port).toBe(2);
  });

  test("paths start where they were written", async () => {
    const file = await configFile('cert = "cert.pem"\nkey = "/keys/key.pem"\n');
    const { values } = await resolve(["--config", file, "--data-dir", "data"]);
    expect(values).toMatchObject({
      cert: join(folder, "cert.pem"),
      key: "/keys/key.pem",
      dataDir: "/home/amy/data",
    });
  });

  test("lists: repeated flags, commas in variables, arrays in files", async () => {
    const both = ["https://a.example", "http://b.example:81"];
    const flags = both.flatMap((origin) => ["--allow-origin", `${origin}/`]);
    expect((await resolve(flags)).values.allowOrigin).toEqual(both);
    const env = { TINCAN_ALLOW_ORIGIN: both.join(", ") };
    expect((await resolve([], env)).values.allowOrigin).toEqual(both);
    const file = await configFile(`allow-origin = ${JSON.stringify(both)}\n`);
    expect((await resolve(["--config", file])).values.allowOrigin).toEqual(both);
  });

  test("a variable that nobody reads is a warning with a guess", async () => {
    const { warnings } = await resolve([], { TINCAN_PROT: "1", OTHER: "2" });
    expect(warnings).toEqual([
      "the environment variable TINCAN_PROT means nothing to tincan; did you mean TINCAN_PORT?",
    ]);
  });
});

describe("mistakes", () => {
  test.each([
    [["--prot", "1"], "unknown-option", "unknown option --prot; did you mean --port?"],
    [["-p", "1"], "unknown-option", "unknown option -p (see tincan serve --help)"],
    [["extra"], "unknown-option", 'tincan serve takes no argument "extra"'],
    [["--port"], "missing-value", "--port needs a value"],
    [["--port", "--host", "::1"], "missing-value", "--port needs a value"],
    [["--port", "-1"], "bad-value", '--port: "-1" will not do; give a port from 1 to 65535'],
    [["--port="], "bad-value", '--port: ""'],
    [["--port", "65536"], "bad-value", '--port: "65536"'],
    [["--port", "8e3"], "bad-value", '--port: "8e3"'],
    [["--room-size", "9"], "bad-value", "give a whole number from 2 to 8"],
    [["--log-level", "loud"], "bad-value", "give trace, debug, info, warn, error or silent"],
    [["--host", "a b"], "bad-value", "--host"],
    [["--allow-origin", "https://a.example/path"], "bad-value", "--allow-origin"],
    [["--allow-origin", "ftp://a.example"], "bad-value", "--allow-origin"],
  ])("%j", async (args, code, message) => {
    const attempt = (async () => resolve(args))();
    await expect(attempt).rejects.toMatchObject({ code });
    await expect(attempt).rejects.toThrow(message);
  });

  test.each([
    ["prot = 1\n", "bad-config", 'unknown key "prot"; did you mean port?'],
    ['port = "x"\n', "bad-value", 'port: "x" will not do'],
    ["port = 1.5\n", "bad-value", "port: 1.5 will not do"],
    ["room-size = true\n", "bad-value", "room-size: true"],
    ["host = \n", "bad-config", "line 1, column"],
  ])("config file %j", async (text, code, message) => {
    const file = await configFile(text);
    const attempt = resolve(["--config", file]);
    await expect(attempt).rejects.toMatchObject({ code });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(file);
  });

  test("a bad variable is named", async () => {
    await expect(resolve([], { TINCAN_PORT: "x" })).rejects.toThrow('TINCAN_PORT: "x" will not do');
  });
});
