/** Groups for the key exchange, by their names in the registry. */
export type NamedGroup = "x25519" | "secp256r1" | "secp384r1";

/** All groups in the order that we like them. */
export const namedGroups: readonly NamedGroup[] = ["x25519", "secp256r1", "secp384r1"];

/** The groups that are among these, in our order. */
export function namedGroupsNamed(names: readonly NamedGroup[] | undefined): readonly NamedGroup[] {
  return names === undefined ? namedGroups : namedGroups.filter((group) => names.includes(group));
}

/** NamedCurve (RFC 8422 §5.1.1). */
const codes: Readonly<Record<NamedGroup, number>> = {
  x25519: 29,
  secp256r1: 23,
  secp384r1: 24,
};

/** The number of a group on the wire. */
export function namedGroupCode(group: NamedGroup): number {
  return codes[group];
}

/** The group of a code; `undefined` for one that we do not speak. */
export function namedGroupOf(code: number): NamedGroup | undefined {
  return namedGroups.find((group) => codes[group] === code);
}
