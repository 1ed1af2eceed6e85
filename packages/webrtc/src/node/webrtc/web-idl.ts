/** What Web IDL asks of an interface, and what a class or a type of TypeScript leaves open. */

/** Whoever passes this may make objects that have no constructor of their own. */
export const internal: unique symbol = Symbol("internal");

/** The constructor of an interface that has none (Web IDL §3.7.1). */
export function assertInternal(key: unknown): void {
  if (key !== internal) throw new TypeError("Illegal constructor");
}

/** Attributes and operations can be listed, and objects tell what they are (Web IDL §3.7.3, §3.7.6, §3.7.7). */
export function defineInterface(made: { readonly name: string; readonly prototype: object }): void {
  for (const place of [made, made.prototype]) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(place))) {
      const isMember = property.get !== undefined || typeof property.value === "function";
      if (isMember && name !== "constructor")
        Object.defineProperty(place, name, { enumerable: true });
    }
  }
  Object.defineProperty(made.prototype, Symbol.toStringTag, {
    value: made.name,
    configurable: true,
  });
}

/** A dictionary may be left out, but is no simple value (Web IDL §3.2.17). */
export function dictionary<Members extends object>(
  value: Members | null | undefined,
): Partial<Members> {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" || typeof value === "function") return value;
  throw new TypeError(`${String(value)} is no dictionary.`);
}

/** A sequence: a copy of anything that can be iterated over (Web IDL §3.2.21). */
export function sequence<Item>(value: Iterable<Item>): Item[] {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) {
    throw new TypeError(`${String(value)} is no sequence.`);
  }
  return [...value];
}

/** An object of an interface, which nothing else can stand for (Web IDL §3.2.15). */
export function instance<Made>(
  value: unknown,
  made: abstract new (...args: never[]) => Made,
): Made {
  if (value instanceof made) return value;
  throw new TypeError(`${String(value)} is no ${made.name}.`);
}

/** One of the words of an enumeration (Web IDL §3.2.18). */
export function enumeration<Word extends string>(value: unknown, words: readonly Word[]): Word {
  const word = String(value) as Word;
  if (words.includes(word)) return word;
  throw new TypeError(`${word} is none of ${words.join(", ")}.`);
}

/** `unsigned short`, `unsigned long` or `long`, which wrap around (Web IDL §3.2.4.9). */
export function integer(value: unknown, type: "Uint16" | "Uint32" | "Int32"): number {
  const int32 = Math.trunc(Number(value)) | 0;
  if (type === "Int32") return int32;
  return type === "Uint32" ? int32 >>> 0 : int32 & 0xffff;
}

/** `[EnforceRange]`: what does not fit is not bent (Web IDL §3.2.4.9). */
export function enforcedInteger(value: unknown, name: string, most: number): number {
  // Unlike Number(), the plus refuses a BigInt.
  const whole = Math.trunc(+(value as number));
  if (!(whole >= 0 && whole <= most)) throw new TypeError(`${name} is from 0 to ${most}.`);
  // No negative zero.
  return whole + 0;
}

/** What a value is, where it is there and not null. */
export function nullable<Value, Result>(
  value: Value | null | undefined,
  convert: (value: Value) => Result,
): Result | null {
  return value === undefined || value === null ? null : convert(value);
}
