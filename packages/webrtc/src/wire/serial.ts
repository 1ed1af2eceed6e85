/** Serial number arithmetic (RFC 1982 §3): numbers that wrap, compared by the shorter way round. */

/** Whether 16-bit `a` comes after `b`. */
export function isAfter16(a: number, b: number): boolean {
  return a !== b && ((a - b) & 0xffff) < 0x8000;
}

/** Whether 32-bit `a` comes after `b`. */
export function isAfter32(a: number, b: number): boolean {
  return a !== b && (a - b) >>> 0 < 0x8000_0000;
}

/** How far 16-bit `a` is after `b`; negative where it is before. */
export function distance16(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** How far 32-bit `a` is after `b`; negative where it is before. */
export function distance32(a: number, b: number): number {
  return (a - b) | 0;
}
