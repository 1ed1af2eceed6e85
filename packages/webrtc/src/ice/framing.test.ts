import { expect, it } from "vitest";
import { concat } from "../wire/index.ts";
import { framed, PacketFramer } from "./framing.ts";

const packets = [3, 0, 1200, 65_535].map((length) => new Uint8Array(length).fill(length & 255));
const stream = concat(...packets.map((packet) => framed(packet) as Uint8Array));

it.each([1, 2, 3, 1000, stream.length])("packets are the same in pieces of %i bytes", (size) => {
  const framer = new PacketFramer();
  const out: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += size)
    out.push(...framer.push(stream.slice(at, at + size)));
  expect(out.map(({ length }) => length)).toEqual(packets.map(({ length }) => length));
  expect(Buffer.concat(out).equals(Buffer.concat(packets))).toBe(true);
});

it("what is longer than a length can say has no frame", () => {
  expect(framed(new Uint8Array(65_536))).toBeUndefined();
});
