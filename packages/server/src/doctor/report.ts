import { wrap } from "../options/help-text.ts";
import { VERSION } from "../version.ts";
import type { CheckResult, Diagnosis, Fact } from "./check.ts";
import type { Verdict } from "./verdict.ts";
import { fill, type Words } from "./words/words.ts";

/** One check, as a line that is told while the others still run. */
export function checkLine({ id, status, facts }: CheckResult, words: Words): string {
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

/** Everything, for programs. */
export function reportJson(
  url: string,
  results: readonly CheckResult[],
  verdict: Verdict,
  words: Words,
): string {
  const spell = (one: Diagnosis) => {
    const [cause, fix] = sentences(one, words);
    return { cause: one.cause, text: cause, fix };
  };
  const { status, root, others, directCall } = verdict;
  const report = {
    version: VERSION,
    url,
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

/** Chinese characters are two columns wide on a terminal. */
function padEnd(text: string, width: number): string {
  const wide = [...text].filter((letter) => letter > "\u2e7f").length;
  return text.padEnd(width - wide);
}
