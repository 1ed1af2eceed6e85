import type { FileInfo, Transfer, TransferNews } from "@tincan/send";
import { shareLink, type TransferCode } from "@tincan/send";
import { renderUnicodeCompact } from "uqr";
import { networkAddresses } from "../certificate/machine-names.ts";
import type { Io, Output } from "../io.ts";
import { DEFAULT_SERVER, isOnThisMachine, type TransferArguments } from "./transfer-arguments.ts";

export interface TransferScreenOptions {
  readonly command: "send" | "receive";
  readonly given: TransferArguments;
  readonly io: Io;
  /** Where the code and the result are written. */
  readonly out: Output;
}

/** What people see of a transfer: the code, then one line of progress where somebody reads along. */
export class TransferScreen {
  readonly #options: TransferScreenOptions;
  #transfer: Transfer | undefined;
  #line = "";
  #wasMet = false;

  constructor(options: TransferScreenOptions) {
    this.#options = options;
  }

  offering(files: readonly FileInfo[]): void {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    this.#say(`Sending ${filesText(files, size)}.`);
  }

  tell(news: TransferNews): void {
    if (news.type === "transfer") this.#follow(news.transfer);
    else if (news.type === "full") {
      this.#say("Both seats are taken; one that was cut off is free in half a minute. Waiting.");
    } else if (news.type === "met") {
      this.#wasMet = true;
      this.#say(
        `Connected with ${printable(news.peer.name) || "the other side"}; nobody sits in between.`,
      );
    } else if (this.#wasMet) this.#say("The other side is gone. Waiting for it to come back.");
    else if (news.isOurs) this.#invite(news.code);
    else this.#say(`Looking for the other side at ${news.code.text.split("-")[0]}.`);
  }

  finish(words: string): void {
    this.clear();
    this.#options.out.write(`${words}\n`);
  }

  /** Takes the line of progress away. */
  clear(): void {
    if (this.#line !== "") this.#options.io.stderr.write("\r\u001b[K");
    this.#line = "";
  }

  #invite(code: TransferCode): void {
    const { command, given, out } = this.#options;
    const other = command === "send" ? "receive" : "send";
    const server = visibleServer(given.server);
    const link = shareLink(server, other, code);
    const where = server.origin === DEFAULT_SERVER ? "" : ` --server ${server.origin}`;
    // A server on this machine is reached by an address, which its certificate is rarely for.
    const leave = given.trustAnyCertificate && where.includes("https") ? " --insecure" : "";
    const call =
      other === "receive" ? `tincan receive ${code.text}` : `tincan send FILE... --to ${code.text}`;
    const qr = out.isTTY === true ? `${renderUnicodeCompact(link, { border: 2 })}\n` : "";
    this.clear();
    out.write(
      `\nCode:  ${code.text}\nLink:  ${link}\n${qr}\nAt the other terminal:  ${call}${where}${leave}\n\n`,
    );
    this.#say("Waiting for the other side. Ctrl-C ends it.");
  }

  #follow(transfer: Transfer): void {
    this.#transfer = transfer;
    if (transfer.direction === "out") this.#say("Waiting for the other side to take it.");
    if (this.#options.io.stderr.isTTY !== true) return;
    const draw = (): void => {
      if (this.#transfer === transfer && transfer.state !== "offered") {
        this.#draw(progressText(transfer));
      }
    };
    transfer.on("progress", draw);
    transfer.on("state", draw);
    transfer.on("ended", () => this.clear());
  }

  #draw(line: string): void {
    if (line === this.#line) return;
    this.#line = line;
    this.#options.io.stderr.write(`\r\u001b[K${line}`);
  }

  /** Of the moment, for whoever reads along; a script sees the code and the result. */
  #say(words: string): void {
    const { stderr } = this.#options.io;
    this.clear();
    if (stderr.isTTY === true) stderr.write(`${words}\n`);
  }
}

/** `3 files, photos/a.jpg and more (12 MB)`. */
export function filesText(files: readonly FileInfo[], size: number): string {
  const [first] = files;
  const name = printable(first?.path ?? "");
  if (files.length === 1) return `${name} (${bytesText(size)})`;
  return `${files.length} files, ${name} and more (${bytesText(size)})`;
}

/** `[#####.....]  50 %  512 MB of 1.0 GB  40 MB/s  12 s left`. */
export function progressText(transfer: Transfer): string {
  const { transferred, size, state, bytesPerSecond, secondsLeft } = transfer;
  const share = size === 0 ? 1 : transferred / size;
  const filled = Math.round(share * BAR);
  const bar = `[${"#".repeat(filled)}${".".repeat(BAR - filled)}]`;
  const words = [
    bar,
    `${Math.floor(100 * share)} %`,
    `${bytesText(transferred)} of ${bytesText(size)}`,
  ];
  if (state === "waiting") words.push("connection lost, trying again");
  else if (state === "paused") words.push("paused");
  else if (bytesPerSecond > 0) words.push(`${bytesText(bytesPerSecond)}/s`);
  if (secondsLeft !== undefined) words.push(`${timeText(secondsLeft)} left`);
  return words.join("  ");
}

const BAR = 20;

function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(value < 10 && unit > 0 ? 1 : 0)} ${UNITS[unit]}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Names are a stranger's: what a terminal would obey is taken out. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "\u{FFFD}");
}

/** A server on this machine as others on the network reach it: by HTTPS, since it listens for plain http on this machine alone. */
function visibleServer(server: URL): URL {
  const [address] = networkAddresses();
  const isVisible = isOnThisMachine(server) && server.protocol === "https:";
  if (!isVisible || address === undefined) return server;
  const visible = new URL(server);
  visible.hostname = address.includes(":") ? `[${address}]` : address;
  return visible;
}
