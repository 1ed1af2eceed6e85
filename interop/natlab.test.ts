import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NatLab } from "./support/natlab.ts";

// `tincan nat` on hosts behind routers of each kind.

const root = resolve(import.meta.dirname, "..");
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

let lab: NatLab | string;
let server: ChildProcess | undefined;
const found = new Map<Kind, Record<string, unknown>>();

beforeAll(async () => {
  const kinds = Object.keys(hosts) as Kind[];
  lab = await NatLab.up(
    "tincannat",
    kinds.map((kind) => `${hostName(kind)}=${kind}`),
  );
  if (typeof lab === "string") return;
  const built = lab;
  const script = join(root, "interop/support/binding-server.ts");
  server = spawn(built.program, ["exec", "server", process.execPath, script, ...servers], {
    env: built.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [word] = await Promise.race([
    once(server.stdout as Readable, "data"),
    once(server, "exit"),
  ]);
  expect(String(word)).toContain("listening");
  await Promise.all(
    kinds.map(async (kind) => {
      const command = [process.execPath, join(root, "packages/server/bin/tincan.js")];
      const args = [hostName(kind), ...command, "nat", servers[0], "--json"];
      found.set(kind, JSON.parse(await built.run("exec", ...args)) as Record<string, unknown>);
    }),
  );
}, 120_000);

afterAll(async () => {
  server?.kill();
  if (typeof lab !== "string") await lab?.down();
});

describe("tincan nat in the NAT laboratory", () => {
  it.for(Object.entries(hosts) as [Kind, string][])("calls %s %s", ([kind, name], { skip }) => {
    if (typeof lab === "string") skip(lab);
    expect(found.get(kind)).toMatchObject({ ...expected[kind], classic: name });
  });
});

/** The laboratory takes names of up to ten letters. */
function hostName(kind: Kind): string {
  return kind.slice(0, 10);
}
