import { toUtf8 } from "../wire/index.ts";
import { type DerElement, der, derTag } from "./der.ts";

const dayMs = 86_400_000;

/** UTCTime until 2049, GeneralizedTime after it (RFC 5280 §4.1.2.5); from milliseconds since 1970. */
export function derTime(unixMs: number): Uint8Array {
  const days = Math.floor(unixMs / dayMs);
  const { year, month, day } = civilDate(days);
  const second = Math.floor((unixMs - days * dayMs) / 1000);
  const text = [
    two(month),
    two(day),
    two(Math.floor(second / 3600)),
    two(Math.floor(second / 60) % 60),
    two(second % 60),
    "Z",
  ].join("");
  return year >= 1950 && year < 2050
    ? der(derTag.utcTime, toUtf8(two(year % 100) + text))
    : der(derTag.generalizedTime, toUtf8(String(year).padStart(4, "0") + text));
}

/** Milliseconds since 1970; `undefined` where the element is no time as RFC 5280 §4.1.2.5 wants it. */
export function readDerTime(element: DerElement): number | undefined {
  const text = String.fromCharCode(...element.content.subarray(0, 16));
  if (element.content.length > 15 || !/^\d{12}(\d\d)?Z$/.test(text)) return undefined;
  const isLong = text.length === 15;
  if (isLong !== (element.tag === derTag.generalizedTime)) return undefined;
  const short = Number(text.slice(0, 2));
  const year = isLong ? Number(text.slice(0, 4)) : short + (short < 50 ? 2000 : 1900);
  const field = (index: number): number => {
    const at = (isLong ? 4 : 2) + 2 * index;
    return Number(text.slice(at, at + 2));
  };
  const [month, day, hour, minute, second] = [field(0), field(1), field(2), field(3), field(4)];
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return daysOf(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Days since 1970-01-01 in the Gregorian calendar; years are counted from March, leap days last. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468
  );
}

function civilDate(days: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  // 365.2425 days a year; the guess is at most one year off.
  let year = Math.floor(days / 365.2425) + 1970;
  while (daysOf(year, 1, 1) > days) year -= 1;
  while (daysOf(year + 1, 1, 1) <= days) year += 1;
  let month = 12;
  while (daysOf(year, month, 1) > days) month -= 1;
  return { year, month, day: days - daysOf(year, month, 1) + 1 };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
