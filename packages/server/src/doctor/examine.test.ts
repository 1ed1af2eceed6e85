import {
  type CauseId,
  fill,
  reachVerdict,
  type TurnOutcome,
  type Verdict,
  wordsOf,
} from "@tincan/doctor";
import { describe, expect, it, test } from "vitest";
import type { Machine, ServerSettings } from "./checks/machine.ts";
import { examine, type Patient } from "./examine.ts";
import type { Probes, ShownCertificate } from "./probes/probes.ts";

const HOST = "call.example.org";
const IP = "198.51.100.7";
const NOW = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;

const CERTIFICATE: ShownCertificate = {
  names: [HOST],
  validFrom: NOW - DAY,
  validTo: NOW + 60 * DAY,
  issuer: "CN=Authority",
  isSelfSigned: false,
  isForName: true,
  chainError: undefined,
};
const ALLOCATED: TurnOutcome = {
  type: "allocated",
  relayed: `${IP}:50000`,
  ms: 9,
  between: "echoed",
  outside: "echoed",
};
const HEALTHY = {
  type: "answered",
  status: 200,
  date: NOW,
  isTincan: true,
  software: "HTTP 200",
} as const;
const SILENT: TurnOutcome = { type: "unreachable", how: "silent" };
const REFUSED: TurnOutcome = { type: "unreachable", how: "refused" };
const STUN = [`stun:${HOST}:3478`];
const UDP = `turn:${HOST}:3478?transport=udp`;
const TCP = `turn:${HOST}:3478?transport=tcp`;
const TLS = `turns:${HOST}:443?transport=tcp`;

/** The world of a good server; a test says what is different in its own. */
function world(different: Partial<Probes> = {}): Probes {
  return {
    resolve: async () => [IP],
    connect: async () => "open",
    certificate: async () => ({ type: "shown", certificate: CERTIFICATE }),
    health: async () => HEALTHY,
    upgrade: async () => ({ type: "upgraded", ms: 3 }),
    signaling: async () => met([UDP, TCP, TLS]),
    stun: async () => ({ type: "answered", mapped: "203.0.113.9", isTranslated: true, ms: 5 }),
    strictNat: async () => false,
    turn: async (_url, { password }) =>
      password === "right" ? ALLOCATED : { type: "unauthorized" },
    hasIpv6: () => true,
    unixTime: () => NOW,
    ...different,
  };
}

function met(urls: readonly string[], stun: readonly string[] = STUN) {
  const turn = urls.length > 0 ? [{ urls, username: "1:a", credential: "right" }] : [];
  const iceServers = [...(stun.length > 0 ? [{ urls: stun }] : []), ...turn];
  return { type: "met", iceServers, ms: 4, transport: "websocket" } as const;
}

/** TURN by transport, with the right password. */
function turn(outcomes: { udp?: TurnOutcome; tcp?: TurnOutcome; tls?: TurnOutcome }) {
  const { udp = ALLOCATED, tcp = ALLOCATED, tls = ALLOCATED } = outcomes;
  return async (url: string, { password }: { password: string }): Promise<TurnOutcome> => {
    if (password !== "right") return { type: "unauthorized" };
    return url === UDP ? udp : url === TCP ? tcp : tls;
  };
}

function shown(different: Partial<ShownCertificate>): Partial<Probes> {
  const certificate = { ...CERTIFICATE, ...different };
  return { certificate: async () => ({ type: "shown", certificate }) };
}

const noStun: Partial<Probes> = { stun: async () => ({ type: "failed", why: "silent" }) };

async function verdictOn(
  different: Partial<Probes>,
  { url = `https://${HOST}/`, server }: { url?: string; server?: Patient["server"] } = {},
): Promise<Verdict> {
  const patient = { url: new URL(url), ...(server && { server }) };
  return reachVerdict(await examine(patient, world(different)));
}

test("a good server is good, and every check is told as soon as it is made", async () => {
  const told: string[] = [];
  const results = await examine({ url: new URL(`https://${HOST}/`) }, world(), ({ id }) =>
    told.push(id),
  );
  expect(told).toEqual(results.map(({ id }) => id));
  expect(reachVerdict(results)).toEqual({
    status: "good",
    root: undefined,
    others: [],
    directCall: "likely",
  });
});

