import { createHash } from "node:crypto";
import { constants } from "node:fs";
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  statfs,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  BLOCK_BYTES,
  type FileInfo,
  type FileSink,
  hashBlocks,
  type OpenSink,
  type Received,
} from "@tincan/client/files";
import * as v from "valibot";
import { SendError } from "./send-error.ts";
import type { StoragePlace } from "./storage-place.ts";

/**
 * Writes the files of one transfer below a folder, over nothing that is there: what has a name that is
 * taken gets a number. Beside them, while it is under way, lie the file that is not complete yet
 * (`.tincan-….part`) and a journal, by which another process goes on with the same list of files.
 */
export class ReceivedFolder implements StoragePlace {
  readonly #folder: string;
  readonly #files: readonly FileInfo[];
  readonly #part: string;
  readonly #journalFile: string;
  #journal: Journal;
  received: Received | undefined;

  private constructor(folder: string, files: readonly FileInfo[], stem: string, journal: Journal) {
    this.#folder = folder;
    this.#files = files;
    this.#part = join(folder, `${stem}.part`);
    this.#journalFile = join(folder, `${stem}.json`);
    this.#journal = journal;
  }

  /** Throws `unwritable` and `no-space`. */
  static async create(folder: string, files: readonly FileInfo[]): Promise<ReceivedFolder> {
    try {
      await mkdir(folder, { recursive: true });
      const place = await ReceivedFolder.#find(folder, files);
      await place.#save();
      await place.#look();
      await place.#assertSpace();
      return place;
    } catch (cause) {
      if (cause instanceof SendError) throw cause;
      throw new SendError("unwritable", `cannot write to ${folder}: ${text(cause)}`, { cause });
    }
  }

  static async #find(folder: string, files: readonly FileInfo[]): Promise<ReceivedFolder> {
    for (let number = 1; ; number += 1) {
      const stem = `.tincan-${digestOf(files)}${number === 1 ? "" : `-${number}`}`;
      const journal = await readJournal(join(folder, `${stem}.json`), files.length);
      // Another process receives the same right now.
      if (journal !== undefined && journal.pid !== process.pid && isAlive(journal.pid)) continue;
      const known = journal ?? { done: 0, names: {} };
      return new ReceivedFolder(folder, files, stem, { ...known, pid: process.pid });
    }
  }

  get names(): readonly string[] {
    return Object.values(this.#journal.names).map((name) => join(this.#folder, name));
  }

  readonly open: OpenSink = async (file, index): Promise<FileSink> => {
    const goesOn = this.received?.file === index && this.received.blocks > 0;
    const handle = goesOn ? await open(this.#part, APPEND) : await this.#fresh();
    return {
      write: (bytes) => handle.appendFile(bytes),
      close: () => this.#complete(handle, file, index),
      // What is written stays for another time; `discard` takes it away.
      abort: () => handle.close(),
    };
  };

  async discard(): Promise<void> {
    await rm(this.#part, { force: true });
    await rm(this.#journalFile, { force: true });
  }

  async #fresh(): Promise<FileHandle> {
    await rm(this.#part, { force: true });
    return open(this.#part, "wx");
  }

  /** How much of the file under way is there, in whole blocks. */
  async #look(): Promise<void> {
    const { done } = this.#journal;
    const size = this.#files[done]?.size ?? 0;
    let blocks = 0;
    let tree = await hashBlocks(NOTHING, 0);
    const handle = await openIfThere(this.#part);
    if (handle !== undefined) {
      try {
        blocks = Math.floor(Math.min((await handle.stat()).size, size) / BLOCK_BYTES);
        await handle.truncate(blocks * BLOCK_BYTES);
        const read = async (start: number, end: number) => {
          const bytes = new Uint8Array(end - start);
          return bytes.subarray(0, (await handle.read(bytes, 0, bytes.length, start)).bytesRead);
        };
        tree = await hashBlocks({ read }, blocks);
      } finally {
        await handle.close();
      }
    }
    this.received = done === 0 && blocks === 0 ? undefined : { file: done, blocks, tree };
  }

  async #assertSpace(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    const { file = 0, blocks = 0 } = this.received ?? {};
    const needed =
      this.#files.slice(file).reduce((sum, { size }) => sum + size, 0) - blocks * BLOCK_BYTES;
    if (needed <= bavail * bsize) return;
    await this.discard();
    throw new SendError(
      "no-space",
      `the files need ${Math.ceil(needed / 1e6)} MB, and ${this.#folder} has ${Math.floor((bavail * bsize) / 1e6)} MB left`,
    );
  }

  async #complete(handle: FileHandle, file: FileInfo, index: number): Promise<void> {
    await handle.close();
    if (file.modified !== undefined) {
      const time = new Date(file.modified);
      await utimes(this.#part, time, time);
    }
    const [top = file.path, ...below] = file.path.split("/");
    const named = this.#journal.names[top];
    // What has folders shares the one that the first of its files has made.
    const name =
      below.length > 0 && named !== undefined ? named : await freeName(this.#folder, top);
    const target = join(this.#folder, name, ...below);
    await mkdir(dirname(target), { recursive: true });
    await rename(this.#part, target);
    this.#journal = {
      ...this.#journal,
      done: index + 1,
      names: { ...this.#journal.names, [top]: name },
    };
    if (index + 1 < this.#files.length) await this.#save();
    else await this.discard();
  }

  async #save(): Promise<void> {
    const fresh = `${this.#journalFile}.new`;
    await writeFile(fresh, JSON.stringify(this.#journal));
    await rename(fresh, this.#journalFile);
  }
}

interface Journal {
  /** Who writes it. */
  readonly pid: number;
  /** How many files of the list are complete. */
  readonly done: number;
  /** What the files and folders of the sender are called here. */
  readonly names: Readonly<Record<string, string>>;
}

const JournalSchema: v.GenericSchema<unknown, Journal> = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  done: v.pipe(v.number(), v.integer(), v.minValue(0)),
  names: v.record(v.string(), v.pipe(v.string(), v.regex(/^(?!\.\.?$)[^/\\]+$/))),
});

const APPEND: number = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
const UPDATE: number = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

const NOTHING = { read: async () => new Uint8Array() };

/** Another list of files is another transfer. */
function digestOf(files: readonly FileInfo[]): string {
  const list = files.map(({ path, size, modified }) => [path, size, modified]);
  return createHash("sha256").update(JSON.stringify(list)).digest("hex").slice(0, 16);
}

async function readJournal(file: string, count: number): Promise<Journal | undefined> {
  try {
    const { success, output } = v.safeParse(
      JournalSchema,
      JSON.parse(await readFile(file, "utf8")),
    );
    return success && output.done < count ? output : undefined;
  } catch {
    // There is none, or it is damaged: it begins anew.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, UPDATE);
  } catch {
    return undefined;
  }
}

/** The name, or the name with the first number that nothing has there. */
async function freeName(folder: string, name: string): Promise<string> {
  let free = name;
  for (let number = 2; await isTaken(join(folder, free)); number += 1) {
    free = name.replace(/(?<!^)(\.[^.]*)?$/, (extension) => ` (${number})${extension}`);
  }
  return free;
}

async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
