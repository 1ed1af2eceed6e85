/**
 * What a value measures as JSON, in UTF-8 bytes. Stops counting beyond `limit`, and never recurses: the value
 * may come from anybody, nested as deep as its sender liked. What JSON cannot say is infinitely large.
 */
export function messageSize(value: unknown, limit: number = Number.POSITIVE_INFINITY): number {
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0 && size <= limit) {
    const next = open.pop();
    if (typeof next === "string") size += textSize(next);
    else if (typeof next === "number") size += Number.isFinite(next) ? String(next).length : 4;
    else if (typeof next === "boolean") size += next ? 4 : 5;
    else if (next === null) size += 4;
    else if (Array.isArray(next)) {
      size += 2 + Math.max(0, next.length - 1);
      for (const item of next) open.push(item);
    } else if (typeof next === "object" && !ArrayBuffer.isView(next))
      size += openObject(next, open);
    else return Number.POSITIVE_INFINITY;
  }
  return size;
}

/** The braces, keys, colons and commas of an object; its values are put down for later. */
function openObject(object: object, open: unknown[]): number {
  let size = 2;
  let fields = 0;
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    size += textSize(key) + 1;
    fields += 1;
    open.push(value);
  }
  return size + Math.max(0, fields - 1);
}

/** A text in quotes, escaped as JSON.stringify does it (ECMA-262, QuoteJSONString). */
function textSize(text: string): number {
  let size = 2;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === 0x22 || unit === 0x5c) size += 2;
    else if (unit < 0x20) size += SHORT_ESCAPES.includes(unit) ? 2 : 6;
    else if (unit < 0x80) size += 1;
    else if (unit < 0x800) size += 2;
    else if (unit < 0xd800 || unit > 0xdfff) size += 3;
    else if (unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      size += 4;
      i += 1;
    } else size += 6;
  }
  return size;
}

/** `\b \t \n \f \r` */
const SHORT_ESCAPES: readonly number[] = [8, 9, 10, 12, 13];

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
