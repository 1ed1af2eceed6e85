import type { Description, Section, TransportDescription } from "../sdp/index.ts";

/** The section that carries data channels, if there is one that is not rejected. */
export function dataSectionOf(description: Description | undefined): Section | undefined {
  return description?.sections.find(({ sctp, isRejected }) => sctp !== undefined && !isRejected);
}

/** The transport of a section: its own, or that of the first one of its bundle (RFC 8843 §7). */
export function transportOf(
  description: Description,
  section: Section,
): TransportDescription | undefined {
  if (section.transport !== undefined) return section.transport;
  const bundle = description.bundles.find((mids) => mids.includes(section.mid));
  return description.sections.find(({ mid }) => mid === bundle?.[0])?.transport;
}
