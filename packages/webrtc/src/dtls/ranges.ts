/** Sorted ranges that do not touch (start, end, start, end) with one more, merged where they meet. */
export function withRange(
  ranges: readonly number[],
  start: number,
  end: number,
): readonly number[] {
  if (start === end) return ranges;
  const merged: number[] = [];
  let from = start;
  let to = end;
  let isPlaced = false;
  for (let i = 0; i < ranges.length; i += 2) {
    const left = ranges[i] as number;
    const right = ranges[i + 1] as number;
    if (right < from) {
      merged.push(left, right);
    } else if (left > to) {
      if (!isPlaced) merged.push(from, to);
      isPlaced = true;
      merged.push(left, right);
    } else {
      from = Math.min(from, left);
      to = Math.max(to, right);
    }
  }
  if (!isPlaced) merged.push(from, to);
  return merged;
}
