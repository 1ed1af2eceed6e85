import type { FileSink, OpenSink } from "./file-sink.ts";
import type { Frame } from "./frame.ts";
import { BLOCK_BYTES, WINDOW_BYTES, WINDOW_FILES } from "./limits.ts";
import { LiveTransfer, type LiveTransferOptions } from "./live-transfer.ts";
import type { FileInfo, Position } from "./messages.ts";
import { pathKey, safePath } from "./path.ts";
import type { IncomingTransfer, Received } from "./transfer.ts";
import { leafHash, sameDigest, TreeHash } from "./tree-hash.ts";

export interface OfferedTransferOptions extends LiveTransferOptions {
  readonly count: number;
  readonly size: number;
  /** The list is complete: somebody can be asked. */
  readonly onOffer: (transfer: OfferedTransfer) => void;
}

/** What is complete and waits to be verified and written. */
type Job =
  | {
      readonly kind: "block";
      readonly buffer: Uint8Array<ArrayBuffer>;
      readonly length: number;
      readonly digest: Uint8Array;
    }
  | { readonly kind: "end"; readonly root: Uint8Array };

/** Receives files: takes parts in order, verifies each block, writes it, and tells the sender how far it is. */
export class OfferedTransfer extends LiveTransfer implements IncomingTransfer {
  readonly direction = "in";
  readonly size: number;
  readonly count: number;
  readonly #options: OfferedTransferOptions;
  readonly #files: FileInfo[] = [];
  /** Which number the next file of the same name gets. */
  readonly #paths = new Map<string, number>();
  #open: OpenSink | undefined;
  #sink: FileSink | undefined;
  /** Up to where it is verified and written. */
  #verified: Position = START;
  #verifiedBytes = 0;
  #tree = TreeHash.empty;
  /** Up to where it has come; only while `start` was sent over this connection. */
  #next: Position | undefined;
  #buffer: Uint8Array<ArrayBuffer> = newBuffer();
  #filled = 0;
  #jobs: Job[] = [];
  /** Bytes and ends of files in `#jobs`. */
  #waitingBytes = 0;
  #waitingEnds = 0;
  #working: Promise<void> | undefined;
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  #run = 0;
  #reported: Position & { readonly bytes: number } = { ...START, bytes: 0 };
  #reportTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OfferedTransferOptions) {
    super(options);
    this.#options = options;
    this.size = options.size;
    this.count = options.count;
  }

  get files(): readonly FileInfo[] {
    return this.#files;
  }

  get current(): number {
    return this.#verified.file;
  }

  get isListed(): boolean {
    return this.#files.length === this.count;
  }

  /** It was offered over a connection that stands. */
  listen(): void {
    super.connection(true);
  }

  accept(open: OpenSink, received?: Received): void {
    if (this.#open !== undefined || this.end !== undefined) return;
    this.#open = open;
    if (received !== undefined) this.#goOnFrom(received);
    this.accepted();
    if (this.isConnected) void this.#start();
  }

  decline(): void {
    if (this.#open === undefined) this.finish("declined", "declined");
  }

  /** More of the list. False where it cannot be. */
  list(files: readonly FileInfo[]): boolean {
    // Told again after a break.
    if (this.isListed) return true;
    for (const file of files) {
      const path = safePath(file.path);
      if (path === undefined || this.#files.length >= this.count) return false;
      this.#files.push({ ...file, path: this.#unique(path) });
    }
    if (!this.isListed) return true;
    if (this.#files.reduce((sum, { size }) => sum + size, 0) !== this.size) return false;
    this.#options.onOffer(this);
    return true;
  }

  override connection(connected: boolean): void {
    this.#run += 1;
    this.#next = undefined;
    this.#filled = 0;
    super.connection(connected);
    if (!connected) {
      clearTimeout(this.#reportTimer);
      this.#reportTimer = undefined;
      return;
    }
    if (this.#open !== undefined) void this.#start();
    else this.say({ type: "check", id: this.id, by: "receiver" });
  }

  receive(frame: Frame): void {
    const next = this.#next;
    // On its way when we were not listening any more.
    if (next === undefined) return;
    const file = this.#files[next.file];
    if (file === undefined || frame.file !== next.file || frame.block !== next.blocks) {
      this.#fail("protocol");
      return;
    }
    const length = Math.min(BLOCK_BYTES, file.size - next.blocks * BLOCK_BYTES);
    switch (frame.kind) {
      case "part":
        this.#part(frame, length);
        break;
      case "seal":
        this.#seal(frame, length, next);
        break;
      case "end":
        this.#end(frame, length, next);
        break;
    }
  }

  protected override onMoving(): void {}

  protected override onFinish(): void {
    this.#run += 1;
    this.#next = undefined;
    this.#jobs = [];
    clearTimeout(this.#reportTimer);
    void this.#abortSink();
  }

  #goOnFrom({ file, blocks, tree }: Received): void {
    const before = this.#files.slice(0, file).reduce((sum, { size }) => sum + size, 0);
    this.#verified = { file, blocks };
    this.#verifiedBytes = before + blocks * BLOCK_BYTES;
    this.#tree = tree;
    this.progressed(this.#verifiedBytes);
  }

  /** Asks for everything that is not verified yet, once what has come is looked through. */
  async #start(): Promise<void> {
    const run = this.#run;
    while (this.#working !== undefined) await this.#working;
    const root = await this.#tree.root();
    if (run !== this.#run || this.end !== undefined) return;
    this.#next = this.#verified;
    this.#filled = 0;
    this.#reported = { ...this.#verified, bytes: this.#verifiedBytes };
    const hex = Array.from(root, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.say({ type: "start", id: this.id, ...this.#verified, root: hex });
  }

  #part({ offset, payload }: Frame, length: number): void {
    if (offset !== this.#filled || offset + payload.length > length) {
      this.#fail("protocol");
      return;
    }
    this.#buffer.set(payload, 1 + offset);
    this.#filled += payload.length;
  }

  #seal({ payload }: Frame, length: number, { file, blocks }: Position): void {
    const isComplete = length > 0 && this.#filled === length;
    if (!isComplete || this.#waitingBytes + length > WINDOW_BYTES) {
      this.#fail("protocol");
      return;
    }
    this.#jobs.push({ kind: "block", buffer: this.#buffer, length, digest: payload });
    this.#waitingBytes += length;
    this.#buffer = this.#spare.pop() ?? newBuffer();
    this.#filled = 0;
    this.#next = { file, blocks: blocks + 1 };
    this.#work();
  }

  #end({ payload }: Frame, length: number, { file }: Position): void {
    if (length > 0 || this.#waitingEnds >= WINDOW_FILES) {
      this.#fail("protocol");
      return;
    }
    this.#jobs.push({ kind: "end", root: payload });
    this.#waitingEnds += 1;
    this.#next = { file: file + 1, blocks: 0 };
    this.#work();
  }

  #work(): void {
    this.#working ??= this.#workOff().then(
      () => {
        this.#working = undefined;
        if (this.#jobs.length > 0) this.#work();
      },
      (cause: unknown) => {
        this.#working = undefined;
        this.#fail("sink", cause);
      },
    );
  }

  async #workOff(): Promise<void> {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      if (job.kind === "block") await this.#writeBlock(job);
      else await this.#endFile(job);
      if (this.end !== undefined) return;
      this.progressed(this.#verifiedBytes);
      this.#report();
    }
  }

  async #writeBlock({ buffer, length, digest }: Extract<Job, { kind: "block" }>): Promise<void> {
    const leaf = await leafHash(buffer.subarray(0, 1 + length));
    if (this.end !== undefined) return;
    if (!sameDigest(leaf, digest)) {
      this.#fail("hash");
      return;
    }
    const sink = await this.#openSink();
    if (this.end !== undefined) return;
    await sink.write(buffer.subarray(1, 1 + length));
    this.#tree = await this.#tree.with(leaf);
    if (this.#spare.length < MAX_SPARE) this.#spare.push(buffer);
    this.#waitingBytes -= length;
    this.#verifiedBytes += length;
    const { file, blocks } = this.#verified;
    this.#verified = { file, blocks: blocks + 1 };
  }

  async #endFile({ root }: Extract<Job, { kind: "end" }>): Promise<void> {
    const own = await this.#tree.root();
    if (this.end !== undefined) return;
    if (!sameDigest(own, root)) {
      this.#fail("hash");
      return;
    }
    const sink = await this.#openSink();
    if (this.end !== undefined) return;
    await sink.close();
    this.#sink = undefined;
    this.#tree = TreeHash.empty;
    this.#waitingEnds -= 1;
    this.#verified = { file: this.#verified.file + 1, blocks: 0 };
    if (this.#verified.file < this.count || this.end !== undefined) return;
    this.progressed(this.#verifiedBytes);
    this.finish("done", "done");
  }

  async #openSink(): Promise<FileSink> {
    if (this.#sink !== undefined) return this.#sink;
    const { file } = this.#verified;
    const sink = await (this.#open as OpenSink)(this.#files[file] as FileInfo, file);
    this.#sink = sink;
    // It ended while somebody was asked, or the file made.
    if (this.end !== undefined) await this.#abortSink();
    return sink;
  }

  async #abortSink(): Promise<void> {
    const sink = this.#sink;
    this.#sink = undefined;
    try {
      await sink?.abort();
    } catch {
      // What cannot be thrown away stays; the transfer has ended with a reason already.
    }
  }

  /** Tells how far it is: at once after much, after a moment otherwise. */
  #report(): void {
    if (this.#next === undefined) return;
    const bytes = this.#verifiedBytes - this.#reported.bytes;
    const files = this.#verified.file - this.#reported.file;
    if (bytes < REPORT_BYTES && files < REPORT_FILES) {
      this.#reportTimer ??= setTimeout(() => this.#sayHave(), REPORT_MS);
      return;
    }
    this.#sayHave();
  }

  #sayHave(): void {
    clearTimeout(this.#reportTimer);
    this.#reportTimer = undefined;
    this.#reported = { ...this.#verified, bytes: this.#verifiedBytes };
    this.say({ type: "have", id: this.id, ...this.#verified });
  }

  #fail(reason: "protocol" | "hash" | "sink", cause?: unknown): void {
    this.finish(reason, "failed", cause);
  }

  #unique(path: string): string {
    const key = pathKey(path);
    let unique = path;
    while (this.#paths.has(pathKey(unique))) {
      const n = this.#paths.get(key) ?? 2;
      this.#paths.set(key, n + 1);
      unique = path.replace(/(\.[^./]*)?$/, (extension) => ` (${n})${extension}`);
    }
    this.#paths.set(pathKey(unique), 2);
    return unique;
  }
}

const START: Position = { file: 0, blocks: 0 };

/** One byte 0 before the block, as the hash wants it. */
function newBuffer(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(1 + BLOCK_BYTES);
}

const MAX_SPARE = 4;

const REPORT_BYTES: number = WINDOW_BYTES / 4;
const REPORT_FILES: number = WINDOW_FILES / 4;
const REPORT_MS = 20;
