import fc from "fast-check";
import { expect, it } from "vitest";
import { fromHex } from "../wire/index.ts";
import { crc32c } from "./crc32c.ts";

const readCommand = `01c00000 00000000 00000000 00000000 14000000 00000400 00000014 00000018
  28000000 00000000 02000000 00000000`;

it.each([
  ["32 bytes of zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["32 bytes that ascend", new Uint8Array(32).map((_, i) => i), 0x46dd794e],
  ["32 bytes that descend", new Uint8Array(32).map((_, i) => 31 - i), 0x113fdb5c],
  ["an iSCSI SCSI Read (10) command", fromHex(readCommand) as Uint8Array, 0xd9963a56],
])("CRC32c of %s (RFC 3720 B.4)", (_name, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

it("is the CRC of a bit-by-bit division, at every offset and length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, from) => {
      let crc = 0xffff_ffff;
      for (const byte of bytes.subarray(from)) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
      }
      expect(crc32c(bytes, Math.min(from, bytes.length))).toBe(~crc >>> 0);
    }),
  );
});
