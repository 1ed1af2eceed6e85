import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { leafHash, TreeHash } from "./tree-hash.ts";

/** The entries and roots with which the implementations of Certificate Transparency test themselves. */
const ENTRIES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("the roots of RFC 9162 trees, after each leaf", async () => {
  let tree = TreeHash.empty;
  expect(hex(await tree.root())).toBe(ROOTS[0]);
  for (const [index, entry] of ENTRIES.entries()) {
    tree = await tree.with(await leafHash(Uint8Array.from(Buffer.from(`00${entry}`, "hex"))));
    expect(hex(await tree.root())).toBe(ROOTS[index + 1]);
  }
});

test("any number of leaves: the same as by the recursion of RFC 9162 §2.1.1", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 70 }),
      async (leaves) => {
        let tree = TreeHash.empty;
        for (const leaf of leaves)
          tree = await tree.with(await leafHash(Uint8Array.from([0, ...leaf])));
        expect(hex(await tree.root())).toBe(merkle(leaves).toString("hex"));
      },
    ),
    { numRuns: 50 },
  );
});

function merkle(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0] as Uint8Array);
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256(Uint8Array.of(1), merkle(leaves.slice(0, half)), merkle(leaves.slice(half)));
}

function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
