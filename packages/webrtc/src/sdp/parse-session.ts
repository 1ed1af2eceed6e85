import { decoded } from "../wire/index.ts";
import type { Attribute, Connection, Media, Origin, Session } from "./session.ts";

export type SdpFault =
  | "too-large"
  | "too-many-sections"
  | "bad-line"
  | "bad-version"
  | "bad-origin"
  | "bad-connection"
  | "bad-media"
  | "bad-attribute"
  | "missing-origin"
  | "missing-version"
  | "misplaced-line";

export type ParsedSession =
  | { readonly ok: true; readonly value: Session }
  | { readonly ok: false; readonly fault: SdpFault; readonly line: number };

/** More than any browser writes, less than what could hurt. */
const maxLength = 1_000_000;
const maxSections = 1000;

/**
 * Reads a session description (RFC 8866 §9). Lines may end with CRLF or LF, as the RFC asks of
 * parsers; `line` counts from 1.
 */
export function parseSession(text: string): ParsedSession {
  if (text.length > maxLength) return { ok: false, fault: "too-large", line: 1 };
  const parser = new Parser();
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) {
    const fault = parser.take(line);
    if (fault !== undefined) return { ok: false, fault, line: index + 1 };
  }
  const session = parser.finish();
  return typeof session === "string"
    ? { ok: false, fault: session, line: Math.max(1, lines.length) }
    : decoded(session);
}

type Draft<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

class Parser {
  #sawVersion = false;
  #origin: Origin | undefined;
  #name = "-";
  #connection: Connection | undefined;
  readonly #attributes: Attribute[] = [];
  readonly #media: Draft<Media>[] = [];
  #section: { media: Draft<Media>; attributes: Attribute[] } | undefined;

  take(line: string): SdpFault | undefined {
    const type = line[0];
    if (type === undefined || line[1] !== "=") return "bad-line";
    const value = line.slice(2);
    if (!this.#sawVersion && type !== "v") return "missing-version";
    switch (type) {
      case "v":
        return this.#version(value);
      case "o":
        return this.#originLine(value);
      case "s":
        this.#name = value;
        return this.#section ? "misplaced-line" : undefined;
      case "c":
        return this.#connectionLine(value);
      case "m":
        return this.#mediaLine(value);
      case "a":
        return this.#attribute(value);
      // Lines of the grammar without a meaning for WebRTC (RFC 9429 §5.8).
      case "i":
      case "u":
      case "e":
      case "p":
      case "b":
      case "t":
      case "r":
      case "z":
      case "k":
        return undefined;
      default:
        return "bad-line";
    }
  }

  finish(): Session | SdpFault {
    if (!this.#sawVersion) return "missing-version";
    if (this.#origin === undefined) return "missing-origin";
    return {
      origin: this.#origin,
      name: this.#name,
      ...(this.#connection && { connection: this.#connection }),
      attributes: this.#attributes,
      media: this.#media,
    };
  }

  /** RFC 8866 §5.1 */
  #version(value: string): SdpFault | undefined {
    if (this.#sawVersion) return "misplaced-line";
    this.#sawVersion = true;
    return value === "0" ? undefined : "bad-version";
  }

  /** RFC 8866 §5.2 */
  #originLine(value: string): SdpFault | undefined {
    if (this.#origin !== undefined || this.#section !== undefined) return "misplaced-line";
    const match =
      /^(?<username>\S+) (?<sessionId>\d{1,20}) (?<sessionVersion>\d{1,20}) IN (?<type>IP[46]) (?<address>\S+)$/.exec(
        value,
      )?.groups;
    if (match === undefined) return "bad-origin";
    this.#origin = {
      username: match.username as string,
      sessionId: match.sessionId as string,
      sessionVersion: match.sessionVersion as string,
      addressType: match.type as "IP4" | "IP6",
      address: match.address as string,
    };
    return undefined;
  }

  /** RFC 8866 §5.7 */
  #connectionLine(value: string): SdpFault | undefined {
    const match = /^IN (IP[46]) ([^\s/]+)(?:\/\d+){0,2}$/.exec(value);
    if (match === null) return "bad-connection";
    const connection = { addressType: match[1] as "IP4" | "IP6", address: match[2] as string };
    if (this.#section !== undefined) this.#section.media.connection = connection;
    else this.#connection = connection;
    return undefined;
  }

  /** RFC 8866 §5.14 */
  #mediaLine(value: string): SdpFault | undefined {
    const match =
      /^(?<kind>[\w!#$%&'*+.^`{|}~-]+) (?<port>\d{1,5})(?:\/\d+)? (?<protocol>\S+) (?<formats>\S+(?: \S+)*)\s*$/.exec(
        value,
      )?.groups;
    if (match === undefined || Number(match.port) > 65_535) return "bad-media";
    if (this.#media.length === maxSections) return "too-many-sections";
    const attributes: Attribute[] = [];
    const media: Draft<Media> = {
      kind: match.kind as string,
      port: Number(match.port),
      protocol: match.protocol as string,
      formats: (match.formats as string).split(" "),
      attributes,
    };
    this.#media.push(media);
    this.#section = { media, attributes };
    return undefined;
  }

  /** RFC 8866 §5.13 */
  #attribute(line: string): SdpFault | undefined {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    if (!/^[\w!#$%&'*+.^`{|}~-]+$/.test(name)) return "bad-attribute";
    const attributes = this.#section?.attributes ?? this.#attributes;
    attributes.push(colon < 0 ? { name } : { name, value: line.slice(colon + 1) });
    return undefined;
  }
}
