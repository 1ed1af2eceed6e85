import {
  downloadThrough,
  type FileInfo,
  MemoryFiles,
  type OpenSink,
  PrivateFolder,
  registerDownloads,
  saveAs,
  saveInto,
  type TransferReason,
} from "@tincan/client/files";

/** A file that came, behind a link that saves it. */
export interface SavedFile {
  readonly name: string;
  readonly href: string;
}

/** Where the files of one transfer go. */
export interface Saving {
  readonly open: OpenSink;
  /** The links to save them by; none where they are in their place already. */
  finish(files: readonly FileInfo[], reason: TransferReason): Promise<readonly SavedFile[]>;
  discard(): void;
}

/**
 * Asks where to save: in the browser's own dialog where it has one, so that bytes go straight to
 * disk. Else they wait for a link in the page's own folder, if they fit in; else they go through a
 * service worker into a download of the browser's own; else they wait in memory. Has to be called
 * inside of a click. Undefined when the dialog was closed without a choice.
 */
export async function createSaving(files: readonly FileInfo[]): Promise<Saving | undefined> {
  const pickers = window as Partial<Pickers>;
  try {
    const [only] = files;
    if (files.length === 1 && only !== undefined && pickers.showSaveFilePicker !== undefined) {
      const suggestedName = only.path.split("/").at(-1) ?? only.path;
      const handle = await pickers.showSaveFilePicker({ suggestedName });
      return straight(() => saveAs(handle));
    }
    if (files.length > 1 && pickers.showDirectoryPicker !== undefined) {
      const folder = await pickers.showDirectoryPicker({ mode: "readwrite" });
      return straight(saveInto(folder));
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
  }
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return (await inPrivateFolder(size)) ?? (await throughWorker()) ?? inMemory();
}

function straight(open: OpenSink): Saving {
  return { open, finish: async () => [], discard: () => {} };
}

async function inPrivateFolder(size: number): Promise<Saving | undefined> {
  try {
    if (!canKeepOnDisk()) return undefined;
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    if (size > quota - usage) return undefined;
    return keptIn(await PrivateFolder.create());
  } catch {
    // Private windows name the folder and then do not give it.
    return undefined;
  }
}

function keptIn(folder: PrivateFolder): Saving {
  return linked(
    folder.open,
    (index) => folder.file(index),
    () => {
      // What cannot be removed now is when the next folder is made.
      folder.remove().catch(() => {});
    },
  );
}

/** The SDK's worker, at the page's own server. Not while the page is developed: Vite serves none. */
async function throughWorker(): Promise<Saving | undefined> {
  try {
    return straight(downloadThrough(await registerDownloads("/sdk/download-worker.js")));
  } catch {
    // No workers in this browser or window, or none behind a certificate that it does not trust.
    return undefined;
  }
}

function inMemory(): Saving {
  const memory = new MemoryFiles();
  return linked(
    memory.open,
    async (index) => memory.blob(index),
    () => {},
  );
}

function linked(
  open: OpenSink,
  read: (index: number) => Promise<Blob | undefined>,
  remove: () => void,
): Saving {
  const hrefs: string[] = [];
  return {
    open,
    async finish(files, reason) {
      if (reason !== "done") return [];
      const saved: SavedFile[] = [];
      for (const [index, { path }] of files.entries()) {
        const blob = await read(index);
        if (blob === undefined) continue;
        const href = URL.createObjectURL(blob);
        hrefs.push(href);
        saved.push({ name: path.split("/").at(-1) ?? path, href });
      }
      return saved;
    },
    discard() {
      for (const href of hrefs.splice(0)) URL.revokeObjectURL(href);
      remove();
    },
  };
}

function canKeepOnDisk(): boolean {
  return (
    "storage" in navigator &&
    "getDirectory" in navigator.storage &&
    "locks" in navigator &&
    "createWritable" in (globalThis.FileSystemFileHandle?.prototype ?? {})
  );
}

/** Of Chromium; lib.dom does not know them. */
interface Pickers {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
  showDirectoryPicker(options: { mode: "readwrite" }): Promise<FileSystemDirectoryHandle>;
}
