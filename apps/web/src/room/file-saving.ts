import {
  type FileInfo,
  MemoryFiles,
  type OpenSink,
  PrivateFolder,
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
 * disk; else they wait in the page's own folder, or in memory, for a link. Has to be called inside
 * of a click. Undefined when the dialog was closed without a choice.
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
  return canKeepOnDisk() ? inPrivateFolder(await PrivateFolder.create()) : inMemory();
}

function straight(open: OpenSink): Saving {
  return { open, finish: async () => [], discard: () => {} };
}

function inPrivateFolder(folder: PrivateFolder): Saving {
  return linked(
    folder.open,
    (index) => folder.file(index),
    () => {
      // What cannot be removed now is when the next folder is made.
      folder.remove().catch(() => {});
    },
  );
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
