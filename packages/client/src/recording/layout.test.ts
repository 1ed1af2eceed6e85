import fc from "fast-check";
import { expect, it } from "vitest";
import { pickFormat } from "./format.ts";
import { fit, layOut, type Tile } from "./layout.ts";

it("has a place for everybody, inside the picture and beside each other", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.boolean(), (count, large) => {
      const tiles = layOut(count, 1280, 720, large);
      expect(tiles).toHaveLength(count);
      for (const [index, tile] of tiles.entries()) {
        expect(tile.x).toBeGreaterThanOrEqual(0);
        expect(tile.y).toBeGreaterThanOrEqual(0);
        expect(tile.x + tile.width).toBeLessThanOrEqual(1280.001);
        expect(tile.y + tile.height).toBeLessThanOrEqual(720.001);
        for (const other of tiles.slice(index + 1)) expect(overlap(tile, other)).toBe(false);
      }
    }),
  );
});

function overlap(a: Tile, b: Tile): boolean {
  const apart = (low: number, high: number) => low >= high - 0.001;
  return !(
    apart(a.x, b.x + b.width) ||
    apart(b.x, a.x + a.width) ||
    apart(a.y, b.y + b.height) ||
    apart(b.y, a.y + a.height)
  );
}

it("gives a screen most of the picture", () => {
  const [screen, ...others] = layOut(3, 1280, 720, true);
  expect(screen).toEqual({ x: 0, y: 0, width: 1280, height: 576 });
  expect(others.every(({ y }) => y === 576)).toBe(true);
});

it("neither distorts nor cuts", () => {
  expect(fit({ width: 640, height: 480 }, { x: 0, y: 0, width: 1280, height: 720 })).toEqual({
    x: 160,
    y: 0,
    width: 960,
    height: 720,
  });
});

it("records into what the browser can write", () => {
  const can =
    (...words: string[]) =>
    (type: string) =>
      words.some((word) => type.includes(word));
  expect(pickFormat("video", can("webm", "mp4"))?.mimeType).toBe("video/webm;codecs=vp8,opus");
  expect(pickFormat("video", can("webm", "mp4"), "mp4")?.container).toBe("mp4");
  expect(pickFormat("audio", can("mp4a"))).toEqual({
    container: "mp4",
    mimeType: "audio/mp4;codecs=mp4a.40.2",
  });
  expect(pickFormat("video", () => false)).toBeUndefined();
});
