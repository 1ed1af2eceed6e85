import { dataSectionOf, transportOf } from "./data-section.ts";
import type { Described } from "./described.ts";

/** How the other side has described its end of the transport. */
export interface RemoteEnd {
  readonly mid: string;
  readonly index: number;
  readonly ufrag: string;
  readonly password: string;
  /** Those of the description and those that came later, each as it was told, without `a=`. */
  readonly candidates: readonly string[];
}

/** The end that a description describes, if it has data channels. */
export function remoteEndOf(described: Described | undefined): RemoteEnd | undefined {
  const section = dataSectionOf(described?.description);
  if (described === undefined || section === undefined) return undefined;
  const { description, added } = described;
  const transport = transportOf(description, section);
  if (transport === undefined) return undefined;
  const index = description.sections.indexOf(section);
  const written = section.media.attributes.filter(({ name }) => name === "candidate");
  const later = added.filter((one) => one.index === index && one.line.startsWith("a=candidate:"));
  const lines = [
    ...written.map(({ value }) => `candidate:${value}`),
    ...later.map(({ line }) => line.slice("a=".length)),
  ];
  // One that is in the description may come by itself as well, and say then which generation it is of.
  const unique = new Map(lines.map((line) => [line.replace(/ ufrag \S+/, ""), line]));
  return {
    mid: section.mid,
    index,
    ufrag: transport.ufrag,
    password: transport.password,
    candidates: [...unique.values()],
  };
}
