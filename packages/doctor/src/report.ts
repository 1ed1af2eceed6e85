import { parseStunUri } from "@tincan/webrtc/stun";
import type { CheckResult, Diagnosis, Fact } from "./check.ts";
import type { PageAddress } from "./outcomes.ts";
import { redact } from "./redact.ts";
import type { Verdict } from "./verdict.ts";
import { type CauseWords, fill, type Words } from "./words/words.ts";
import { wrap } from "./wrap.ts";

/** One check, as a line that is told while the others still run. */
export function resultLine({ id, status, facts }: CheckResult, words: Words): string {
  const told = Object.entries(facts).map((fact) => tellFact(fact, words));
  const detail = status === "skipped" ? told.map(([, value]) => value) : told.map(joined);
  return `  ${padEnd(words.statuses[status], 9)}${padEnd(words.checks[id], 28)}${detail.join("; ")}`.trimEnd();
}

/** The name of a fact and what it says, for people. */
export function tellFact([name, value]: readonly [string, Fact], words: Words): [string, string] {
  const tell = (one: string): string =>
    words.values[one] ?? (words.reasons as Words["values"])[one] ?? one;
  const text = Array.isArray(value)
    ? value.map(tell).join(", ") || tell("none")
    : tell(String(value));
  return [words.facts[name] ?? name, text];
}

/** What is wrong, and what to do, for people. */
export function spell({ cause, about }: Diagnosis, words: Words): CauseWords {
  const told = Object.entries(about).map(([name, value]) => [name, words.values[value] ?? value]);
  const [what, fix] = words.causes[cause];
  return [fill(what, Object.fromEntries(told)), fill(fix, Object.fromEntries(told))];
}

/** The verdict, for people. */
export function verdictText(verdict: Verdict, words: Words): string {
  const { labels } = words;
  const { root } = verdict;
  const blocks: string[] = [];
  if (verdict.status !== "fault") blocks.push(words.allGood);
  if (root !== undefined) {
    const [cause, fix] = spell(root, words);
    blocks.push(paragraph(verdict.status === "fault" ? labels.cause : labels.advice, cause));
    blocks.push(paragraph(labels.fix, fix));
  }
  const others = verdict.others.map((one) => `  - ${spell(one, words)[0]}`);
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
  const entry = (one: Diagnosis) => {
    const [cause, fix] = spell(one, words);
    return { cause: one.cause, text: cause, fix };
  };
  const { status, root, others, directCall } = verdict;
  const report = {
    version,
    url: url.href,
    status,
    verdict: root === undefined ? null : entry(root),
    others: others.map(entry),
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

function paragraph(label: string, text: string): string {
  return wrap(`${label}: ${text}`, 90).join("\n");
}

function joined(words: readonly [string, string]): string {
  return words.join(" ");
}

/** Chinese characters are two columns wide on a terminal. */
function padEnd(text: string, width: number): string {
  const wide = [...text].filter((letter) => letter > "\u2e7f").length;
  return text.padEnd(width - wide);
}
