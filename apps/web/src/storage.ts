import { embedding } from "./embed/embedding.ts";

/** A storage that never throws: what a browser does not let us remember is asked again. */
export type Items = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What this browser remembers from visit to visit. */
export const visits: Items = items(() => localStorage);

/**
 * What this tab remembers over a reload. A frame on a page of others remembers nothing: that page says
 * whether a call is joined, and all frames of a tab have one storage.
 */
export const tab: Items = items(() => (embedding() === undefined ? sessionStorage : NOTHING));

/** Wraps a storage whose mere mention may throw, as it does where cookies are blocked. */
export function items(storage: () => Items): Items {
  return {
    getItem: (key) => attempt(() => storage().getItem(key)) ?? null,
    setItem: (key, value) => attempt(() => storage().setItem(key, value)),
    removeItem: (key) => attempt(() => storage().removeItem(key)),
  };
}

const NOTHING: Items = { getItem: () => null, setItem() {}, removeItem() {} };

function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
