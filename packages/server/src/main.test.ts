import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "./main.ts";
import { VERSION } from "./version.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-main-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await main(args, {
    env: { XDG_DATA_HOME: folder },
    cwd: folder,
    stdout: output("stdout"),
    stderr: output("stderr"),
    interrupted: AbortSignal.abort(),
  });
  return { code, ...written };
}

test("help lists commands and options, no line wider than 80", async () => {
  for (const args of [["--help"], ["-h"], ["serve", "--help"]]) {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Usage: tincan");
    expect(stdout).toMatch(/--http-port PORT +port for plain http[^(]*\(default: 8080\)/);
    expect(stdout).toContain("--config FILE");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  }
});

test("the version, of all commands alike", async () => {
  for (const args of [["--version"], ["serve", "--version"]]) {
    expect(await run(...args)).toEqual({ code: 0, stdout: `tincan ${VERSION}\n`, stderr: "" });
  }
});

test.each([
  [["srve"], 'unknown command "srve"; did you mean serve?'],
  [["frobnicate"], 'unknown command "frobnicate" (see tincan --help)'],
  [["--prot", "1"], "unknown option --prot; did you mean --port?"],
  [["serve", "--port", "http"], '--port: "http" will not do'],
  [["--config", "none.toml"], "there is no such file"],
  [["--cert", "none.pem"], "--cert needs --key too; give both or neither"],
  [["--key", "none.pem"], "--key needs --cert too; give both or neither"],
  [["--cert", "none.pem", "--key", "none.pem"], "--cert: cannot read"],
  [
    ["--domain", "a.example", "--cert", "a.pem", "--key", "a.pem"],
    "--domain fetches a certificate, and --cert gives one; leave one of them out",
  ],
  [["--data-dir", "/dev/null"], "--data-dir: cannot use /dev/null"],
  [["--port", "0", "--http-port", "0", "--host", "203.0.113.1"], "--host: cannot listen on"],
])("%j: one line and exit code 2", async (args, message) => {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).toContain(`tincan: `);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect([code, stdout]).toEqual([2, ""]);
});

test("a port in use is named with its option and a way out", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, resolve));
  const { port } = other.address() as { port: number };
  for (const [option, free] of [
    ["--port", "--http-port"],
    ["--http-port", "--port"],
  ] as const) {
    const { code, stderr } = await run(option, String(port), free, "0");
    expect(stderr).toBe(
      `tincan: ${option}: port ${port} is in use by another program; stop that, or choose another port, for example ${option} ${port + 1}\n`,
    );
    expect(code).toBe(2);
  }
  other.close();
});
