import type { FileSource } from "./file-source.ts";
import { BLOCK_BYTES } from "./limits.ts";

/**
 * The Merkle tree hash of a file over its blocks of 256 KiB (RFC 9162 §2.1.1, SHA-256), grown block
 * by block. A plain SHA-256 would have to be computed in JavaScript, as WebCrypto hashes only what
 * is there as a whole; the tree is hashed by the platform, and what it is after `n` blocks is small
 * enough to be kept for resuming.
 */
export class TreeHash {
  static readonly empty: TreeHash = new TreeHash([]);

  /** Roots of complete subtrees from left to right, each smaller than the one before. */
  readonly #subtrees: readonly Subtree[];

  private constructor(subtrees: readonly Subtree[]) {
    this.#subtrees = subtrees;
  }

  /** The tree with one more leaf. */
  async with(leaf: Digest): Promise<TreeHash> {
    const subtrees = [...this.#subtrees];
    let last: Subtree = { root: leaf, leaves: 1 };
    for (let left = subtrees.at(-1); left?.leaves === last.leaves; left = subtrees.at(-1)) {
      subtrees.pop();
      last = { root: await nodeHash(left.root, last.root), leaves: 2 * last.leaves };
    }
    return new TreeHash([...subtrees, last]);
  }

  async root(): Promise<Digest> {
    let root: Digest | undefined;
    for (const subtree of this.#subtrees.toReversed()) {
      root = root === undefined ? subtree.root : await nodeHash(subtree.root, root);
    }
    return root ?? sha256(new Uint8Array());
  }
}

/** The tree over the first blocks of a file, for going on from there. */
export async function hashBlocks(
  source: Pick<FileSource, "read">,
  blocks: number,
): Promise<TreeHash> {
  let tree = TreeHash.empty;
  const prefixed = new Uint8Array(1 + BLOCK_BYTES);
  for (let start = 0; start < blocks * BLOCK_BYTES; start += BLOCK_BYTES) {
    const block = await source.read(start, start + BLOCK_BYTES);
    if (block.length !== BLOCK_BYTES) throw new RangeError("The file is shorter than it was.");
    prefixed.set(block, 1);
    tree = await tree.with(await leafHash(prefixed));
  }
  return tree;
}

/** 32 bytes. */
export type Digest = Uint8Array<ArrayBuffer>;

/** The hash of a block, which has to stand behind one byte 0 (RFC 9162 §2.1.1). */
export function leafHash(prefixed: Uint8Array<ArrayBuffer>): Promise<Digest> {
  return sha256(prefixed);
}

export function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

interface Subtree {
  readonly root: Digest;
  readonly leaves: number;
}

function nodeHash(left: Digest, right: Digest): Promise<Digest> {
  const bytes = new Uint8Array(1 + left.length + right.length);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + left.length);
  return sha256(bytes);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
