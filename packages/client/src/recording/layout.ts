/** A place in a picture, in pixels. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where each of `count` pictures goes: a grid, or a row at the foot of one large picture (the first). */
export function layOut(count: number, width: number, height: number, large: boolean): Tile[] {
  if (!large || count < 2) return grid(count, { x: 0, y: 0, width, height });
  const foot = Math.round(height / 5);
  const rest = grid(count - 1, { x: 0, y: height - foot, width, height: foot }, 1);
  return [{ x: 0, y: 0, width, height: height - foot }, ...rest];
}

/** The largest place in a tile for a picture that must not be distorted or cut. */
export function fit(picture: { width: number; height: number }, tile: Tile): Tile {
  const scale = Math.min(tile.width / picture.width, tile.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return {
    x: tile.x + (tile.width - width) / 2,
    y: tile.y + (tile.height - height) / 2,
    width,
    height,
  };
}

function grid(count: number, area: Tile, rows?: number): Tile[] {
  if (count === 0) return [];
  const lines = rows ?? Math.round(Math.sqrt(count));
  const columns = Math.ceil(count / lines);
  const [width, height] = [area.width / columns, area.height / lines];
  return Array.from({ length: count }, (_, index) => {
    const line = Math.floor(index / columns);
    // The last line may have fewer, and has them in the middle.
    const inLine = line === lines - 1 ? count - line * columns : columns;
    const left = (area.width - inLine * width) / 2;
    return {
      x: area.x + left + (index % columns) * width,
      y: area.y + line * height,
      width,
      height,
    };
  });
}
