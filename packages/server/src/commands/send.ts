import { wrap } from "@tincan/doctor";
import type { FileSource } from "@tincan/send";
import type { Io } from "../io.ts";
import { columns } from "../options/help-text.ts";
import { ServerError } from "../server-error.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";
import { readTransferArguments, type TransferArguments } from "./transfer-arguments.ts";
import { transferEnd } from "./transfer-end.ts";
import { TRANSFER_HELP } from "./transfer-help.ts";
import { TransferScreen } from "./transfer-screen.ts";

/** `tincan send FILE...`: files and folders to whoever has the code. */
export const send: Command = {
  name: "send",
  summary: "send files or folders to another terminal or a browser, by a short code",
  help: () => HELP,
  async run(args, io) {
    const given = readTransferArguments("send", args, io.env);
    if (given.help) io.stdout.write(HELP);
    else if (given.version) io.stdout.write(`tincan ${VERSION}\n`);
    else return sendAll(given, io);
    return 0;
  },
};

async function sendAll(given: TransferArguments, io: Io): Promise<number> {
  if (given.rest.length === 0) {
    throw new ServerError(
      "missing-value",
      "tincan send needs a file or a folder: name one, or - for the standard input",
    );
  }
  const { sendFiles } = await import("@tincan/send");
  const screen = new TransferScreen({ command: "send", given, io, out: io.stdout });
  return transferEnd(given, io, screen, async () => {
    await using opened = await openSources(given.rest, io);
    screen.offering(opened.sources);
    await sendFiles({
      ...{ server: given.server, code: given.code, name: given.name },
      trustAnyCertificate: given.trustAnyCertificate,
      sources: opened.sources,
      signal: io.interrupted,
      onNews: (news) => screen.tell(news),
    });
    screen.finish("Sent, and verified at the other side.");
  });
}

interface OpenSources extends AsyncDisposable {
  readonly sources: readonly FileSource[];
}

/** Files, folders, and the standard input, which is kept in a file first, as its size has to be told and it can be read again after a break. */
async function openSources(paths: readonly string[], io: Io): Promise<OpenSources> {
  const { diskSources } = await import("@tincan/send");
  if (!paths.includes("-")) {
    return { sources: await diskSources(paths, io.cwd), async [Symbol.asyncDispose]() {} };
  }
  if (paths.length > 1 || io.stdin === undefined) {
    throw new ServerError("bad-value", "- is the standard input, and is sent alone");
  }
  const { keepInput } = await import("./keep-input.ts");
  const kept = await keepInput(io.stdin, io.interrupted);
  return {
    sources: await diskSources([kept.file], io.cwd),
    [Symbol.asyncDispose]: () => kept.remove(),
  };
}

const HELP = `Usage: tincan send FILE... [options]

${wrap(
  "Sends files and folders straight to another terminal (tincan receive) or to a browser. It prints " +
    "a code, a link and a QR code; whoever gets one of them gets the files, once. With --to it is " +
    "the other way round: the code is one that tincan receive or the page has printed.",
  80,
).join("\n")}

Arguments:
${columns([["FILE...", "files and folders; - is the standard input"]])}

Options:
${columns([
  ["--to CODE", "the code, or the link, that the other side has printed"],
  ...TRANSFER_HELP.options,
])}

${TRANSFER_HELP.end}`;
