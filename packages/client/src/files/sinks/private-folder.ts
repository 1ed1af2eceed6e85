import "../../disposable.ts";
import { randomInstance } from "../../instance.ts";
import type { FileSink, OpenSink } from "../file-sink.ts";
import type { FileInfo } from "../messages.ts";
import { saveInto } from "./disk.ts";

/**
 * A folder of the origin private file system, for browsers that cannot write to where the user says:
 * any size, not in memory, and given to the user at the end by a link to `file(index)`, which copies it.
 */
export class PrivateFolder implements AsyncDisposable {
  readonly #parent: FileSystemDirectoryHandle;
  readonly #name: string;
  readonly #files = new Map<number, FileSystemFileHandle>();
  readonly #release: () => void;

  private constructor(parent: FileSystemDirectoryHandle, name: string, release: () => void) {
    this.#parent = parent;
    this.#name = name;
    this.#release = release;
  }

  /** Makes a new folder, and removes those that closed or crashed pages have left behind. */
  static async create(): Promise<PrivateFolder> {
    const root = await navigator.storage.getDirectory();
    const parent = await root.getDirectoryHandle(PARENT, { create: true });
    await removeAbandoned(parent);
    const name = randomInstance();
    const release = await hold(name);
    await parent.getDirectoryHandle(name, { create: true });
    return new PrivateFolder(parent, name, release);
  }

  /** For `IncomingTransfer.accept`. */
  readonly open: OpenSink = async (info: FileInfo, index: number): Promise<FileSink> => {
    const folder = await this.#parent.getDirectoryHandle(this.#name);
    // Paths can be whatever they are; here the place in the list is enough.
    const open = saveInto(folder);
    const sink = await open({ ...info, path: `${index}` }, index);
    this.#files.set(index, await folder.getFileHandle(`${index}`));
    return sink;
  };

  /** A file that has arrived as a whole. Its bytes stay on disk. */
  async file(index: number): Promise<File | undefined> {
    return this.#files.get(index)?.getFile();
  }

  /** Removes all of it; to be called when the user has saved what it is for. */
  async remove(): Promise<void> {
    this.#files.clear();
    try {
      await this.#parent.removeEntry(this.#name, { recursive: true });
    } finally {
      this.#release();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

const PARENT = "tincan-files";

/** A lock says that a page still has this folder; the browser gives it back when the page is gone. */
function hold(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const lock = () => new Promise<void>((release) => resolve(release));
    navigator.locks.request(`${PARENT}:${name}`, lock).catch(reject);
  });
}

async function removeAbandoned(parent: FileSystemDirectoryHandle): Promise<void> {
  const names: string[] = [];
  for await (const name of parent.keys()) names.push(name);
  for (const name of names) {
    await navigator.locks.request(`${PARENT}:${name}`, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await parent.removeEntry(name, { recursive: true }).catch(() => {});
    });
  }
}
