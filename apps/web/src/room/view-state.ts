import { type Accessor, createSignal } from "solid-js";
import type { Items } from "../storage.ts";
import { visits } from "../storage.ts";

/** Everybody at one size, or who speaks large. */
export type ViewMode = "grid" | "speaker";

/** How somebody looks at a call. */
export interface ViewState {
  readonly mode: Accessor<ViewMode>;
  changeMode(): void;
  /** The id of the tile that is held large, whoever speaks. */
  readonly pinned: Accessor<string | undefined>;
  /** Pins a tile; the pinned one is let go. */
  pin(tile: string): void;
  readonly selfShown: Accessor<boolean>;
  toggleSelf(): void;
}

const MODE = "tincan.view";
const SELF = "tincan.self-hidden";

/** The view of a call; mode and self view are remembered from visit to visit. */
export function createViewState(items: Items = visits): ViewState {
  const [mode, setMode] = createSignal<ViewMode>(
    items.getItem(MODE) === "speaker" ? "speaker" : "grid",
  );
  const [pinned, setPinned] = createSignal<string>();
  const [selfShown, setSelfShown] = createSignal(items.getItem(SELF) !== "1");
  return {
    mode,
    pinned,
    selfShown,
    changeMode() {
      const next = mode() === "grid" ? "speaker" : "grid";
      items.setItem(MODE, next);
      setMode(next);
      setPinned(undefined);
    },
    pin: (tile) => void setPinned((now) => (now === tile ? undefined : tile)),
    toggleSelf() {
      const shown = !selfShown();
      if (shown) items.removeItem(SELF);
      else items.setItem(SELF, "1");
      setSelfShown(shown);
    },
  };
}

/** What of a tile its place depends on. */
export interface Candidate {
  readonly id: string;
  readonly peer: string;
  readonly source: string;
}

/**
 * The tile to show large: the pinned one, else the last screen that somebody shares, else in speaker
 * view who spoke last. Undefined where all are of one size.
 */
export function featuredTile(
  tiles: readonly Candidate[],
  view: {
    readonly mode: ViewMode;
    readonly pinned: string | undefined;
    readonly speaker: string | undefined;
  },
): string | undefined {
  if (tiles.length < 2) return undefined;
  const pinned = tiles.find(({ id }) => id === view.pinned);
  const screen = tiles.findLast(({ source }) => source === "screen");
  const large = pinned ?? screen;
  if (large !== undefined || view.mode === "grid") return large?.id;
  return (tiles.find(({ peer }) => peer === view.speaker) ?? tiles[0])?.id;
}
