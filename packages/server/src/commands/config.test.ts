import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../main.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-config-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(args: readonly string[], env: Record<string, string> = {}, typed?: string) {
  let stdout = "";
  let stderr = "";
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  // Each line is typed once its question stands there, as a person would.
  const lines = typed?.split("\n") ?? [];
  const out = Object.assign(new PassThrough(), {
    write(text: string) {
      stdout += text;
      if (text.endsWith(": ")) stdin.write(`${lines.shift() ?? ""}\n`);
      return true;
    },
  });
  const code = await main(args, {
    env: { XDG_DATA_HOME: folder, ...env },
    cwd: folder,
    stdin,
    stdout: out,
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
    interrupted: new AbortController().signal,
  });
  return { code, stdout, stderr };
}

describe("tincan config", () => {
  it("shows each value with where it comes from", async () => {
    const file = join(folder, "some.toml");
    await writeFile(file, 'room-size = 4\nbehind-proxy = ["127.0.0.1", "10.0.0.0/8"]\n');
    const args = ["config", "--config", file, "--domain", "call.example.org"];
    const { code, stdout } = await run(args, { TINCAN_HTTP_PORT: "8081" });
    expect(code).toBe(0);
    const rows = new Map(stdout.split("\n").map((line) => [line.split(/\s+/)[0], line]));
    expect(rows.get("domain")).toMatch(/call\.example\.org +--domain$/);
    expect(rows.get("http-port")).toMatch(/8081 +TINCAN_HTTP_PORT$/);
    expect(rows.get("room-size")).toMatch(/4 .*some\.toml$/);
    expect(rows.get("behind-proxy")).toMatch(/127\.0\.0\.1, 10\.0\.0\.0\/8 .*some\.toml$/);
    // The name decides about the ports, where nobody says otherwise.
    expect(rows.get("port")).toMatch(/443 +default$/);
    expect(rows.get("redirect-port")).toMatch(/80 +default$/);
  });

  it("speaks JSON, and tells no secret either way", async () => {
    const env = { TINCAN_TURN_SECRET: "swordfish-swordfish" };
    for (const args of [["config"], ["config", "--json"]]) {
      const { stdout } = await run(args, env);
      expect(stdout).not.toContain("swordfish");
      expect(stdout).toContain("(hidden)");
    }
    const { stdout } = await run(["config", "--json", "--redirect-port", "off"], env);
    expect(JSON.parse(stdout)).toMatchObject({
      port: { value: 8443, source: { from: "default" } },
      "redirect-port": { value: null, source: { from: "flag", name: "--redirect-port" } },
      "turn-secret": { source: { from: "environment", name: "TINCAN_TURN_SECRET" } },
    });
  });

  it.each([
    ["--domain", "https://call.example.org/"],
    ["--domain", "127.0.0.1"],
    ["--domain", "localhost"],
    ["--acme-directory", "http://example.org/directory"],
    ["--acme-email", "amy"],
    ["--behind-proxy", "proxy.lan"],
    ["--metrics-allow", "10.0.0.0/99"],
    ["--drain-timeout", "-1"],
    ["--redirect-port", "65536"],
  ])("%s %s will not do", async (option, value) => {
    const { code, stderr } = await run(["config", `${option}=${value}`]);
    expect(code).toBe(2);
    expect(stderr).toContain(`tincan: ${option}: `);
    expect(stderr).toContain(`${JSON.stringify(value)}`);
    expect(stderr).toContain("will not do; give");
  });

  it("takes a name in any script", async () => {
    const { stdout } = await run(["config", "--domain", "Büro.example.org"]);
    expect(stdout).toContain("xn--bro-hoa.example.org");
  });
});

describe("tincan init", () => {
  it("asks, asks again, and writes a file that serve can read", async () => {
    const typed = "http://nonsense/\ncall.example.org\namy@example.org\n\n8\n\n";
    const { code, stdout } = await run(["init", "--file", "asked.toml"], {}, typed);
    expect(code).toBe(0);
    expect(stdout).toContain("That will not do; give a name such as call.example.org");
    const text = await readFile(join(folder, "asked.toml"), "utf8");
    expect(text).toContain(
      'domain = "call.example.org"\nacme-email = "amy@example.org"\nroom-size = 8',
    );
    const shown = await run(["config", "--config", "asked.toml"]);
    expect(shown.stdout).toMatch(/domain +call\.example\.org +.*asked\.toml/);
  });

  it("asks nothing that was given, and nothing without a terminal", async () => {
    const args = ["init", "--behind-proxy", "127.0.0.1, ::1", "--data-dir", "data"];
    const { code } = await run([...args, "--file", "given.toml"]);
    expect(code).toBe(0);
    const text = await readFile(join(folder, "given.toml"), "utf8");
    expect(text).toContain('behind-proxy = [ "127.0.0.1", "::1" ]');
    expect(text).toContain(`data-dir = "${join(folder, "data")}"`);
  });

  it("does not write over a file unless told to", async () => {
    await writeFile(join(folder, "tincan.toml"), "mine");
    const { code, stderr } = await run(["init"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--force writes over it")]);
    expect(await readFile(join(folder, "tincan.toml"), "utf8")).toBe("mine");
    expect((await run(["init", "--force"])).code).toBe(0);
    expect(await readFile(join(folder, "tincan.toml"), "utf8")).not.toContain("mine");
  });

  it.each([
    [["--rom-size", "3"], "unknown option --rom-size; did you mean --room-size?"],
    [["--room-size", "3000"], '--room-size: "3000" will not do; give a whole number'],
    [["--room-size"], "--room-size needs a value"],
    [["here"], "tincan init takes no argument here"],
  ])("%j: one line and exit code 2", async (args, message) => {
    const { code, stderr } = await run(["init", "--file", "never.toml", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
