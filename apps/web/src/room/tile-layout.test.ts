import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOutSingle, layOutTiles, pictureFit } from "./tile-layout.ts";

const desktop = { width: 1280, height: 660 };
const phone = { width: 390, height: 640 };

describe("several tiles", () => {
  it.each([
    [2, 2, 1],
    [3, 2, 2],
    [4, 2, 2],
    [5, 3, 2],
    [7, 4, 2],
  ])("%i on a desktop stand in %i columns and %i rows", (count, columns, rows) => {
    expect(layOutTiles(count, desktop, 12)).toMatchObject({ columns, rows });
  });

  it.each([
    [2, 1, 2],
    [4, 2, 2],
    [7, 2, 4],
  ])("%i on a phone stand in %i columns and %i rows", (count, columns, rows) => {
    expect(layOutTiles(count, phone, 8)).toMatchObject({ columns, rows });
  });

  it("never leave the stage, whatever its size and their number", () => {
    const side = fc.integer({ min: 0, max: 4000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), side, side, (count, width, height) => {
        const gap = 8;
        const { columns, rows, tile } = layOutTiles(count, { width, height }, gap);
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        if (tile.width === 0) return;
        expect(columns * tile.width + gap * (columns - 1)).toBeLessThanOrEqual(width);
        expect(rows * tile.height + gap * (rows - 1)).toBeLessThanOrEqual(height);
      }),
    );
  });
});

describe("a single tile", () => {
  it("fills the stage while little is cropped", () => {
    expect(layOutSingle({ width: 1280, height: 720 }, 16 / 9)).toEqual({
      width: 1280,
      height: 720,
    });
    expect(layOutSingle({ width: 390, height: 520 }, 3 / 4)).toEqual({ width: 390, height: 520 });
  });

  it("takes the picture's shape when much would be cropped", () => {
    expect(layOutSingle(phone, 4 / 3)).toEqual({ width: 390, height: 292 });
    expect(layOutSingle({ width: 1280, height: 720 }, 3 / 4)).toEqual({ width: 540, height: 720 });
  });

  it("is the stage while there is no picture, and nothing where there is no room", () => {
    expect(layOutSingle(phone, undefined)).toEqual(phone);
    expect(layOutSingle({ width: 0, height: 300 }, 1)).toEqual({ width: 0, height: 0 });
  });
});

describe("a picture in a box", () => {
  it("is cropped by at most a fifth", () => {
    expect(pictureFit(16 / 9, 16 / 10)).toBe("cover");
    expect(pictureFit(4 / 3, 16 / 9)).toBe("contain");
    expect(pictureFit(9 / 16, 16 / 9)).toBe("contain");
  });
});
