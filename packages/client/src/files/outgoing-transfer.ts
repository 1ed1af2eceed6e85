import { pagesOf } from "../channel/pages-of.ts";
import type { FileSource } from "./file-source.ts";
import { encodeFrame, type FrameKind } from "./frame.ts";
import { BLOCK_BYTES, MAX_LISTED, PART_BYTES, WINDOW_BYTES, WINDOW_FILES } from "./limits.ts";
import { LiveTransfer, type LiveTransferOptions } from "./live-transfer.ts";
import type { ControlBody, FileInfo, Position } from "./messages.ts";
import { hashBlocks, leafHash, sameDigest, TreeHash } from "./tree-hash.ts";

export interface OutgoingTransferOptions extends LiveTransferOptions {
  readonly sources: readonly FileSource[];
  /** There is something to send. */
  readonly onReady: () => void;
}

/** Where a transfer stands between two blocks, with all that it takes to go on from there. */
interface Checkpoint extends Position {
  /** Over the blocks of this file. */
  readonly tree: TreeHash;
  /** Of all files up to here. */
  readonly bytes: number;
}

type Start = Extract<ControlBody, { type: "start" }>;

/** Sends files: reads and hashes block by block, no further ahead of the receiver than the window. */
export class OutgoingTransfer extends LiveTransfer {
  readonly direction = "out";
  readonly files: readonly FileInfo[];
  readonly size: number;
  readonly #sources: readonly FileSource[];
  readonly #onReady: () => void;
  /** Places from which the receiver may ask to go on: the last that it has named, and all after it. */
  #checkpoints: readonly Checkpoint[] = [START];
  /** What is read and hashed, and not sent. */
  #frames: Uint8Array<ArrayBuffer>[] = [];
  /** Counts connections: what was begun for the last one is of no use. */
  #run = 0;
  #started = false;
  #filling = false;

  constructor(options: OutgoingTransferOptions) {
    super(options);
    this.#sources = options.sources;
    this.#onReady = options.onReady;
    this.files = options.sources.map(({ path, size, type, modified }) => ({
      ...{ path, size },
      ...(type !== undefined && { type }),
      ...(modified !== undefined && { modified }),
    }));
    this.size = this.files.reduce((sum, { size }) => sum + size, 0);
  }

  get current(): number {
    return this.#acked.file;
  }

  override connection(connected: boolean): void {
    this.#run += 1;
    this.#frames = [];
    this.#started = false;
    this.#filling = false;
    super.connection(connected);
    if (!connected) return;
    const { id, files } = this;
    if (this.isAccepted) {
      this.say({ type: "check", id, by: "sender" });
    } else {
      this.say({ type: "offer", id, count: files.length, size: this.size });
      for (const page of pagesOf(files, MAX_LISTED)) this.say({ type: "list", id, files: page });
    }
  }

  /** The receiver wants everything from here on. */
  async start({ file, blocks, root }: Start): Promise<void> {
    const run = this.#run;
    // Once for each connection.
    if (this.#started) {
      this.#break();
      return;
    }
    this.#started = true;
    const from = await this.#checkpointAt({ file, blocks });
    if (run !== this.#run || this.end !== undefined) return;
    // Nobody can want what was never sent, or go back.
    if (from === undefined) {
      this.#break();
      return;
    }
    const known = await from.tree.root();
    if (run !== this.#run || this.end !== undefined) return;
    if (
      !sameDigest(
        known,
        Uint8Array.from(root.match(/../g) ?? [], (hex) => Number.parseInt(hex, 16)),
      )
    ) {
      this.finish("hash", "failed");
      return;
    }
    this.#checkpoints = [from];
    this.progressed(from.bytes);
    this.accepted();
    this.#fill();
  }

  /** The receiver has verified and written up to here. */
  have(position: Position): void {
    const at = this.#checkpoints.findIndex((point) => isAt(point, position));
    if (at < 0) {
      this.#break();
      return;
    }
    this.#checkpoints = this.#checkpoints.slice(at);
    this.progressed(this.#acked.bytes);
    this.#fill();
  }

  /** The receiver has everything. */
  done(): void {
    // It may be what was lost with the last connection.
    if (this.#cursor.file < this.files.length || this.#frames.length > 0) {
      this.#break();
      return;
    }
    this.progressed(this.size);
    this.finish("done");
  }

  /** The next message for the data channel. */
  nextFrame(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.isMoving) return undefined;
    const frame = this.#frames.shift();
    if (frame !== undefined) this.#fill();
    return frame;
  }

  protected override onMoving(moving: boolean): void {
    if (!moving) return;
    this.#fill();
    this.#onReady();
  }

  protected override onFinish(): void {
    this.#run += 1;
    this.#frames = [];
  }

  async #checkpointAt(position: Position): Promise<Checkpoint | undefined> {
    const known = this.#checkpoints.find((point) => isAt(point, position));
    // Before it has begun, the receiver may have what it got from another run of ours, or it of its own.
    if (known !== undefined || this.isAccepted) return known;
    const { file, blocks } = position;
    const source = this.#sources[file];
    if (source === undefined || blocks * BLOCK_BYTES > source.size) return undefined;
    try {
      const tree = await hashBlocks(source, blocks);
      const before = this.files.slice(0, file).reduce((sum, { size }) => sum + size, 0);
      return { file, blocks, tree, bytes: before + blocks * BLOCK_BYTES };
    } catch (cause) {
      this.finish("source", "failed", cause);
      return undefined;
    }
  }

  get #acked(): Checkpoint {
    return this.#checkpoints[0] ?? START;
  }

