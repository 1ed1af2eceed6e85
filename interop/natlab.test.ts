import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/**
 * `tincan nat` in a laboratory of network namespaces: a public server with two addresses, and hosts
 * behind routers of each kind. The laboratory is not part of this repository: NATLAB_DIR names it.
 */
const root = resolve(import.meta.dirname, "..");
const lab = join(process.env.NATLAB_DIR ?? resolve(root, "../shared/natlab"), "lab");
const env = { ...process.env, NATLAB: "tincannat" };
const servers = ["198.51.100.10", "198.51.100.11"] as const;

const hosts = {
  public: "open",
  firewall: "symmetric firewall",
  fullcone: "full cone",
  restricted: "restricted",
  portrestricted: "port restricted",
  masquerade: "port restricted",
  symaddr: "symmetric",
  symmetric: "symmetric",
  symseq: "symmetric",
  cgn: "symmetric",
  udpblocked: "blocked",
  httponly: "blocked",
} as const;

type Kind = keyof typeof hosts;

const expected: Partial<Record<Kind, object>> = {
  public: { isTranslated: false, filtering: "endpoint-independent" },
  firewall: { isTranslated: false, filtering: "address-and-port-dependent" },
  fullcone: { mapping: "endpoint-independent", filtering: "endpoint-independent" },
  restricted: { mapping: "endpoint-independent", filtering: "address-dependent" },
  portrestricted: { mapping: "endpoint-independent", filtering: "address-and-port-dependent" },
  symaddr: { mapping: "address-dependent", filtering: "address-and-port-dependent" },
  udpblocked: { mapped: null, tcp: true },
  httponly: { mapped: null, tcp: false },
  symmetric: { mapping: "address-and-port-dependent", filtering: "address-and-port-dependent" },
};

let missing: string | undefined;
let server: ChildProcess | undefined;
const found = new Map<Kind, Record<string, unknown>>();

beforeAll(async () => {
  missing = await raise();
  if (missing !== undefined) return;
  const script = join(root, "interop/support/binding-server.ts");
  server = spawn(lab, ["exec", "server", process.execPath, script, ...servers], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [word] = await Promise.race([
    once(server.stdout as Readable, "data"),
    once(server, "exit"),
  ]);
  expect(String(word)).toContain("listening");
  await Promise.all(
    (Object.keys(hosts) as Kind[]).map(async (kind) => {
      const command = [process.execPath, join(root, "packages/server/bin/tincan.js")];
      const args = ["exec", hostName(kind), ...command, "nat", servers[0], "--json"];
      const { stdout } = await promisify(execFile)(lab, args, { env });
      found.set(kind, JSON.parse(stdout) as Record<string, unknown>);
    }),
  );
}, 120_000);

afterAll(async () => {
  server?.kill();
  if (existsSync(lab) && missing === undefined) await promisify(execFile)(lab, ["down"], { env });
});

describe("tincan nat in the NAT laboratory", () => {
  it.for(Object.entries(hosts) as [Kind, string][])("calls %s %s", ([kind, name], { skip }) => {
    if (missing !== undefined) skip(missing);
    expect(found.get(kind)).toMatchObject({ ...expected[kind], classic: name });
  });
});

/** Builds the laboratory; answers why it cannot be built where it cannot. */
async function raise(): Promise<string | undefined> {
  if (!existsSync(lab)) return `there is no NAT laboratory at ${lab}; set NATLAB_DIR`;
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const sites = (Object.keys(hosts) as Kind[]).map((kind) => `${hostName(kind)}=${kind}`);
  try {
    await promisify(execFile)(lab, ["up", ...sites], { env });
    return undefined;
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    // What this machine lacks is a reason to skip; anything else is a fault of ours.
    if (!/not found; install|cannot create network|this kernel cannot/.test(stderr)) throw error;
    return stderr.trim();
  }
}

/** The laboratory takes names of up to ten letters. */
function hostName(kind: Kind): string {
  return kind.slice(0, 10);
}
