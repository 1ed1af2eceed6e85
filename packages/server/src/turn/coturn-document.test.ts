import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { type Option, optionKey } from "../options/option.ts";
import { FOREIGN_OPTIONS } from "./foreign-options.ts";
import { lettersOf } from "./turn-arguments.ts";
import { defaultText } from "./turn-help.ts";
import { TURN_OPTIONS } from "./turn-options.ts";

// docs/coturn.md holds two tables that are made from the code. Where this fails, the expected text is the table.

const document = readFileSync(resolve(import.meta.dirname, "../../../../docs/coturn.md"), "utf8");

test("docs/coturn.md lists every option that works, as the help has it", () => {
  expect(section("options")).toBe(optionsTable());
});

test("docs/coturn.md lists every option of coturn that does nothing here", () => {
  expect(section("foreign options")).toBe(foreignTable());
});

function section(name: string): string {
  return document.split(`<!-- ${name} -->\n`)[1]?.split("<!-- end -->")[0]?.trim() ?? "";
}

function optionsTable(): string {
  const surroundings = { env: {}, cwd: "/", isTerminal: false };
  const rows = Object.entries<Option<unknown>>(TURN_OPTIONS).map(([name, option]) => {
    const names = [`\`${optionKey(name)}\``, ...lettersOf(name).map((letter) => `\`${letter}\``)];
    const standard = defaultText(option, surroundings).replace("default: ", "");
    return `| ${names.join(", ")} | ${option.help} | ${standard} |`;
  });
  return ["| option | what it does | default |", "| --- | --- | --- |", ...rows].join("\n");
}

function foreignTable(): string {
  const byCure = new Map<string, string[]>();
  for (const [name, { instead = "It is so anyway; nothing is said." }] of FOREIGN_OPTIONS) {
    byCure.set(instead, [...(byCure.get(instead) ?? []), `\`${name}\``]);
  }
  const rows = [...byCure].map(([cure, names]) => `| ${names.join(", ")} | ${cure} |`);
  return ["| option | instead |", "| --- | --- |", ...rows].join("\n");
}
