import { concat } from "../wire/index.ts";
import { DtlsError } from "./dtls-error.ts";
import type { KeyContext } from "./key-schedule.ts";
import { prf } from "./prf.ts";
import { number16 } from "./vector.ts";

/** Labels that the protocol itself derives with (RFC 5705 §4, RFC 7627 §8). */
const reservedLabels: readonly string[] = [
  "client finished",
  "server finished",
  "master secret",
  "extended master secret",
  "key expansion",
];

/** Keying material for another protocol (RFC 5705 §4). An empty context is not the same as none. */
export function exportKeyingMaterial(
  context: KeyContext,
  master: Uint8Array,
  label: string,
  length: number,
  contextValue?: Uint8Array,
): Uint8Array {
  if (reservedLabels.includes(label)) {
    throw new DtlsError("reserved-label", `"${label}" is the protocol's own label`);
  }
  const { crypto, suite, clientRandom, serverRandom } = context;
  const randoms = concat(clientRandom, serverRandom);
  const seed =
    contextValue === undefined
      ? randoms
      : concat(randoms, number16(contextValue.length), contextValue);
  return prf(crypto, suite.hash, master, label, seed, length);
}
