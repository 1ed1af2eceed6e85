import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { isLocalHost } from "@tincan/doctor";
import { CODE_WORDS, parseCode, readShareLink, type TransferCode } from "@tincan/send";
import { withoutBrackets } from "@tincan/webrtc/wire";
import { closestWord, didYouMean } from "../options/closest-word.ts";
import type { Environment } from "../options/option.ts";
import { ServerError } from "../server-error.ts";

/** What `tincan send` and `tincan receive` are told. */
export interface TransferArguments {
  readonly server: URL;
  readonly code: TransferCode | undefined;
  readonly trustAnyCertificate: boolean;
  /** What the other side sees. */
  readonly name: string;
  readonly yes: boolean;
  readonly output: string | undefined;
  /** What is no option: files. */
  readonly rest: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
}

/** Reads the command line of one of the two. */
export function readTransferArguments(
  command: "send" | "receive",
  args: readonly string[],
  env: Environment,
): TransferArguments {
  const options = OPTIONS[command];
  const { values, positionals, tokens } = parseArgs({
    ...{ args: [...args], options, strict: false, allowPositionals: true, tokens: true },
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const known = options[token.name];
    if (known === undefined) {
      const names = Object.keys(options).map((name) => `--${name}`);
      const hint = didYouMean(token.rawName, names) || ` (see tincan ${command} --help)`;
      throw new ServerError("unknown-option", `unknown option ${token.rawName}${hint}`);
    }
    if (known.type === "string" && token.value === undefined) {
      const text = `--${token.name} needs a value (see tincan ${command} --help)`;
      throw new ServerError("missing-value", text);
    }
  }
  const flag = (name: string): boolean => values[name] === true;
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === "string" ? value : undefined;
  };
  // The words may stand apart, as they are read out.
  const given = command === "send" ? text("to") : positionals.join(" ") || undefined;
  const link = given === undefined ? undefined : readShareLink(given);
  const server = link?.server ?? serverOf(text("server") ?? env.TINCAN_SERVER ?? DEFAULT_SERVER);
  return {
    server,
    code: link?.code ?? (given === undefined ? undefined : codeOf(given)),
    trustAnyCertificate: flag("insecure") || isOnThisMachine(server),
    name: text("name") ?? hostname().slice(0, MAX_NAME),
    yes: flag("yes"),
    output: text("output"),
    rest: command === "send" ? positionals : [],
    help: flag("help"),
    version: flag("version"),
  };
}

/** Whether a server is reached without leaving this machine. */
export function isOnThisMachine({ hostname: host }: URL): boolean {
  return isLocalHost(withoutBrackets(host));
}

/** The server that `tincan` starts on the same machine. */
export const DEFAULT_SERVER = "https://localhost:8443";

const MAX_NAME = 64;

type Options = Record<string, { type: "string" | "boolean"; short?: string }>;

const BOTH: Options = {
  server: { type: "string" },
  insecure: { type: "boolean" },
  name: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
};

const OPTIONS: Readonly<Record<"send" | "receive", Options>> = {
  send: { to: { type: "string" }, ...BOTH },
  receive: {
    output: { type: "string", short: "o" },
    yes: { type: "boolean", short: "y" },
    ...BOTH,
  },
};

function serverOf(text: string): URL {
  const url = URL.parse(text.includes("://") ? text : `https://${text}`);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new ServerError(
    "bad-value",
    `--server: ${JSON.stringify(text)} names no Tincan server; write it as https://call.example.org`,
  );
}

function codeOf(text: string): TransferCode {
  const code = parseCode(text);
  if (code.ok) return code.value;
  if (code.fault === "shape") {
    throw new ServerError(
      "bad-value",
      `${JSON.stringify(text)} is no code; a code is a number and three words, as in 4821-beacon-mosaic-tulip`,
    );
  }
  const closest = closestWord(code.word, CODE_WORDS);
  throw new ServerError(
    "bad-value",
    `no code has the word ${JSON.stringify(code.word)}${closest === undefined ? "; ask for it again" : `; did you mean ${closest}?`}`,
  );
}
