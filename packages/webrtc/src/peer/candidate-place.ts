import type { Section } from "../sdp/index.ts";
import { transportOf } from "./data-section.ts";
import type { Described } from "./described.ts";

/** A candidate as signaling carries it (W3C webrtc §4.8.1, RTCIceCandidateInit). */
export interface CandidateInit {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

/** An end of candidates that names no section is that of all (W3C webrtc §4.4.2). */
export function isOfAll({ sdpMid, sdpMLineIndex }: CandidateInit): boolean {
  return typeof sdpMid !== "string" && typeof sdpMLineIndex !== "number";
}

/** The sections that a candidate is meant for: the one it names by mid or by place, or all of them. */
export function placesOf({ description }: Described, init: CandidateInit): readonly number[] {
  const { sections } = description;
  const { sdpMid, sdpMLineIndex } = init;
  if (isOfAll(init)) return [...sections.keys()].filter((index) => !sections[index]?.isRejected);
  const index =
    typeof sdpMid === "string"
      ? sections.findIndex(({ mid }) => mid === sdpMid)
      : (sdpMLineIndex ?? -1);
  return sections[index] === undefined ? [] : [index];
}

/** The user name fragments of the sections that a candidate is meant for. */
export function ufragsOf(
  described: Described,
  init: CandidateInit,
): readonly (string | undefined)[] {
  const { description } = described;
  return placesOf(described, init).map(
    (index) => transportOf(description, description.sections[index] as Section)?.ufrag,
  );
}
