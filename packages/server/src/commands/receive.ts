import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { wrap } from "@tincan/doctor";
import type { Io } from "../io.ts";
import { columns } from "../options/help-text.ts";
import { ServerError } from "../server-error.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";
import { readTransferArguments, type TransferArguments } from "./transfer-arguments.ts";
import { transferEnd } from "./transfer-end.ts";
import { TRANSFER_HELP } from "./transfer-help.ts";
import { filesText, printable, TransferScreen } from "./transfer-screen.ts";

/** `tincan receive [CODE]`: what somebody sends with this code, or to a code that it makes. */
export const receive: Command = {
  name: "receive",
  summary: "receive files from another terminal or a browser, by a short code",
  help: () => HELP,
  async run(args, io) {
    const given = readTransferArguments("receive", args, io.env);
    if (given.help) io.stdout.write(HELP);
    else if (given.version) io.stdout.write(`tincan ${VERSION}\n`);
    else return receiveAll(given, io);
    return 0;
  },
};

async function receiveAll(given: TransferArguments, io: Io): Promise<number> {
  const canAsk = io.stdin?.isTTY === true && io.stderr.isTTY === true;
  if (!given.yes && !canAsk) {
    throw new ServerError(
      "missing-value",
      "tincan receive has no terminal to ask in: add --yes to take what is sent",
    );
  }
  const { ReceivedFolder, receiveFiles, SendError, streamPlace } = await import("@tincan/send");
  const toStdout = given.output === "-";
  const folder = resolve(io.cwd, given.output ?? ".");
  const screen = new TransferScreen({
    ...{ command: "receive", given, io },
    // The standard output is for the file then.
    out: toStdout ? io.stderr : io.stdout,
  });
  const toStream = streamPlace((bytes, done) => io.stdout.write(bytes, done));
  return transferEnd(given, io, screen, async () => {
    let count = 0;
    const names = await receiveFiles({
      ...{ server: given.server, code: given.code, name: given.name },
      trustAnyCertificate: given.trustAnyCertificate,
      signal: io.interrupted,
      onNews: (news) => screen.tell(news),
      accept: async ({ files, peer, size }) => {
        const words = `${printable(peer.name) || "The other side"} sends ${filesText(files, size)}`;
        return given.yes ? true : await ask(`${words}. Take it? [Y/n] `, io);
      },
      place: async ({ files }) => {
        count = files.length;
        if (!toStdout) return ReceivedFolder.create(folder, files);
        if (files.length === 1) return toStream(files);
        throw new SendError("unwritable", "several files do not go into the standard output");
      },
    });
    screen.finish(toStdout ? "Received and verified." : savedText(names, count));
  });
}

function savedText(names: readonly string[], count: number): string {
  const [first = ""] = names;
  if (names.length <= 1) return `Received and verified: ${first}`;
  return `Received and verified: ${count} files, ${first} and ${names.length - 1} more beside it`;
}

async function ask(question: string, io: Io): Promise<boolean> {
  const lines = createInterface({
    input: io.stdin as NodeJS.ReadableStream,
    output: io.stderr as NodeJS.WritableStream,
  });
  try {
    const answer = await lines.question(question, { signal: io.interrupted });
    return /^(|y|yes)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

const HELP = `Usage: tincan receive [CODE] [options]

${wrap(
  "Receives files and folders straight from another terminal or from a browser. CODE is what the " +
    "sender has: the code, or the link. Without it a code, a link and a QR code are printed for the " +
    "sender, who uses tincan send --to CODE or opens the link. What was begun and broke off is gone " +
    "on with when the same is sent to the same folder again.",
  80,
).join("\n")}

Options:
${columns([
  ["-o, --output FOLDER", "where to put the files; - is the standard output (default: here)"],
  ["-y, --yes", "take what is sent without being asked"],
  ...TRANSFER_HELP.options,
])}

${wrap(
  "Nothing is written over: what has a name that is taken gets a number, as in photo (2).jpg.",
  80,
).join("\n")}

${TRANSFER_HELP.end}`;
