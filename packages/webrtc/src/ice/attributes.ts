import { type Attribute, flagAttribute, u32Attribute } from "../stun/index.ts";
import { readU32, writeU32 } from "../wire/index.ts";

/** PRIORITY: what a peer-reflexive candidate learned from this check is to have (RFC 8445 §16.1). */
export const Priority: Attribute<number> = u32Attribute(0x0024);

/** USE-CANDIDATE: the controlling agent nominates the pair (RFC 8445 §16.1). */
export const UseCandidate: Attribute<true> = flagAttribute(0x0025);

/** Eight random bytes that settle who controls (RFC 8445 §16.1), as two 32-bit halves. */
export interface TieBreaker {
  readonly high: number;
  readonly low: number;
}

/** ICE-CONTROLLED (RFC 8445 §16.1). */
export const IceControlled: Attribute<TieBreaker> = tieBreakerAttribute(0x8029);

/** ICE-CONTROLLING (RFC 8445 §16.1). */
export const IceControlling: Attribute<TieBreaker> = tieBreakerAttribute(0x802a);

/** Whether `a` is at least as large as `b` (RFC 8445 §7.3.1.1). */
export function isAtLeast(a: TieBreaker, b: TieBreaker): boolean {
  return a.high > b.high || (a.high === b.high && a.low >= b.low);
}

function tieBreakerAttribute(type: number): Attribute<TieBreaker> {
  return {
    type,
    size: () => 8,
    read: (message, at, length) =>
      length === 8 ? { high: readU32(message, at), low: readU32(message, at + 4) } : undefined,
    write: (message, at, { high, low }) => {
      writeU32(message, at, high);
      writeU32(message, at + 4, low);
    },
  };
}
