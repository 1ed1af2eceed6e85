import { wrap } from "@tincan/doctor";
import { renderUnicodeCompact } from "uqr";
import type { RunningServer } from "../start-server.ts";

/** What of a server people are told. */
type Announced = Pick<RunningServer, "urls" | "certificate"> &
  Partial<Pick<RunningServer, "domain">>;

/** What people read when the server has started: where to go, and what will happen there. */
export function banner(server: Announced, version: string, isTerminal: boolean): string {
  const { urls, certificate } = server;
  const [first] = urls.network;
  const sections = [
    [`Tincan ${version} is running.`],
    [...links("On this machine:", [urls.local, urls.localSecure])],
    links("On the network:", urls.network),
    isTerminal && first !== undefined ? qrCode(first) : [],
    certificate.selfSigned ? wrap(awaited(server.domain) ?? SELF_SIGNED, 78) : [],
    ["Press Ctrl-C to stop."],
  ];
  return `\n${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `  ${line}\n`).join(""))
    .join("\n")}\n`;
}

const SELF_SIGNED =
  "The https links use a certificate that this server made for itself. It encrypts, but nobody " +
  "vouches for it, so each browser warns once: choose Advanced, then go on. Your browser cannot " +
  "tell this server from an impostor until you do; on networks that you do not trust, use a " +
  "certificate of your own with --cert and --key.";

function awaited(domain: string | undefined): string | undefined {
  if (domain === undefined) return undefined;
  return `The certificate for ${domain} is on its way: watch the log. Until it is there, browsers warn about one that this server made for itself.`;
}

function links(title: string, urls: readonly string[]): string[] {
  const blank = " ".repeat(title.length);
  return urls.map((url, index) => `${index === 0 ? title : blank}  ${url}`);
}

function qrCode(url: string): string[] {
  return [`For a phone (${url}):`, ...renderUnicodeCompact(url, { border: 2 }).split("\n")];
}
