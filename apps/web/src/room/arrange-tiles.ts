import { layOutSingle, layOutTiles, type Size } from "./tile-layout.ts";

/** Where a tile lies in the stage, in CSS pixels. */
export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

export interface ArrangeOptions {
  readonly count: number;
  /** The place of the tile that is shown large, with the others in a strip beside it. */
  readonly featured: number | undefined;
  readonly stage: Size;
  readonly gap: number;
  /** The shape of the only picture, where there is but one. */
  readonly aspect: number | undefined;
}

/** The boxes of all tiles of a call, in their order: a grid, or one large and the others in a strip. */
export function arrangeTiles(options: ArrangeOptions): readonly Box[] {
  const { count, featured, stage, gap, aspect } = options;
  if (count === 0) return [];
  if (count === 1) return [centred(layOutSingle(stage, aspect), stage)];
  if (featured === undefined) return grid(count, stage, gap);
  return featureOne(count, featured, stage, gap);
}

/** How much of the stage the strip takes along its shorter way. */
const STRIP_SHARE = 0.22;
const STRIP_LEAST = 96;
const STRIP_MOST = 260;

function featureOne(count: number, featured: number, stage: Size, gap: number): readonly Box[] {
  const beside = stage.width > stage.height;
  const along = beside ? stage.width : stage.height;
  const strip = Math.min(STRIP_MOST, Math.max(STRIP_LEAST, along * STRIP_SHARE));
  const rest = Math.max(0, along - strip - gap);
  const large: Box = beside
    ? { x: 0, y: 0, width: rest, height: stage.height }
    : { x: 0, y: 0, width: stage.width, height: rest };
  const small = beside
    ? shifted(grid(count - 1, { width: strip, height: stage.height }, gap), rest + gap, 0)
    : shifted(grid(count - 1, { width: stage.width, height: strip }, gap), 0, rest + gap);
  return [...small.slice(0, featured), large, ...small.slice(featured)];
}

function grid(count: number, stage: Size, gap: number): readonly Box[] {
  const { columns, rows, tile } = layOutTiles(count, stage, gap);
  const { width, height } = tile;
  const top = (stage.height - rows * height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (stage.width - inRow * width - (inRow - 1) * gap) / 2;
    const column = index % columns;
    return {
      x: Math.floor(left + column * (width + gap)),
      y: Math.floor(top + row * (height + gap)),
      width,
      height,
    };
  });
}

function centred({ width, height }: Size, stage: Size): Box {
  const x = Math.floor((stage.width - width) / 2);
  const y = Math.floor((stage.height - height) / 2);
  return { x, y, width, height };
}

function shifted(boxes: readonly Box[], x: number, y: number): readonly Box[] {
  return boxes.map((box) => ({ ...box, x: box.x + x, y: box.y + y }));
}
