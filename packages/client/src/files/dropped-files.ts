import { TincanError } from "../error.ts";
import { type FileSource, fileSource } from "./file-source.ts";
import { MAX_FILES } from "./limits.ts";

/**
 * All files that were dropped on a page, those in folders with their paths. To be called in the
 * handler of `drop` itself: what was dropped can be asked for only there. Throws `too-large` where
 * there are more files than one transfer may have.
 */
export async function droppedFiles(data: DataTransfer): Promise<FileSource[]> {
  const entries: FileSystemEntry[] = [];
  const plain: File[] = [];
  for (const item of data.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry();
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    else if (file !== null) plain.push(file);
  }
  const sources = plain.map((file) => fileSource(file));
  for (let entry = entries.shift(); entry !== undefined; entry = entries.shift()) {
    if (sources.length + entries.length > MAX_FILES) {
      throw new TincanError("too-large", `At most ${MAX_FILES} files can be sent at a time.`);
    }
    if (isFolder(entry)) entries.push(...(await entriesOf(entry)));
    else sources.push(fileSource(await fileOf(entry as FileSystemFileEntry), pathOf(entry)));
  }
  return sources;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function pathOf({ fullPath }: FileSystemEntry): string {
  return fullPath.replace(/^\//, "");
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Browsers give the entries of a folder in pieces of a hundred, and an empty piece at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
    if (all.length > MAX_FILES) return all;
  }
}
