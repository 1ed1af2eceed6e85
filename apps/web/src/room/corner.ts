import type { Size } from "./tile-layout.ts";

/** Where one's own picture rests. */
export type Corner = "top-left" | "top-right" | "bottom-left" | "bottom-right";

/** The corner nearest to a point of the stage. */
export function nearestCorner(x: number, y: number, stage: Size): Corner {
  return `${y < stage.height / 2 ? "top" : "bottom"}-${x < stage.width / 2 ? "left" : "right"}`;
}

/** The corner that an arrow key moves to; undefined for every other key. */
export function cornerByKey(corner: Corner, key: string): Corner | undefined {
  const [vertical, horizontal] = corner.split("-") as ["top" | "bottom", "left" | "right"];
  switch (key) {
    case "ArrowUp":
      return `top-${horizontal}`;
    case "ArrowDown":
      return `bottom-${horizontal}`;
    case "ArrowLeft":
      return `${vertical}-left`;
    case "ArrowRight":
      return `${vertical}-right`;
    default:
      return undefined;
  }
}
