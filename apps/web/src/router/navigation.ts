import { type Accessor, createSignal } from "solid-js";
import { parseRoute, type Route } from "./route.ts";

const [current, setCurrent] = createSignal<Route>(parseRoute(location));
const [moves, setMoves] = createSignal(0);

/** The route of the present address. */
export const route: Accessor<Route> = current;

/** How often the view has changed since the page was loaded; 0 leaves the focus where the browser put it. */
export const viewChanges: Accessor<number> = moves;

/** Tells that another view took the place of the last one, also under the same address. */
export function noteViewChange(): void {
  setMoves((count) => count + 1);
}

/** Goes to an address of this page. */
export function navigate(path: string): void {
  history.pushState(null, "", path);
  follow();
}

function follow(): void {
  noteViewChange();
  setCurrent(parseRoute(location));
}

addEventListener("popstate", follow);
