import { type Description, parseDescription, type Session, writeSession } from "../sdp/index.ts";
import { dataSectionOf } from "./data-section.ts";
import type { LocalCandidates } from "./local-parameters.ts";
import { PeerError } from "./peer-error.ts";
import { withCandidates } from "./section-writer.ts";
import type { DescriptionType } from "./signaling-state.ts";

/** A description that was set, or is about to be. */
export interface Described {
  readonly type: Exclude<DescriptionType, "rollback">;
  /** As it was given. */
  readonly sdp: string;
  readonly description: Description;
  /** Candidates that came by themselves later, by the place of their section. */
  added: readonly { readonly index: number; readonly line: string }[];
}

/** Reads a description, or throws what the standard wants thrown. */
export function describe(type: Described["type"], sdp: string): Described {
  const parsed = parseDescription(sdp);
  if (parsed.ok) return { type, sdp, description: parsed.value, added: [] };
  const message = `This is no session description: ${parsed.fault}.`;
  throw parsed.line === undefined
    ? new PeerError("invalid-description", message)
    : new PeerError("sdp-syntax", message, parsed.line);
}

/** A description of this side, with the candidates that are known by now. */
export function withLocalCandidates(session: Session, candidates: LocalCandidates): string {
  const data = session.media.findIndex(({ kind, port }) => kind === "application" && port !== 0);
  const media = session.media.map((one, index) =>
    index === data ? withCandidates(one, candidates) : one,
  );
  return writeSession({ ...session, media });
}

/** A description of the other side, with the candidates that came later: else as it was given. */
export function withAddedCandidates({ sdp }: Described, added: Described["added"]): string {
  if (added.length === 0) return sdp;
  const lines = sdp.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith("m=")) sections.push([]);
    sections.at(-1)?.push(line);
  }
  for (const { index, line } of added) sections[index + 1]?.push(line);
  return `${sections.flat().join("\r\n")}\r\n`;
}

/** The ICE user name fragment of a description's data channels. */
export function ufragOf(described: Described | undefined): string | undefined {
  return dataSectionOf(described?.description)?.transport?.ufrag;
}
