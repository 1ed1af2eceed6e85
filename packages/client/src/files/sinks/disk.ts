import type { FileSink, OpenSink } from "../file-sink.ts";

/**
 * Writes one file to where the user said, for instance in the dialog of `showSaveFilePicker`. The
 * browser writes beside it and puts all in its place at the end.
 */
export async function saveAs(handle: FileSystemFileHandle): Promise<FileSink> {
  const stream = await handle.createWritable();
  return new StreamSink(stream, async () => {});
}

/**
 * Writes files below a folder, with their own folders: one that the user picked
 * (`showDirectoryPicker`), or one of the origin private file system. What is there already is not
 * written over: the new one gets a number.
 */
export function saveInto(folder: FileSystemDirectoryHandle): OpenSink {
  return async ({ path }) => {
    const names = path.split("/");
    const name = names.pop() ?? path;
    let parent = folder;
    for (const step of names) parent = await parent.getDirectoryHandle(step, { create: true });
    const free = await freeName(parent, name);
    const handle = await parent.getFileHandle(free, { create: true });
    const stream = await handle.createWritable();
    return new StreamSink(stream, () => parent.removeEntry(free));
  };
}

/** Gathers blocks to larger pieces: each write is a message to the browser's own process. */
class StreamSink implements FileSink {
  readonly #stream: FileSystemWritableFileStream;
  readonly #remove: () => Promise<void>;
  readonly #gathered = new Uint8Array(PIECE_BYTES);
  #length = 0;

  constructor(stream: FileSystemWritableFileStream, remove: () => Promise<void>) {
    this.#stream = stream;
    this.#remove = remove;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#length + bytes.length > PIECE_BYTES) await this.#flush();
    this.#gathered.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#stream.close();
  }

  async abort(): Promise<void> {
    try {
      await this.#stream.abort();
    } finally {
      await this.#remove();
    }
  }

  async #flush(): Promise<void> {
    if (this.#length > 0) await this.#stream.write(this.#gathered.subarray(0, this.#length));
    this.#length = 0;
  }
}

const PIECE_BYTES: number = 1024 * 1024;

/** The name, or the name with the first number that nothing has there. */
async function freeName(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  let free = name;
  for (let n = 2; await isTaken(folder, free); n += 1) {
    if (n > MAX_TRIES) throw new RangeError(`There are too many files named ${name}.`);
    free = name.replace(/(\.[^.]*)?$/, (extension) => ` (${n})${extension}`);
  }
  return free;
}

async function isTaken(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    // A folder of this name is in the way as well.
    return !(error instanceof DOMException && error.name === "NotFoundError");
  }
}

const MAX_TRIES = 1000;
