import { wrap } from "@tincan/doctor";
import type { BindingLifetime, ClassicNatName, NatReport } from "@tincan/webrtc/stun";
import { formatAddress } from "@tincan/webrtc/wire";

/** What was found, and with whose help. */
export interface NatFinding {
  readonly server: string;
  readonly report: NatReport;
  /** Whether the server answers over TCP; asked only where UDP gets no answer. */
  readonly tcp: boolean | undefined;
}

/** What was found, for people. */
export function natText({ server, report, tcp }: NatFinding): string {
  const rows: [string, string][] = [
    ["Your address", formatAddress(report.local)],
    ["Seen from outside", seen(report, server)],
    ["Kind", report.classic === undefined ? unknownKind : kinds[report.classic]],
  ];
  if (report.mapped !== undefined) rows.push(...behaviour(report));
  const text = rows.map(([name, value]) => `${`${name}:`.padEnd(19)}${value}`).join("\n");
  const paragraphs = meaning(report, tcp).map((line) => wrap(line, 80).join("\n"));
  return `${text}\n\nWhat this means for calls:\n${paragraphs.join("\n")}\n`;
}

/** What was found, for programs. */
export function natJson({ server, report, tcp }: NatFinding): string {
  // What could not be told is null, so that every key is always there.
  const orNull = (_: string, value: unknown): unknown => (value === undefined ? null : value);
  return `${JSON.stringify({ server, ...report, tcp }, orNull, 2)}\n`;
}

function seen({ mapped, isTranslated }: NatReport, server: string): string {
  if (mapped === undefined) return `${server} does not answer over UDP`;
  return isTranslated ? `${formatAddress(mapped)} (by ${server})` : `the same (by ${server})`;
}

function behaviour(report: NatReport): [string, string][] {
  const rows: [string, string][] = [];
  if (report.isTranslated) {
    rows.push(["Mapping", report.mapping === undefined ? untold : mappings[report.mapping]]);
  }
  rows.push(["Filtering", report.filtering === undefined ? untold : filterings[report.filtering]]);
  if (report.hairpinning !== undefined) {
    rows.push(["Hairpinning", report.hairpinning ? "yes" : "no"]);
  }
  if (report.lifetime !== undefined) rows.push(["Binding lifetime", lifetime(report.lifetime)]);
  return rows;
}

const untold = "unknown: this server has one address only";

const unknownKind = "unknown: it takes a server with two addresses to tell (RFC 5780)";

const kinds: Readonly<Record<ClassicNatName, string>> = {
  open: "open internet: no NAT, no firewall",
  "symmetric firewall": "symmetric firewall: no NAT, but only answers come in",
  blocked: "blocked: no UDP comes through",
  "full cone": "full cone NAT",
  restricted: "restricted cone NAT",
  "port restricted": "port-restricted cone NAT",
  symmetric: "symmetric NAT",
};

const mappings: Readonly<Record<NonNullable<NatReport["mapping"]>, string>> = {
  "endpoint-independent": "one outer port for everybody (endpoint-independent)",
  "address-dependent": "another outer port for each address you write to (address-dependent)",
  "address-and-port-dependent":
    "another outer port for each address and port you write to (address- and port-dependent)",
};

const filterings: Readonly<Record<NonNullable<NatReport["filtering"]>, string>> = {
  "endpoint-independent": "anybody may answer (endpoint-independent)",
  "address-dependent": "only addresses that you have written to (address-dependent)",
  "address-and-port-dependent":
    "only the very ports that you have written to (address- and port-dependent)",
};

function lifetime({ atLeastMs, belowMs }: BindingLifetime): string {
  const from = Math.round(atLeastMs / 1000);
  if (belowMs === undefined) return `at least ${from} s`;
  const to = Math.round(belowMs / 1000);
  return from === 0 ? `less than ${to} s` : `between ${from} and ${to} s`;
}

function meaning(report: NatReport, tcp: boolean | undefined): string[] {
  if (tcp === false) return [noAnswerMeaning];
  const lines = [report.classic === undefined ? untoldMeaning : meanings[report.classic]];
  if (tcp === true) lines.push("Over TCP the server does answer, so a relay over TCP will work.");
  if (report.isRewritten) {
    lines.push(
      "A gateway on the way changes addresses inside packets (an ALG). Switch that off in the " +
        "router: it breaks calls.",
    );
  }
  const gone = report.lifetime?.belowMs;
  if (gone !== undefined && gone < shortLifetimeMs) {
    lines.push(
      "Idle bindings are lost within seconds. Calls keep theirs alive, so this does them no harm.",
    );
  }
  return lines;
}

/** ICE refreshes a binding every 15 seconds at the latest (RFC 8445 §11). */
const shortLifetimeMs = 20_000;

const noAnswerMeaning =
  "No answer came, over UDP or TCP. If this server works from elsewhere, then calls from here " +
  "need a relay (TURN) that is reached over TLS on port 443; if it does not, try another server.";

const untoldMeaning =
  "Your address can be found, which is what most calls need. Whether a relay is needed too, a " +
  "server with two addresses could tell.";

const meanings: Readonly<Record<ClassicNatName, string>> = {
  open: "Nothing is in the way: everybody who can use UDP reaches you directly.",
  "symmetric firewall":
    "Calls connect directly to everybody but those behind a symmetric NAT; with them they go " +
    "through a relay (TURN).",
  blocked:
    "Calls cannot use UDP from here. They need a relay (TURN) that is reached over TCP, or over " +
    "TLS on port 443.",
  "full cone": "Calls connect directly to everybody who can use UDP.",
  restricted: "Calls connect directly to everybody who can use UDP.",
  "port restricted":
    "Calls connect directly to everybody but those behind a symmetric NAT; with them they go " +
    "through a relay (TURN).",
  symmetric:
    "Calls connect directly only to those with no NAT, or with a full or restricted cone. " +
    "With everybody else they go through a relay (TURN).",
};
