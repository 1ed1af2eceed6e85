/**
 * What a decoder answers. Bytes from the network never throw: a fault names what was wrong, out of
 * a closed union of the decoder's own, so that it can be counted and the packet dropped.
 */
export type Decoded<Value, Fault extends string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: Fault };

export function decoded<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function fault<Fault extends string>(
  name: Fault,
): { readonly ok: false; readonly fault: Fault } {
  return { ok: false, fault: name };
}
