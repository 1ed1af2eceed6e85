import { isIP } from "node:net";
import {
  fill,
  LANGUAGES,
  languageOf,
  reachVerdict,
  redactedReport,
  reportJson,
  resultLine,
  verdictText,
  wordsOf,
  wrap,
} from "@tincan/doctor";
import { canonicalIp } from "@tincan/webrtc/wire";
import type { Patient } from "../doctor/examine.ts";
import type { Io } from "../io.ts";
import { columns } from "../options/help-text.ts";
import { readArguments } from "../options/read-arguments.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import { SERVE_OPTIONS, type ServeOptions } from "../options/serve-options.ts";
import { ServerError } from "../server-error.ts";
import { VERSION } from "../version.ts";
import { type Command, surroundingsOf } from "./command.ts";
import { type DoctorArguments, readDoctorArguments } from "./doctor-arguments.ts";

/** `tincan doctor [URL]`: finds what keeps calls from working, and says what to do about it. */
export const doctor: Command = {
  name: "doctor",
  summary: "find out why calls fail: certificate, proxy, signaling, firewall, STUN and TURN",
  help: () => helpText,
  async run(args, io) {
    const given = readDoctorArguments(args);
    const serve = readArguments(given.rest, SERVE_OPTIONS, "tincan doctor");
    if (serve.help) io.stdout.write(helpText);
    else if (serve.version) io.stdout.write(`tincan ${VERSION}\n`);
    else {
      const isBeside = given.url === undefined || given.rest.length > 0;
      const { values } = await resolveOptions(SERVE_OPTIONS, serve, surroundingsOf(io));
      return examineAndTell(given, isBeside ? values : undefined, io);
    }
    return 0;
  },
};

async function examineAndTell(
  given: DoctorArguments,
  settings: ServeOptions | undefined,
  io: Io,
): Promise<number> {
  // Loaded where they are needed: help and mistakes are answered without sockets.
  const [{ examine }, { networkProbes }] = await Promise.all([
    import("../doctor/examine.ts"),
    import("../doctor/probes/network-probes.ts"),
  ]);
  const url = given.url === undefined ? ownUrl(settings) : serverUrl(given.url);
  const words = wordsOf(language(given.lang, io));
  const probes = networkProbes({
    patienceMs: seconds(given.timeout) * 1000,
    known: knownAddresses(given.resolve),
    interrupted: io.interrupted,
  });
  const isText = !given.json && !given.report;
  const tell = (line: string): void => {
    if (isText) io.stdout.write(`${line}\n`);
    else if (io.stderr.isTTY) io.stderr.write(`${line}\n`);
  };
  tell(`${fill(words.examining, { url: url.href })}\n`);
  const results = await examine(await patient(url, settings), probes, (result) =>
    tell(resultLine(result, words)),
  );
  if (io.interrupted.aborted) return 1;
  const verdict = reachVerdict(results);
  const findings = { url, results, verdict };
  if (given.json) io.stdout.write(reportJson(findings, VERSION, words));
  else if (given.report) {
    io.stdout.write(redactedReport(findings, `tincan ${VERSION} doctor`, words));
  } else io.stdout.write(`\n${verdictText(verdict, words)}`);
  return verdict.status === "fault" ? 1 : 0;
}

/** The address at which a server with these settings answers. */
function ownUrl(settings: ServeOptions | undefined): URL {
  const { domain, port = 8443, host } = settings ?? {};
  const near = host === undefined || host === "::" || host === "0.0.0.0" ? "localhost" : host;
  const name = domain ?? (isIP(near) === 6 ? `[${near}]` : near);
  return new URL(`https://${name}:${port}/`);
}

function serverUrl(text: string): URL {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "") {
    return new URL(url.origin);
  }
  throw new ServerError(
    "bad-value",
    `${JSON.stringify(text)} names no server; write it as https://call.example.org`,
  );
}

async function patient(url: URL, settings: ServeOptions | undefined): Promise<Patient> {
  if (settings === undefined) return { url };
  const { probeMachine } = await import("../doctor/probes/machine-probe.ts");
  const hasTurn = !settings.noTurn && settings.turnUrl.length === 0;
  const machine = await probeMachine(settings.port, settings.host);
  return { url, server: { settings: { ...settings, hasTurn }, machine } };
}

function language(given: string | undefined, { env }: Io) {
  if (given === undefined) return languageOf(env);
  const found = LANGUAGES.find((one) => one === given);
  if (found !== undefined) return found;
  throw new ServerError("bad-value", `--lang: ${JSON.stringify(given)} will not do; give en or zh`);
}

function seconds(text: string): number {
  if (/^[0-9]{1,3}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new ServerError(
    "bad-value",
    `--timeout: ${JSON.stringify(text)} will not do; give a number of seconds from 1 to 999`,
  );
}

/** `NAME=IP,IP`, as curl's --resolve: a server can be tried before its name is in the DNS. */
function knownAddresses(texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    texts.map((text) => {
      const [name = "", list = ""] = text.split("=");
      const ips = list.split(",").map((ip) => canonicalIp(ip.trim()));
      if (name === "" || ips.includes(undefined)) {
        const written = JSON.stringify(text);
        throw new ServerError("bad-value", `--resolve: ${written} will not do; give NAME=IP,IP`);
      }
      return [name.toLowerCase(), ips.filter((ip) => ip !== undefined)] as const;
    }),
  );
}

const helpText = `Usage: tincan doctor [URL] [options]

${wrap(
  "Does what a browser does to make a call, step by step, and names the cause where it fails: " +
    "connection, certificate, clock, WebSocket, signaling, then STUN and TURN with the " +
    "passwords that browsers are given, and with bytes that have to come back through the relay. " +
    "URL is the address of the page. Without it, or with options of tincan serve (--config FILE), " +
    "the machine is looked at too: run it beside the server then.",
  80,
).join("\n")}

Options:
${columns([
  ["--json", "print the result as JSON, for programs"],
  ["--report", "print a report without addresses and names, to show to others"],
  ["--lang LANGUAGE", "en or zh (default: as LANG says)"],
  ["--timeout SECONDS", "how long each answer is waited for (default: 5)"],
  ["--resolve NAME=IP,IP", "addresses of a name, instead of what the DNS says; repeatable"],
  ["--config FILE", "settings of the server on this machine, and all options of tincan serve"],
  ["-h, --help", "show this help"],
  ["--version", "show the version"],
])}

Exit code: 0 where calls work, 1 where there is a fault, 2 for usage.
`;
