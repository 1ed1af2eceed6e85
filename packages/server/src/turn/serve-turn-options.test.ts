import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Environment } from "../options/option.ts";
import { readArguments } from "../options/read-arguments.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import { SERVE_OPTIONS, type ServeOptions } from "../options/serve-options.ts";

async function resolve(args: readonly string[], env: Environment = {}): Promise<ServeOptions> {
  const given = readArguments(args, SERVE_OPTIONS, "tincan serve");
  const surroundings = { env, cwd: "/", isTerminal: false };
  return (await resolveOptions(SERVE_OPTIONS, given, surroundings)).values;
}

test("--no-turn is a switch, on the command line, in the environment and in a file", async () => {
  expect((await resolve([])).noTurn).toBe(false);
  expect(await resolve(["--no-turn", "--turn-port", "5000"])).toMatchObject({
    noTurn: true,
    turnPort: 5000,
  });
  expect((await resolve(["--no-turn=off"], { TINCAN_NO_TURN: "yes" })).noTurn).toBe(false);
  const folder = await mkdtemp(join(tmpdir(), "tincan-toml-"));
  const file = join(folder, "tincan.toml");
  await writeFile(file, 'no-turn = true\nexternal-ip = ["192.0.2.1/10.0.0.1"]\n');
  expect(await resolve(["--config", file])).toMatchObject({
    noTurn: true,
    externalIp: ["192.0.2.1/10.0.0.1"],
  });
  await rm(folder, { recursive: true });
});

test("lists stand in the environment with commas", async () => {
  const env = {
    TINCAN_TURN_URL: "stun:a.example,turn:b.example:3478?transport=udp",
    TINCAN_EXTERNAL_IP: "192.0.2.1, 2001:db8::1",
  };
  expect(await resolve([], env)).toMatchObject({
    turnUrl: ["stun:a.example", "turn:b.example:3478?transport=udp"],
    externalIp: ["192.0.2.1", "2001:db8::1"],
  });
});

test.each([
  ["--no-turn=perhaps", "give yes or no"],
  ["--relay-ports=2000-1000", "give two ports with a dash between"],
  ["--relay-ports=0-10", "give two ports"],
  ["--relay-ports=1-65536", "give two ports"],
  ["--external-ip=example.org", "give PUBLIC or PUBLIC/PRIVATE"],
  ["--turn-url=https://a.example", "give an address such as turn:"],
  ["--turn-url=turn:a b", "give an address such as turn:"],
  ["--turn-secret=", "give a secret of 1 to 512 characters"],
  ["--allow-peer=10.0.0.0/33", "--allow-peer"],
])("%s will not do", async (arg, message) => {
  await expect((async () => resolve([arg]))()).rejects.toThrow(message);
});