const faults: readonly [CauseId, Partial<Probes>, string?][] = [
  ["name-unknown", { resolve: async () => [] }],
  ["server-unreachable", { connect: async () => "silent" }],
  ["not-https", { certificate: async () => ({ type: "failed", why: "EPROTO" }) }],
  ["clock-wrong", { health: async () => ({ ...HEALTHY, date: NOW - 2 * DAY }) }],
  ["certificate-expired", shown({ validTo: NOW - 1, chainError: "CERT_HAS_EXPIRED" })],
  ["certificate-not-yet-valid", shown({ validFrom: NOW + DAY, chainError: "CERT_NOT_YET_VALID" })],
  ["certificate-wrong-name", shown({ isForName: false })],
  ["certificate-untrusted", shown({ chainError: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" })],
  ["insecure-page", {}, `http://${HOST}/`],
  ["not-tincan", { health: async () => ({ ...HEALTHY, isTincan: false }) }],
  ["not-tincan", { health: async () => ({ type: "failed", why: "ECONNRESET" }) }],
  [
    "origin-refused",
    { signaling: async () => ({ type: "refused", code: "origin-refused", message: "no" }) },
  ],
  [
    "draining",
    { signaling: async () => ({ type: "refused", code: "shutting-down", message: "no" }) },
  ],
  [
    "websocket-blocked",
    { upgrade: async () => ({ type: "answered", status: 400, body: "Bad request" }) },
  ],
  ["websocket-blocked", { upgrade: async () => ({ type: "failed", why: "silent" }) }],
  ["signaling-broken", { signaling: async () => ({ type: "failed", why: "no answer in time" }) }],
  ["no-ice-servers", { signaling: async () => met([], []) }],
  ["stun-only", { signaling: async () => met([]) }],
  ["private-address", { signaling: async () => met(["turn:10.0.0.5:3478"]) }],
  [
    "private-address",
    { turn: turn({ udp: { ...ALLOCATED, relayed: "172.17.0.2:50000", outside: "lost" } }) },
  ],
  ["turn-secret-wrong", { turn: async () => ({ type: "unauthorized" }), ...noStun }],
  ["turn-name-unknown", { turn: turn({ tls: { type: "unresolved" } }) }],
  ["turn-down", { turn: turn({ udp: SILENT, tcp: REFUSED, tls: REFUSED }), ...noStun }],
  ["udp-blocked", { turn: turn({ udp: SILENT }), ...noStun }],
  ["relay-blocked", { turn: async () => ({ ...ALLOCATED, between: "lost", outside: "lost" }) }],
  // Two relays of one server reach each other although its firewall keeps everybody else out.
  ["relay-blocked", { turn: async () => ({ ...ALLOCATED, outside: "lost" }) }],
  [
    "turn-certificate",
    { turn: turn({ tls: { type: "certificate", why: "ERR_TLS_CERT_ALTNAME_INVALID" } }) },
  ],
  ["turn-port-closed", { turn: turn({ tls: REFUSED }) }],
  ["turn-port-closed", { turn: turn({ udp: REFUSED }) }],
  ["turn-full", { turn: turn({ udp: { type: "full" } }) }],
  ["turn-refused", { turn: turn({ udp: { type: "rejected", why: "refused (403)" } }) }],
  ["stun-silent", noStun],
  [
    "ipv6-broken",
    {
      resolve: async () => [IP, "2001:db8::7"],
      connect: async (ip) => (ip === IP ? "open" : "silent"),
    },
  ],
];

describe("a fault", () => {
  it.each(faults)("%s is named", async (cause, different, url) => {
    const verdict = await verdictOn(different, url === undefined ? {} : { url });
    expect([verdict.status, verdict.root?.cause]).toEqual(["fault", cause]);
  });

  it("is told in whole sentences, in both languages", async () => {
    for (const [, different, url] of faults) {
      const { root } = await verdictOn(different, url === undefined ? {} : { url });
      if (root === undefined) throw new Error("no root");
      for (const language of ["en", "zh"] as const) {
        const texts = wordsOf(language).causes[root.cause].map((text) => fill(text, root.about));
        expect(texts.join()).not.toMatch(/undefined|\{/);
      }
    }
  });

  it("goes before what follows from it", async () => {
    const skewed = { health: async () => ({ ...HEALTHY, date: NOW - 2 * DAY }) };
    const expired = shown({ validTo: NOW - 1 });
    const locked: Partial<Probes> = { turn: async () => ({ type: "unauthorized" }) };
    const { root, others } = await verdictOn({ ...locked, ...expired, ...skewed });
    expect(root?.cause).toBe("clock-wrong");
    expect(others.map(({ cause }) => cause)).toEqual(["certificate-expired", "turn-secret-wrong"]);
  });

  it("of a strict NAT is one only where no relay is left", async () => {
    const { others } = await verdictOn({
      strictNat: async () => true,
      turn: async () => ({ type: "full" }),
    });
    expect(others.map(({ cause }) => cause)).toContain("strict-nat");
  });

  it("goes before every warning", async () => {
    const { root, others } = await verdictOn({ ...noStun, ...shown({ validTo: NOW + DAY }) });
    expect([root?.cause, others[0]?.cause]).toEqual(["stun-silent", "certificate-ends-soon"]);
  });
});

describe("a warning", () => {
  it.each<[CauseId, Partial<Probes>]>([
    ["turn-open", { turn: async () => ALLOCATED }],
    ["certificate-ends-soon", shown({ validTo: NOW + 2 * DAY })],
    ["clock-off", { health: async () => ({ ...HEALTHY, date: NOW + 90_000 }) }],
    ["certificate-self-signed", shown({ isSelfSigned: true, chainError: "DEPTH_ZERO" })],
  ])("%s", async (cause, different) => {
    const verdict = await verdictOn(different);
    expect([verdict.status, verdict.root?.cause]).toEqual(["warning", cause]);
  });
});

describe("what is no fault", () => {
  it.each<[string, Partial<Probes>, string?]>([
    ["http on this machine", { resolve: async () => ["127.0.0.1"] }, "http://localhost:8080/"],
    [
      "localhost without IPv6",
      {
        resolve: async () => ["::1", "127.0.0.1"],
        connect: async (ip) => (ip === "::1" ? "refused" : "open"),
      },
      "https://localhost:8443/",
    ],
    [
      "a relay that does not send to private addresses, such as ours",
      { turn: turn({ udp: { ...ALLOCATED, outside: "forbidden" } }) },
    ],
    ["a strict NAT, for there is a relay", { strictNat: async () => true }],
    [
      "private addresses in a private network",
      {
        resolve: async () => ["192.168.1.5"],
        signaling: async () => met(["turn:192.168.1.6:3478"]),
        turn: async (_url, { password }) =>
          password === "right"
            ? { ...ALLOCATED, relayed: "192.168.1.6:50000" }
            : { type: "unauthorized" },
      },
    ],
  ])("%s", async (_name, different, url) => {
    const verdict = await verdictOn(different, url === undefined ? {} : { url });
    expect(verdict).toMatchObject({ status: "good", root: undefined });
  });

  it("is told as it is: without UDP no call is direct", async () => {
    const { directCall } = await verdictOn({ turn: turn({ udp: SILENT }), ...noStun });
    expect(directCall).toBe("never");
  });
});

describe("beside the server", () => {
  const settings: ServerSettings = {
    domain: HOST,
    port: 443,
    turnPort: 3478,
    externalIp: [],
    relayPorts: "49152-65535",
    hasTurn: true,
  };
  const machine: Machine = {
    networkIps: [IP],
    container: undefined,
    openFiles: 65_536,
    port: "taken",
  };

  it("a good machine is good", async () => {
    expect(await verdictOn({}, { server: { settings, machine } })).toMatchObject({
      status: "good",
    });
  });

  it.each<[CauseId, Partial<ServerSettings>, Partial<Machine>, Partial<Probes>?]>([
    ["server-not-running", {}, { port: "free" }, { connect: async () => "refused" }],
    ["port-taken", {}, {}, { connect: async () => "refused" }],
    ["container-address", {}, { container: "docker", networkIps: ["172.17.0.2"] }],
    ["stray-external-ip", { externalIp: ["203.0.113.5/10.0.0.9"] }, { networkIps: ["10.0.0.4"] }],
    ["private-address", {}, { networkIps: ["10.0.0.4"] }],
    ["name-points-elsewhere", {}, { networkIps: ["203.0.113.77"] }],
    ["few-relay-ports", { relayPorts: "50000-50010" }, {}],
    ["few-relay-ports", { relayPorts: "3000-4000" }, {}],
    ["file-limit", {}, { openFiles: 1024 }],
  ])("%s is named", async (cause, set, be, different = {}) => {
    const server = { settings: { ...settings, ...set }, machine: { ...machine, ...be } };
    expect((await verdictOn(different, { server })).root?.cause).toBe(cause);
  });
});
