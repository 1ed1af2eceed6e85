import * as v from "valibot";
import type { RecordingInfo, RecordingParts, RecordingStore } from "./store.ts";

/** Whether this browser has files of the page's own that can be written to (not Safari before 26). */
export function hasPrivateFiles(): boolean {
  return (
    typeof navigator.storage?.getDirectory === "function" &&
    typeof FileSystemFileHandle === "function" &&
    "createWritable" in FileSystemFileHandle.prototype
  );
}

/**
 * The origin's private file system. Each part is a file of its own: browsers make what is written to a
 * file visible when it is closed, so a single long file would be lost with its tab.
 */
export const privateFileStore: RecordingStore = {
  async create(info) {
    const id = crypto.randomUUID();
    // First, so that no other tab takes the folder for one that was left behind.
    const release = await hold(id);
    const folder = await (await rootFolder()).getDirectoryHandle(id, { create: true });
    await write(await folder.getFileHandle(INFO, { create: true }), JSON.stringify(info));
    return new FolderParts(id, folder, info, release);
  },

  async leftovers() {
    const root = await rootFolder();
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    const inUse = new Set(held.map(({ name }) => name));
    const found: RecordingParts[] = [];
    for await (const [id, handle] of entries(root)) {
      if (handle.kind !== "directory" || inUse.has(lockName(id))) continue;
      const folder = handle as FileSystemDirectoryHandle;
      const info = await readInfo(folder);
      if (info === undefined) await root.removeEntry(id, { recursive: true });
      else found.push(new FolderParts(id, folder, info, await hold(id)));
    }
    return found;
  },
};

class FolderParts implements RecordingParts {
  readonly info: RecordingInfo;
  readonly #id: string;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #release: () => void;
  #count = 0;

  constructor(
    id: string,
    folder: FileSystemDirectoryHandle,
    info: RecordingInfo,
    release: () => void,
  ) {
    this.#id = id;
    this.#folder = folder;
    this.info = info;
    this.#release = release;
  }

  async append(part: Blob): Promise<void> {
    const name = `${PART}${String(this.#count).padStart(8, "0")}`;
    this.#count += 1;
    await write(await this.#folder.getFileHandle(name, { create: true }), part);
  }

  async blob(): Promise<Blob> {
    const names: string[] = [];
    for await (const [name] of entries(this.#folder)) if (name.startsWith(PART)) names.push(name);
    const files: Blob[] = [];
    for (const name of names.sort()) {
      files.push(await (await this.#folder.getFileHandle(name)).getFile());
    }
    return new Blob(files, { type: this.info.mimeType });
  }

  output(): Promise<FileSystemFileHandle> {
    return this.#folder.getFileHandle(OUTPUT, { create: true });
  }

  async remove(): Promise<void> {
    this.#release();
    const root = await rootFolder();
    await root.removeEntry(this.#id, { recursive: true }).catch(() => {});
  }
}

const Info: v.GenericSchema<unknown, RecordingInfo> = v.object({
  name: v.pipe(v.string(), v.maxLength(256)),
  mimeType: v.pipe(v.string(), v.maxLength(128)),
  startedAtMs: v.number(),
});

async function readInfo(folder: FileSystemDirectoryHandle): Promise<RecordingInfo | undefined> {
  try {
    const file = await (await folder.getFileHandle(INFO)).getFile();
    const { success, output } = v.safeParse(Info, JSON.parse(await file.text()) as unknown);
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}

async function rootFolder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true });
}

async function write(handle: FileSystemFileHandle, data: Blob | string): Promise<void> {
  const writable = await handle.createWritable();
  try {
    await writable.write(data);
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
}

/** Other tabs see by the lock that a recording is in use; it goes with the tab, however that ends. */
function hold(id: string): Promise<() => void> {
  return new Promise((resolve) => {
    const free = (): void => {};
    // Not in insecure contexts, which have no private files either.
    if (navigator.locks === undefined) resolve(free);
    const held = () => new Promise<void>((release) => resolve(release));
    navigator.locks?.request(lockName(id), held).catch(() => resolve(free));
  });
}

function lockName(id: string): string {
  return `${ROOT}/${id}`;
}

/** A folder's entries; lib.dom leaves them to another lib. */
function entries(folder: FileSystemDirectoryHandle): AsyncIterable<[string, FileSystemHandle]> {
  return folder as unknown as AsyncIterable<[string, FileSystemHandle]>;
}

const ROOT = "tincan-recordings";
const INFO = "info.json";
const PART = "part-";
const OUTPUT = "finished";
