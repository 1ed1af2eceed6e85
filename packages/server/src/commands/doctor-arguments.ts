import { parseArgs } from "node:util";
import { didYouMean } from "../options/closest-word.ts";
import { optionKey } from "../options/option.ts";
import { SERVE_OPTIONS } from "../options/serve-options.ts";
import { ServerError } from "../server-error.ts";

/** What was said to the doctor, apart from what is said to a server. */
export interface DoctorArguments {
  readonly url: string | undefined;
  readonly json: boolean;
  readonly report: boolean;
  readonly lang: string | undefined;
  readonly timeout: string;
  readonly resolve: readonly string[];
  /** Options of `tincan serve`, still to be read. */
  readonly rest: readonly string[];
}

/** Takes the doctor's own options and the URL out of a command line. */
export function readDoctorArguments(args: readonly string[]): DoctorArguments {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: { ...serveOptions, ...OWN },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const taken = new Set<number>();
  const urls: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      urls.push(token.value);
      taken.add(token.index);
    } else if (token.kind === "option" && token.name in OWN) {
      if (OWN[token.name as keyof typeof OWN].type === "string" && !token.value) {
        throw new ServerError(
          "missing-value",
          `${token.rawName} needs a value (see tincan doctor --help)`,
        );
      }
      taken.add(token.index);
      if (token.inlineValue === false) taken.add(token.index + 1);
    } else if (token.kind === "option" && !KNOWN.has(token.name) && token.name !== "h") {
      const hint = didYouMean(
        token.rawName,
        [...KNOWN].map((name) => `--${name}`),
      );
      throw new ServerError(
        "unknown-option",
        `unknown option ${token.rawName}${hint || " (see tincan doctor --help)"}`,
      );
    }
  }
  if (urls[1] !== undefined) {
    const second = JSON.stringify(urls[1]);
    throw new ServerError("bad-value", `tincan doctor takes one URL, and ${second} is a second`);
  }
  return {
    url: urls[0],
    json: values.json === true,
    report: values.report === true,
    lang: text(values.lang),
    timeout: text(values.timeout) ?? "5",
    resolve: [values.resolve ?? []].flat().filter((one) => typeof one === "string"),
    rest: args.filter((_, index) => !taken.has(index)),
  };
}

const OWN = {
  json: { type: "boolean" },
  report: { type: "boolean" },
  lang: { type: "string" },
  timeout: { type: "string" },
  resolve: { type: "string", multiple: true },
} as const;

/** Which options of the server are followed by a value, so that it is not taken for the URL. */
const serveOptions: Record<string, { type: "string" | "boolean" }> = Object.fromEntries([
  ["config", { type: "string" }],
  ...Object.entries(SERVE_OPTIONS).map(([name, { kind }]) => [
    optionKey(name),
    { type: kind.bare === undefined ? "string" : "boolean" },
  ]),
]);

const KNOWN = new Set([...Object.keys(OWN), ...Object.keys(serveOptions), "help", "version"]);

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
