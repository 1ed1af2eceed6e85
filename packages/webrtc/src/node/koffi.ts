import { createRequire } from "node:module";

/** Functions and memory of libraries in C, as the optional npm package koffi gives them. */
export interface Koffi {
  load(library: null): { func(declaration: string): (...values: readonly unknown[]) => unknown };
  view(address: bigint, length: number): ArrayBuffer;
  errno(): number;
}

/** `undefined` where koffi is not installed. */
export function loadKoffi(): Koffi | undefined {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch {
    return undefined;
  }
}

/** Binds functions that this program shows by their declarations in C; throws where there is none of the name. */
export function binder(koffi: Koffi): <Bound>(declaration: string) => Bound {
  const library = koffi.load(null);
  return <Bound>(declaration: string) => library.func(declaration) as Bound;
}
