import { describe, expect, it } from "vitest";
import { createViewState, featuredTile } from "./view-state.ts";

const AMY = { id: "amy/camera/0", peer: "amy", source: "camera" };
const BOB = { id: "bob/camera/0", peer: "bob", source: "camera" };
const SCREEN = { id: "bob/screen/1", peer: "bob", source: "screen" };

describe("the tile that is shown large", () => {
  const grid = { mode: "grid", pinned: undefined, speaker: "bob" } as const;
  const speaker = { ...grid, mode: "speaker" } as const;

  it("is none in the grid and none of one", () => {
    expect(featuredTile([AMY, BOB], grid)).toBeUndefined();
    expect(featuredTile([AMY], speaker)).toBeUndefined();
  });

  it("is who speaks in the speaker view, and the first until somebody does", () => {
    expect(featuredTile([AMY, BOB], speaker)).toBe(BOB.id);
    expect(featuredTile([AMY, BOB], { ...speaker, speaker: undefined })).toBe(AMY.id);
    expect(featuredTile([AMY, BOB], { ...speaker, speaker: "gone" })).toBe(AMY.id);
  });

  it("is a shared screen before who speaks, and the pinned one before all", () => {
    expect(featuredTile([AMY, BOB, SCREEN], grid)).toBe(SCREEN.id);
    expect(featuredTile([AMY, BOB, SCREEN], { ...grid, pinned: AMY.id })).toBe(AMY.id);
    expect(featuredTile([AMY, BOB], { ...grid, pinned: "gone" })).toBeUndefined();
  });
});

describe("the view", () => {
  it("remembers mode and self view, and lets go of the pinned one with another mode", () => {
    const kept = new Map<string, string>();
    const items = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const view = createViewState(items);
    view.pin(AMY.id);
    expect(view.pinned()).toBe(AMY.id);
    view.changeMode();
    view.toggleSelf();
    expect(view.pinned()).toBeUndefined();
    const later = createViewState(items);
    expect(later.mode()).toBe("speaker");
    expect(later.selfShown()).toBe(false);
    later.toggleSelf();
    expect(createViewState(items).selfShown()).toBe(true);
  });
});