  /** Up to where blocks are read. */
  get #cursor(): Checkpoint {
    return this.#checkpoints.at(-1) ?? START;
  }

  #break(): void {
    this.finish("protocol", "failed");
  }

  /** Reads ahead until enough is ready or the window is full; goes on when it is called again. */
  #fill(): void {
    if (this.#filling || !this.#started || !this.isMoving || !this.#hasRoom()) return;
    this.#filling = true;
    const run = this.#run;
    this.#prepare(run).then(
      () => {
        if (run !== this.#run) return;
        this.#filling = false;
        this.#onReady();
        this.#fill();
      },
      (cause: unknown) => {
        if (run === this.#run) this.finish("source", "failed", cause);
      },
    );
  }

  #hasRoom(): boolean {
    const { file, blocks, bytes } = this.#cursor;
    const source = this.#sources[file];
    if (source === undefined || this.#frames.length > MAX_READY) return false;
    const length = Math.min(BLOCK_BYTES, source.size - blocks * BLOCK_BYTES);
    if (length > 0) return bytes + length - this.#acked.bytes <= WINDOW_BYTES;
    return file - this.#acked.file < WINDOW_FILES;
  }

  async #prepare(run: number): Promise<void> {
    const { file, blocks, bytes, tree } = this.#cursor;
    const source = this.#sources[file] as FileSource;
    const start = blocks * BLOCK_BYTES;
    if (start >= source.size) {
      const root = await tree.root();
      if (run !== this.#run) return;
      this.#push("end", file, blocks, 0, root);
      this.#reach({ file: file + 1, blocks: 0, bytes, tree: TreeHash.empty });
      return;
    }
    const length = Math.min(BLOCK_BYTES, source.size - start);
    const block = await source.read(start, start + length);
    if (block.length !== length) throw new RangeError(`${source.path} is shorter than it was.`);
    const prefixed = new Uint8Array(1 + length);
    prefixed.set(block, 1);
    const leaf = await leafHash(prefixed);
    const grown = await tree.with(leaf);
    if (run !== this.#run) return;
    for (let offset = 0; offset < length; offset += PART_BYTES) {
      this.#push("part", file, blocks, offset, block.subarray(offset, offset + PART_BYTES));
    }
    this.#push("seal", file, blocks, 0, leaf);
    this.#reach({ file, blocks: blocks + 1, bytes: bytes + length, tree: grown });
  }

  #push(kind: FrameKind, file: number, block: number, offset: number, payload: Uint8Array): void {
    this.#frames.push(encodeFrame({ kind, transfer: this.id, file, block, offset, payload }));
  }

  #reach(checkpoint: Checkpoint): void {
    this.#checkpoints = [...this.#checkpoints, checkpoint];
  }
}

const START: Checkpoint = { file: 0, blocks: 0, bytes: 0, tree: TreeHash.empty };

function isAt(point: Position, { file, blocks }: Position): boolean {
  return point.file === file && point.blocks === blocks;
}

/** In frames: one block, so that there is always another one being read while it is sent. */
const MAX_READY: number = BLOCK_BYTES / PART_BYTES;
