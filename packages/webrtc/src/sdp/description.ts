import { type CandidateAttribute, parseCandidate } from "./candidate.ts";
import { parseSession, type SdpFault } from "./parse-session.ts";
import { type Attribute, attributeOf, attributesOf, type Media, type Session } from "./session.ts";
import { readTransport, type TransportDescription, type TransportFault } from "./transport.ts";

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** An SCTP association over DTLS (RFC 8841). */
export interface SctpDescription {
  readonly port: number;
  /** Largest message the writer can receive, in bytes; 0 means any (RFC 8841 §6). */
  readonly maxMessageSize: number;
}

/** An `m=` section as WebRTC understands it. */
export interface Section {
  readonly kind: string;
  readonly mid: string;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** Port 0 and not merely bundle-only: the section is off, and its place may be used again. */
  readonly isRejected: boolean;
  readonly direction: Direction;
  /** Absent only in sections that are rejected, or of a kind that WebRTC does not know. */
  readonly transport: TransportDescription | undefined;
  readonly sctp: SctpDescription | undefined;
  readonly candidates: readonly CandidateAttribute[];
  readonly endOfCandidates: boolean;
  /** Everything the section says, for what this view doesn't name (codecs, streams). */
  readonly media: Media;
}

/** A session description as WebRTC understands it (RFC 9429 §5.8). */
export interface Description {
  readonly session: Session;
  readonly iceLite: boolean;
  /** The mids of each BUNDLE group; the first one of a group carries its transport (RFC 8843 §7). */
  readonly bundles: readonly (readonly string[])[];
  readonly sections: readonly Section[];
}

export type DescriptionFault =
  | SdpFault
  | TransportFault
  | "duplicate-mid"
  | "bad-bundle"
  | "bad-sctp";

export type ParsedDescription =
  | { readonly ok: true; readonly value: Description }
  | {
      readonly ok: false;
      readonly fault: DescriptionFault;
      /** Counted from 1; where a line of the grammar is at fault. */
      readonly line?: number;
    };

/** The kinds of sections that WebRTC gives a meaning (RFC 9429 §5.2.1). */
const knownKinds: readonly string[] = ["audio", "video", "application"];

/** RFC 8841 §6: what counts where a description says nothing. */
const defaultMaxMessageSize = 65_536;

/** Reads a session description and what WebRTC needs of it. Broken candidates are passed over, as JSEP asks. */
export function parseDescription(text: string): ParsedDescription {
  const parsed = parseSession(text);
  if (!parsed.ok) return parsed;
  const session = parsed.value;
  const bundles = attributesOf(session.attributes, "group")
    .filter((group) => /^BUNDLE(?: |$)/.test(group))
    .map((group) => group.split(" ").slice(1).filter(Boolean));
  const sections: Section[] = [];
  for (const [index, media] of session.media.entries()) {
    const section = readSection(media, index, session, bundles.flat());
    if (typeof section === "string") return { ok: false, fault: section };
    sections.push(section);
  }
  const mids = sections.map(({ mid }) => mid);
  if (new Set(mids).size !== mids.length) return { ok: false, fault: "duplicate-mid" };
  const grouped = bundles.flat();
  if (new Set(grouped).size !== grouped.length || grouped.some((mid) => !mids.includes(mid))) {
    return { ok: false, fault: "bad-bundle" };
  }
  const iceLite = attributeOf(session.attributes, "ice-lite") !== undefined;
  return { ok: true, value: { session, iceLite, bundles, sections } };
}

function readSection(
  media: Media,
  index: number,
  session: Session,
  bundled: readonly string[],
): Section | DescriptionFault {
  const { attributes } = media;
  // Sections of peers that know no mids are told apart by their place (RFC 9429 §5.10).
  const mid = attributeOf(attributes, "mid") ?? String(index);
  const isBundleOnly =
    attributeOf(attributes, "bundle-only") !== undefined && bundled.includes(mid);
  const isRejected = media.port === 0 && !isBundleOnly;
  const transport = readTransport(attributes, session.attributes);
  // What is off, to be refused anyway, or carried by another section's transport, need not describe one.
  const mayLackTransport = isRejected || bundled.includes(mid) || !knownKinds.includes(media.kind);
  if (typeof transport === "string" && !(transport === "missing-ice" && mayLackTransport))
    return transport;
  const sctp = media.kind === "application" ? readSctp(media) : undefined;
  if (sctp === "bad-sctp") return isRejected ? section(undefined) : sctp;
  return section(sctp);

  function section(sctpDescription: SctpDescription | undefined): Section {
    return {
      kind: media.kind,
      mid,
      protocol: media.protocol,
      formats: media.formats,
      isRejected,
      direction: readDirection(attributes) ?? readDirection(session.attributes) ?? "sendrecv",
      transport: typeof transport === "string" ? undefined : transport,
      sctp: sctpDescription,
      candidates: attributesOf(attributes, "candidate").flatMap((text) => {
        const candidate = parseCandidate(text);
        return candidate.ok ? [candidate.value] : [];
      }),
      endOfCandidates: attributeOf(attributes, "end-of-candidates") !== undefined,
      media,
    };
  }
}

function readDirection(attributes: readonly Attribute[]): Direction | undefined {
  for (const { name } of attributes) {
    if (name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive")
      return name;
  }
  return undefined;
}

/** RFC 8841, and the form of its drafts that older peers still write: `m=application 9 DTLS/SCTP 5000`, `a=sctpmap`. */
function readSctp({
  protocol,
  formats,
  attributes,
}: Media): SctpDescription | undefined | "bad-sctp" {
  const isOldForm = protocol === "DTLS/SCTP";
  if (!isOldForm && !/^(?:UDP|TCP)\/DTLS\/SCTP$/.test(protocol)) return undefined;
  const port = wholeNumber(isOldForm ? formats[0] : attributeOf(attributes, "sctp-port"), 65_535);
  const size = attributeOf(attributes, "max-message-size");
  const maxMessageSize =
    size === undefined ? defaultMaxMessageSize : wholeNumber(size, Number.MAX_SAFE_INTEGER);
  return port === undefined || maxMessageSize === undefined ? "bad-sctp" : { port, maxMessageSize };
}

function wholeNumber(text: string | undefined, maximum: number): number | undefined {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined;
  return Math.min(Number(text), maximum + 1) <= maximum ? Number(text) : undefined;
}
