import { wrap } from "@tincan/doctor";
import { DEFAULT_SERVER } from "./transfer-arguments.ts";

/** What the help of `tincan send` and `tincan receive` have in common. */
export const TRANSFER_HELP: {
  readonly options: readonly (readonly [string, string])[];
  readonly end: string;
} = {
  options: [
    [
      "--server URL",
      `the Tincan server where both meet (default: TINCAN_SERVER, else ${DEFAULT_SERVER})`,
    ],
    ["--insecure", "accept any certificate of the server; one on this machine needs no such leave"],
    ["--name NAME", "what the other side sees (default: this machine's name)"],
    ["-h, --help", "show this help"],
    ["--version", "show the version"],
  ],
  end: `${wrap(
    "The server only brings both together. Files go directly, or encrypted through its relay; the " +
      "code is checked so that neither the server nor anybody else can sit in between, and whoever " +
      "guesses has one guess.",
    80,
  ).join("\n")}

Exit code: 0 when all is there, 1 when it is not, 2 for usage, 130 after Ctrl-C.
`,
};
