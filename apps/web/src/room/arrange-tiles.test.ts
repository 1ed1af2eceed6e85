import { describe, expect, it } from "vitest";
import { arrangeTiles, type Box } from "./arrange-tiles.ts";

const DESKTOP = { width: 1200, height: 640 };
const PHONE = { width: 374, height: 640 };
const LANDSCAPE_PHONE = { width: 780, height: 250 };
const STAGES = [DESKTOP, PHONE, LANDSCAPE_PHONE];
const GAP = 10;

describe("the tiles of a call", () => {
  it.each(STAGES)("stay inside of %o and never lie on each other", (stage) => {
    for (let count = 1; count <= 9; count += 1) {
      for (const featured of [undefined, 0, count - 1]) {
        const boxes = arrangeTiles({ count, featured, stage, gap: GAP, aspect: 4 / 3 });
        expect(boxes).toHaveLength(count);
        for (const box of boxes) {
          expect(box.width).toBeGreaterThan(0);
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.y).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(stage.width + 1);
          expect(box.y + box.height).toBeLessThanOrEqual(stage.height + 1);
        }
        for (const [index, one] of boxes.entries()) {
          for (const other of boxes.slice(index + 1)) expect(overlaps(one, other)).toBe(false);
        }
      }
    }
  });

  it("put the last row into the middle", () => {
    const boxes = arrangeTiles({
      ...{ count: 3, featured: undefined, stage: PHONE, gap: GAP, aspect: undefined },
    });
    const last = boxes[2] as Box;
    expect(Math.abs(last.x + last.width / 2 - PHONE.width / 2)).toBeLessThan(2);
  });

  it("show the featured one much larger, beside a strip on wide stages and above it on tall ones", () => {
    for (const stage of STAGES) {
      const options = { count: 5, featured: 2, stage, gap: GAP, aspect: undefined };
      const boxes = arrangeTiles(options);
      const areas = boxes.map(({ width, height }) => width * height);
      const others = areas.filter((_, index) => index !== 2);
      expect(areas[2]).toBeGreaterThan(4 * Math.max(...others));
    }
    const [, beside] = arrangeTiles({
      ...{ count: 2, featured: 0, stage: DESKTOP, gap: GAP, aspect: undefined },
    });
    expect(beside?.x).toBeGreaterThan(DESKTOP.width / 2);
    const [, below] = arrangeTiles({
      ...{ count: 2, featured: 0, stage: PHONE, gap: GAP, aspect: undefined },
    });
    expect(below?.y).toBeGreaterThan(PHONE.height / 2);
  });
});

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
