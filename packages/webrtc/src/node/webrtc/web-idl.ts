/** How values of JavaScript become those that an interface of the browser takes (Web IDL §3.2). */

/** A dictionary: `null` and `undefined` stand for an empty one (Web IDL §3.2.17). */
export function dictionary<Type extends object>(value: Type | null | undefined): Partial<Type> {
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" && typeof value !== "function") {
    throw new TypeError(`${String(value)} is no dictionary.`);
  }
  return value;
}

/** A sequence: a copy of anything that can be iterated over (Web IDL §3.2.21). */
export function sequence<Item>(value: Iterable<Item>): Item[] {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) {
    throw new TypeError(`${String(value)} is no sequence.`);
  }
  return [...value];
}

/** Makes a class look like an interface of the browser: it has a name, and its members are listed (Web IDL §3.7). */
export function defineInterface(name: string, { prototype }: { readonly prototype: object }): void {
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (key === "constructor") continue;
    Object.defineProperty(prototype, key, { ...property, enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}
