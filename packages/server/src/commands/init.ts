import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { stringify } from "smol-toml";
import * as v from "valibot";
import type { Io } from "../io.ts";
import { didYouMean } from "../options/closest-word.ts";
import { columns } from "../options/help-text.ts";
import type { Kind } from "../options/kinds.ts";
import { type Option, optionKey } from "../options/option.ts";
import { SERVE_OPTIONS, type ServeOptions } from "../options/serve-options.ts";
import { ServerError, systemCode } from "../server-error.ts";
import type { Command } from "./command.ts";

/** `tincan init`: asks five questions and writes a config file. */
export const init: Command = {
  name: "init",
  summary: "ask five questions and write a config file, tincan.toml",
  help: () => HELP,
  async run(args, io) {
    const given = readInitArguments(args);
    if (given.help) {
      io.stdout.write(HELP);
      return 0;
    }
    const file = resolve(io.cwd, given.file);
    const answers = await collect(given.texts, io);
    await write(file, answers, given.force);
    io.stdout.write(`\nWrote ${file}. Start with: tincan serve --config ${given.file}\n`);
    return 0;
  },
};

interface Question {
  readonly name: keyof ServeOptions;
  readonly words: string;
  readonly isAsked?: (answers: Answers) => boolean;
}

type Answers = ReadonlyMap<keyof ServeOptions, unknown>;

const hasDomain = (answers: Answers): boolean => answers.get("domain") !== undefined;

const QUESTIONS: readonly Question[] = [
  {
    name: "domain",
    words:
      "The server's name in the DNS, such as call.example.org (nothing: only for this network)",
  },
  {
    name: "acmeEmail",
    words: "Where may the certificate authority write to you (nothing: nowhere)",
    isAsked: hasDomain,
  },
  {
    name: "behindProxy",
    words: "Addresses of a reverse proxy in front, such as 127.0.0.1 (nothing: there is none)",
  },
  { name: "roomSize", words: "How many people fit into a room" },
  { name: "dataDir", words: "The folder for certificates and secrets" },
];

const HELP = `Usage: tincan init [options]

Asks five questions and writes the answers into a config file for tincan serve.
A question whose option is given is not asked; without a terminal none is.

Options:
${columns([
  ...QUESTIONS.map(({ name }): [string, string] => {
    const option: Option<unknown> = SERVE_OPTIONS[name];
    return [`--${optionKey(name)} ${option.kind.placeholder}`, option.help];
  }),
  ["--file FILE", "the file to write (default: tincan.toml)"],
  ["--force", "write over a file that is there"],
  ["-h, --help", "show this help"],
])}
`;

interface InitArguments {
  readonly help: boolean;
  readonly force: boolean;
  readonly file: string;
  readonly texts: ReadonlyMap<keyof ServeOptions, string>;
}

function readInitArguments(args: readonly string[]): InitArguments {
  const keys = QUESTIONS.map(({ name }) => [optionKey(name), { type: "string" as const }] as const);
  const options = {
    ...Object.fromEntries(keys),
    file: { type: "string" },
    force: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  const { values, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new ServerError("unknown-option", `tincan init takes no argument ${token.value}`);
    }
    if (token.kind !== "option") continue;
    if (!(token.name in options)) {
      const known = Object.keys(options).map((key) => `--${key}`);
      const hint = didYouMean(token.rawName, known) || " (see tincan init --help)";
      throw new ServerError("unknown-option", `unknown option ${token.rawName}${hint}`);
    }
    const isSwitch = token.name === "force" || token.name === "help";
    if (!isSwitch && token.value === undefined) {
      throw new ServerError("missing-value", `--${token.name} needs a value`);
    }
  }
  const texts = new Map<keyof ServeOptions, string>();
  for (const { name } of QUESTIONS) {
    const text = values[optionKey(name)];
    if (typeof text === "string") texts.set(name, text);
  }
  const { file } = values;
  return {
    help: values.help === true,
    force: values.force === true,
    file: typeof file === "string" ? file : "tincan.toml",
    texts,
  };
}

/** What was given, and what is answered to the questions that are left. */
async function collect(given: InitArguments["texts"], io: Io): Promise<Answers> {
  const answers = new Map<keyof ServeOptions, unknown>();
  const { stdin } = io;
  const dialogue = stdin?.isTTY
    ? createInterface({ input: stdin, output: io.stdout as NodeJS.WritableStream })
    : undefined;
  try {
    for (const { name, words, isAsked } of QUESTIONS) {
      const option: Option<unknown> = SERVE_OPTIONS[name];
      const text = given.get(name);
      if (text !== undefined) {
        const answer = judge(option.kind, text, io.cwd);
        if (answer === undefined) {
          const wish = `give ${option.kind.expects}`;
          throw new ServerError(
            "bad-value",
            `--${optionKey(name)}: ${JSON.stringify(text)} will not do; ${wish}`,
          );
        }
        answers.set(name, answer);
      } else if (dialogue !== undefined && (isAsked?.(answers) ?? true)) {
        const surroundings = { env: io.env, cwd: io.cwd, isTerminal: true };
        const fallback = option.fallback(surroundings, {});
        const hint =
          typeof fallback === "string" || typeof fallback === "number" ? ` [${fallback}]` : "";
        for (;;) {
          const typed = (
            await dialogue.question(`${words}${hint}: `, { signal: io.interrupted })
          ).trim();
          if (typed === "") break;
          const answer = judge(option.kind, typed, io.cwd);
          if (answer !== undefined) {
            answers.set(name, answer);
            break;
          }
          io.stdout.write(`  That will not do; give ${option.kind.expects}.\n`);
        }
      }
    }
  } finally {
    dialogue?.close();
  }
  return answers;
}

function judge(kind: Kind<unknown>, text: string, cwd: string): unknown {
  const result = v.safeParse(kind.schema, text);
  if (!result.success) return undefined;
  return kind.locate === undefined ? result.output : kind.locate(result.output, cwd);
}

async function write(file: string, answers: Answers, force: boolean): Promise<void> {
  const values = Object.fromEntries([...answers].map(([name, value]) => [optionKey(name), value]));
  const text = `${HEADER}\n${stringify(values)}`;
  try {
    await writeFile(file, text.endsWith("\n") ? text : `${text}\n`, { flag: force ? "w" : "wx" });
  } catch (cause) {
    const code = systemCode(cause);
    const why =
      code === "EEXIST"
        ? `${file} is there already; --force writes over it`
        : `cannot write ${file} (${code ?? "failed"})`;
    throw new ServerError("unreadable-file", `--file: ${why}`, { cause });
  }
}

const HEADER = `# Settings of tincan serve. "tincan serve --help" lists them all,
# "tincan config --config FILE" shows what holds.
`;
