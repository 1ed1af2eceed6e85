/** Sizes in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface TileLayout {
  readonly columns: number;
  readonly rows: number;
  readonly tile: Size;
}

/** The widest and the tallest that a tile among several gets; faces fit in between. */
const WIDEST = 16 / 9;
const TALLEST = 3 / 4;
/** On a wide stage, where most of the pictures are wide, too. */
const TALLEST_ON_WIDE = 1;

/** Lays out `count` tiles of one size in a stage so that they are as large as can be. */
export function layOutTiles(count: number, stage: Size, gap: number): TileLayout {
  let best: TileLayout = { columns: 1, rows: Math.max(count, 1), tile: { width: 0, height: 0 } };
  const tallest = stage.width > stage.height ? TALLEST_ON_WIDE : TALLEST;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = (stage.width - gap * (columns - 1)) / columns;
    const height = (stage.height - gap * (rows - 1)) / rows;
    const tile = withinAspect({ width, height }, tallest);
    if (area(tile) > area(best.tile)) best = { columns, rows, tile };
  }
  return best;
}

/**
 * The one tile of a call between two: the whole stage where the picture fills it with little
 * cropped, else the picture's own shape, so that nothing is cut away and no bars appear.
 */
export function layOutSingle(stage: Size, pictureAspect: number | undefined): Size {
  const { width, height } = stage;
  if (width <= 0 || height <= 0) return { width: 0, height: 0 };
  if (pictureAspect === undefined) return stage;
  if (pictureFit(pictureAspect, width / height) === "cover") return stage;
  return width / height > pictureAspect
    ? floored({ width: height * pictureAspect, height })
    : floored({ width, height: width / pictureAspect });
}

/** Whether a picture may be cropped to fill its box: only while at least four fifths of it stay to be seen. */
export function pictureFit(pictureAspect: number, boxAspect: number): "cover" | "contain" {
  const seen = Math.min(pictureAspect / boxAspect, boxAspect / pictureAspect);
  return seen >= 0.8 ? "cover" : "contain";
}

function withinAspect({ width, height }: Size, tallest: number): Size {
  if (width <= 0 || height <= 0) return { width: 0, height: 0 };
  if (width / height > WIDEST) return floored({ width: height * WIDEST, height });
  if (width / height < tallest) return floored({ width, height: width / tallest });
  return floored({ width, height });
}

/** Whole pixels: rounding up would break the last tile of a row into the next. */
function floored({ width, height }: Size): Size {
  return { width: Math.floor(width), height: Math.floor(height) };
}

function area({ width, height }: Size): number {
  return width * height;
}
