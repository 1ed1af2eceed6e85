import { parseStunUri } from "@tincan/webrtc/stun";
import type { CheckResult, Diagnosis, Fact } from "./check.ts";
import type { PageAddress } from "./outcomes.ts";
import { redact } from "./redact.ts";
import type { Verdict } from "./verdict.ts";
import { fill, type Words } from "./words/words.ts";

/** One check, as a line that is told while the others still run. */
export function resultLine({ id, status, facts }: CheckResult, words: Words): string {
  const told = Object.entries(facts).map(([name, value]) => `${name} ${factText(value)}`);
  const detail = status === "skipped" ? String(facts.why ?? "") : told.join("; ");
  return `  ${padEnd(words.statuses[status], 9)}${padEnd(words.checks[id], 26)}${detail}`.trimEnd();
}

/** The verdict, for people. */
export function verdictText(verdict: Verdict, words: Words): string {
  const { labels } = words;
  const { root } = verdict;
  const blocks: string[] = [];
  if (verdict.status !== "fault") blocks.push(words.allGood);
  if (root !== undefined) {
    const [cause, fix] = sentences(root, words);
    blocks.push(paragraph(verdict.status === "fault" ? labels.cause : labels.advice, cause));
    blocks.push(paragraph(labels.fix, fix));
  }
  const others = verdict.others.map((one) => `  - ${sentences(one, words)[0]}`);
  if (others.length > 0) blocks.push([`${labels.also}:`, ...others].join("\n"));
  blocks.push(paragraph(labels.direct, words.direct[verdict.directCall]));
  return `${blocks.join("\n\n")}\n`;
}

/** What was examined, and what came of it. */
export interface Findings {
  readonly url: PageAddress;
  readonly results: readonly CheckResult[];
  readonly verdict: Verdict;
}

/** Everything without addresses and names, to show to others; `title` says who examined. */
export function redactedReport(
  { url, results, verdict }: Findings,
  title: string,
  words: Words,
): string {
  const lines = results.map((result) => resultLine(result, words));
  const text = [`${title}: ${url.href}`, "", ...lines, "", verdictText(verdict, words)].join("\n");
  return redact(text, namesOf(url, results));
}

/** Everything, for programs. */
export function reportJson(
  { url, results, verdict }: Findings,
  version: string,
  words: Words,
): string {
  const spell = (one: Diagnosis) => {
    const [cause, fix] = sentences(one, words);
    return { cause: one.cause, text: cause, fix };
  };
  const { status, root, others, directCall } = verdict;
  const report = {
    version,
    url: url.href,
    status,
    verdict: root === undefined ? null : spell(root),
    others: others.map(spell),
    directCall,
    checks: results.map(({ verdict: found, ...rest }) => ({
      ...rest,
      ...(found && { cause: found.cause }),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Every name that a report could give away. */
function namesOf(url: PageAddress, results: readonly CheckResult[]): readonly string[] {
  const facts = results.flatMap(({ facts }) => Object.entries(facts).flat(2));
  const words = facts.flatMap((fact) => (typeof fact === "string" ? fact.split(/[\s,;]+/) : []));
  const hosts = words.flatMap((word) => {
    const host = parseStunUri(word.replace(/^turn/, "stun"))?.host ?? word.replace(/^\*\./, "");
    return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(host) ? [host] : [];
  });
  return [url.hostname, ...hosts];
}

function sentences({ cause, about }: Diagnosis, words: Words): readonly [string, string] {
  const [what, fix] = words.causes[cause];
  return [fill(what, about), fill(fix, about)];
}

function paragraph(label: string, text: string): string {
  return wrap(`${label}: ${text}`, 90).join("\n");
}

function factText(value: Fact): string {
  if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : "-";
  return String(value);
}

/** Breaks a text at its spaces into lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Chinese characters are two columns wide on a terminal. */
function padEnd(text: string, width: number): string {
  const wide = [...text].filter((letter) => letter > "\u2e7f").length;
  return text.padEnd(width - wide);
}
