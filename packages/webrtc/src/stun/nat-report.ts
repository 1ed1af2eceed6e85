import type { TransportAddress } from "../wire/index.ts";

/** How a mapping or a filter depends on the other end (RFC 4787 §4.1, §5). */
export type NatDependence =
  | "endpoint-independent"
  | "address-dependent"
  | "address-and-port-dependent";

/** The names of the flow chart in RFC 3489 §10.2, by which people still know their NATs. */
export type ClassicNatName =
  | "open"
  | "symmetric firewall"
  | "blocked"
  | "full cone"
  | "restricted"
  | "port restricted"
  | "symmetric";

/** What was found out about the way between a client and the internet. */
export interface NatReport {
  /** The client's own address. */
  readonly local: TransportAddress;
  /** Its address as the server sees it; `undefined` where no answer came. */
  readonly mapped: TransportAddress | undefined;
  /** Whether the two differ: somebody translates. */
  readonly isTranslated: boolean;
  /** `undefined`: nothing to map, or the server could not tell. */
  readonly mapping: NatDependence | undefined;
  /** `undefined`: no answer at all, or the server could not tell. */
  readonly filtering: NatDependence | undefined;
  /** Whether hosts behind the NAT reach each other by their outer addresses. */
  readonly hairpinning: boolean | undefined;
  /** Whether a gateway on the way rewrites addresses inside packets (RFC 5780 §4.7); that breaks calls. */
  readonly isRewritten: boolean;
  /** How long a binding lives without traffic, where it was asked for and could be told. */
  readonly lifetime: BindingLifetime | undefined;
  /** `undefined` where mapping or filtering could not be told. */
  readonly classic: ClassicNatName | undefined;
}

/** A binding was alive after `atLeastMs` of silence, and gone after `belowMs` (or never seen gone). */
export interface BindingLifetime {
  readonly atLeastMs: number;
  readonly belowMs: number | undefined;
}

/** The classic name of a behaviour (RFC 3489 §10.1 figure 2, in the terms of RFC 5780 §4). */
export function classicName(
  report: Pick<NatReport, "mapped" | "isTranslated" | "mapping" | "filtering">,
): ClassicNatName | undefined {
  const { mapping, filtering } = report;
  if (report.mapped === undefined) return "blocked";
  if (!report.isTranslated) {
    if (filtering === undefined) return undefined;
    return filtering === "endpoint-independent" ? "open" : "symmetric firewall";
  }
  if (mapping === undefined) return undefined;
  if (mapping !== "endpoint-independent") return "symmetric";
  return filtering && coneNames[filtering];
}

const coneNames: Readonly<Record<NatDependence, ClassicNatName>> = {
  "endpoint-independent": "full cone",
  "address-dependent": "restricted",
  "address-and-port-dependent": "port restricted",
};
