/**
 * The CRC32c of `bytes[from, to)`, as a number (RFC 9260 Appendix A; RFC 3720 §12.1).
 *
 * Slicing by sixteen: one table per byte position, so that sixteen bytes cost sixteen independent
 * look-ups in place of sixteen dependent ones.
 */
export function crc32c(
  bytes: Uint8Array,
  from: number = 0,
  to: number = bytes.length,
  seed: number = 0,
): number {
  const t = TABLES;
  let crc = ~seed;
  let i = from;
  const end = to - 15;
  if (i < end) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; i < end; i += 16) {
      const a = crc ^ view.getInt32(i, true);
      const b = view.getInt32(i + 4, true);
      const c = view.getInt32(i + 8, true);
      const d = view.getInt32(i + 12, true);
      crc =
        (t[3840 | (a & 0xff)] as number) ^
        (t[3584 | ((a >>> 8) & 0xff)] as number) ^
        (t[3328 | ((a >>> 16) & 0xff)] as number) ^
        (t[3072 | (a >>> 24)] as number) ^
        (t[2816 | (b & 0xff)] as number) ^
        (t[2560 | ((b >>> 8) & 0xff)] as number) ^
        (t[2304 | ((b >>> 16) & 0xff)] as number) ^
        (t[2048 | (b >>> 24)] as number) ^
        (t[1792 | (c & 0xff)] as number) ^
        (t[1536 | ((c >>> 8) & 0xff)] as number) ^
        (t[1280 | ((c >>> 16) & 0xff)] as number) ^
        (t[1024 | (c >>> 24)] as number) ^
        (t[768 | (d & 0xff)] as number) ^
        (t[512 | ((d >>> 8) & 0xff)] as number) ^
        (t[256 | ((d >>> 16) & 0xff)] as number) ^
        (t[d >>> 24] as number);
    }
  }
  for (; i < to; i += 1) {
    crc = (t[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** Castagnoli's polynomial, bits reflected (RFC 9260 Appendix A). */
const POLYNOMIAL = 0x82f6_3b78;

const TABLES: Int32Array = buildTables();

function buildTables(): Int32Array {
  const tables = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i += 1) {
    const previous = tables[i - 256] as number;
    tables[i] = (previous >>> 8) ^ (tables[previous & 0xff] as number);
  }
  return tables;
}
