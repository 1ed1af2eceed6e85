import { expect, it } from "vitest";
import { cornerByKey, nearestCorner } from "./corner.ts";

it("is the quarter of the stage that the point lies in", () => {
  const stage = { width: 100, height: 200 };
  expect(nearestCorner(10, 10, stage)).toBe("top-left");
  expect(nearestCorner(90, 99, stage)).toBe("top-right");
  expect(nearestCorner(10, 150, stage)).toBe("bottom-left");
  expect(nearestCorner(500, 500, stage)).toBe("bottom-right");
});

it("is reached by arrow keys, and by nothing else", () => {
  expect(cornerByKey("bottom-right", "ArrowUp")).toBe("top-right");
  expect(cornerByKey("bottom-right", "ArrowLeft")).toBe("bottom-left");
  expect(cornerByKey("top-left", "ArrowDown")).toBe("bottom-left");
  expect(cornerByKey("top-left", "ArrowRight")).toBe("top-right");
  expect(cornerByKey("top-left", "ArrowUp")).toBe("top-left");
  expect(cornerByKey("top-left", "Enter")).toBeUndefined();
});
