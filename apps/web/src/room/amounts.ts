const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** A number of bytes as people read it, in their language: `3.2 MB`. */
export function formatBytes(bytes: number, language: string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: UNITS[unit] as string,
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value);
}

/** Bits a second as people read it: `1.2 Mbit/s`, `64 kbit/s`. */
export function formatBitrate(bitsPerSecond: number, language: string): string {
  const mega = bitsPerSecond >= 999_500;
  const value = bitsPerSecond / (mega ? 1_000_000 : 1000);
  const digits = mega && value < 10 ? 1 : 0;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  return `${number} ${mega ? "Mbit/s" : "kbit/s"}`;
}
