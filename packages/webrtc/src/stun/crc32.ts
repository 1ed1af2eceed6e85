/** The CRC-32 of ITU V.42 over `bytes` up to `end`, as FINGERPRINT uses it (RFC 8489 §14.7). */
export function crc32(bytes: Uint8Array, end: number): number {
  let crc = 0xffff_ffff;
  for (let i = 0; i < end; i += 1) {
    crc = (table[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** The reflected polynomial 0xEDB88320, one entry per byte. */
const table: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let entry = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    entry = entry & 1 ? 0xedb8_8320 ^ (entry >>> 1) : entry >>> 1;
  }
  return entry;
});
