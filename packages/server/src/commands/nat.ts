import { parseArgs } from "node:util";
import { wrap } from "@tincan/doctor";
import { askBinding, discoverNat, resolveStunServer } from "@tincan/webrtc/node";
import { type NatReport, parseStunUri, StunError, type StunServer } from "@tincan/webrtc/stun";
import type { Io } from "../io.ts";
import { didYouMean } from "../options/closest-word.ts";
import { columns } from "../options/help-text.ts";
import { ServerError } from "../server-error.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";
import { type NatFinding, natJson, natText } from "./nat-text.ts";

/** `tincan nat [SERVER]`: what the NAT between here and a STUN server does to calls. */
export const nat: Command = {
  name: "nat",
  summary: "find out what your NAT or firewall does to calls, with a STUN server's help",
  help: () => helpText,
  async run(args, io) {
    const given = readNatArguments(args);
    if (given.help) io.stdout.write(helpText);
    else if (given.version) io.stdout.write(`tincan ${VERSION}\n`);
    else return examine(given, io);
    return 0;
  },
};

async function examine(given: NatArguments, io: Io): Promise<number> {
  const server = serverOf(given.server ?? io.env.TINCAN_STUN_SERVER);
  if (!given.json && io.stderr.isTTY) {
    const minutes = Math.ceil((4 * given.lifetimeUpToMs) / 60_000);
    const time = given.lifetime ? `up to ${minutes} minutes` : "up to ten seconds";
    io.stderr.write(`Asking ${server.host}; this takes ${time}.\n`);
  }
  try {
    const finding = await discover(server, given, io.interrupted);
    io.stdout.write(given.json ? natJson(finding) : natText(finding));
    return 0;
  } catch (error) {
    if (!(error instanceof StunError)) throw error;
    if (error.code !== "aborted") io.stderr.write(`tincan: ${error.message}${cure(error)}\n`);
    return 1;
  }
}

/** Tries the server's addresses until one answers: with IPv6 alone, the IPv4 one never will. */
async function discover(
  server: StunServer,
  given: NatArguments,
  signal: AbortSignal,
): Promise<NatFinding> {
  let finding: NatReport | undefined;
  let failure: unknown;
  for (const address of (await resolveStunServer(server)).slice(0, maxAddresses)) {
    try {
      const lifetime = given.lifetime ? { lifetimeUpToMs: given.lifetimeUpToMs } : {};
      finding = await discoverNat(address, { ...lifetime, signal });
      if (finding.mapped !== undefined) break;
    } catch (error) {
      if (error instanceof StunError && error.code === "aborted") throw error;
      failure = error;
    }
  }
  if (finding === undefined) throw failure;
  const name = `${server.host.includes(":") ? `[${server.host}]` : server.host}:${server.port}`;
  const tcp = finding.mapped === undefined ? await answersOverTcp(server, signal) : undefined;
  return { server: name, report: finding, tcp };
}

/** IPv4 and IPv6; more addresses of one server tell nothing new. */
const maxAddresses = 2;

async function answersOverTcp(server: StunServer, interrupted: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(tcpPatienceMs)]);
  try {
    await askBinding({ ...server, transport: "tcp" }, { signal });
    return true;
  } catch (error) {
    if (error instanceof StunError) return false;
    throw error;
  }
}

const tcpPatienceMs = 3_000;

interface NatArguments {
  readonly server: string | undefined;
  readonly json: boolean;
  readonly lifetime: boolean;
  readonly lifetimeUpToMs: number;
  readonly help: boolean;
  readonly version: boolean;
}

function readNatArguments(args: readonly string[]): NatArguments {
  const options = {
    json: { type: "boolean" },
    lifetime: { type: "boolean" },
    "lifetime-max": { type: "string" },
    help: { type: "boolean", short: "h" },
    version: { type: "boolean" },
  } as const;
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option" || token.name in options) continue;
    const hint = didYouMean(
      token.rawName,
      Object.keys(options).map((name) => `--${name}`),
    );
    throw new ServerError(
      "unknown-option",
      `unknown option ${token.rawName}${hint || " (see tincan nat --help)"}`,
    );
  }
  const [server, extra] = positionals;
  if (extra !== undefined) {
    const text = `tincan nat takes one server, and ${JSON.stringify(extra)} would be a second; leave one out`;
    throw new ServerError("bad-value", text);
  }
  const longest = values["lifetime-max"];
  return {
    server,
    json: values.json === true,
    lifetime: values.lifetime === true || longest !== undefined,
    lifetimeUpToMs: longest === undefined ? 300_000 : seconds(longest) * 1000,
    help: values.help === true,
    version: values.version === true,
  };
}

function seconds(text: string | boolean): number {
  if (typeof text === "string" && /^[0-9]{1,4}$/.test(text) && Number(text) >= 10) {
    return Number(text);
  }
  throw new ServerError(
    "bad-value",
    `--lifetime-max: ${JSON.stringify(text)} will not do; give a number of seconds from 10 to 9999`,
  );
}

function serverOf(text: string | undefined): StunServer {
  if (!text) {
    throw new ServerError(
      "missing-value",
      "tincan nat needs a STUN server outside your network: name one, as in " +
        "tincan nat stun.example.org (or set TINCAN_STUN_SERVER)",
    );
  }
  const server = parseStunUri(text);
  if (server === undefined) {
    throw new ServerError(
      "bad-value",
      `${JSON.stringify(text)} names no STUN server; write it as stun.example.org, 192.0.2.1:3478 or stun:[2001:db8::1]:3478`,
    );
  }
  if (server.transport !== "udp") {
    throw new ServerError(
      "bad-value",
      `${text}: what a NAT does to calls is tested over UDP; write stun:${server.host} without a transport`,
    );
  }
  return server;
}

function cure(error: StunError): string {
  if (error.code === "unresolved") return "; check the name, and that this machine is online";
  if (error.code === "unreachable") return "; check that this machine is online";
  return "";
}

const helpText = `Usage: tincan nat SERVER [options]

${wrap(
  "Finds out how the NAT or firewall between you and the internet behaves, and what that means " +
    "for calls. SERVER is a STUN server outside your network: a name, an address, or a URI such " +
    "as stun:stun.example.org:3478 (default: TINCAN_STUN_SERVER). A server with two addresses " +
    "(RFC 5780) can tell everything; any other only your address as it sees it.",
  80,
).join("\n")}

Options:
${columns([
  ["--lifetime", "measure how long the NAT keeps an idle binding; takes minutes"],
  ["--lifetime-max SECONDS", "search up to so long (default: 300)"],
  ["--json", "print the result as JSON, for programs"],
  ["-h, --help", "show this help"],
  ["--version", "show the version"],
])}
`;
