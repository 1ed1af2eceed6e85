import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type FileSource, MAX_FILES } from "@tincan/client/files";
import { SendError } from "./send-error.ts";

/**
 * The files at some paths, and those in the folders among them with their paths below it. Links are
 * followed to files, not to folders, which might lead round in circles. Throws `unreadable`, `nothing`
 * and `too-many`.
 */
export async function diskSources(paths: readonly string[], cwd: string): Promise<FileSource[]> {
  const sources: FileSource[] = [];
  const reader = new DiskReader();
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    await collect(absolute, basename(absolute) || "files", reader, sources);
  }
  if (sources.length === 0) throw new SendError("nothing", "There is no file to send.");
  return sources;
}

async function collect(
  path: string,
  name: string,
  reader: DiskReader,
  sources: FileSource[],
): Promise<void> {
  const stats = await readable(path, () => stat(path));
  if (stats.isDirectory()) {
    const entries = await readable(path, () => readdir(path, { withFileTypes: true }));
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = join(path, entry.name);
      if (entry.isSymbolicLink() && !(await leadsToFile(inside))) continue;
      if (entry.isDirectory() || entry.isFile() || entry.isSymbolicLink()) {
        await collect(inside, `${name}/${entry.name}`, reader, sources);
      }
    }
  } else if (stats.isFile()) {
    if (sources.length >= MAX_FILES) {
      throw new SendError(
        "too-many",
        `there are more than ${MAX_FILES} files; pack them, as in tar c FOLDER | tincan send -`,
      );
    }
    sources.push(reader.source(path, name, stats));
  } else {
    throw new SendError("unreadable", `${path} is neither a file nor a folder`);
  }
}

async function leadsToFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function readable<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new SendError("unreadable", `${path}: ${why}`, { cause });
  }
}

/** Reads files one after the other, each through one handle. */
class DiskReader {
  #path = "";
  #handle: FileHandle | undefined;

  source(path: string, name: string, stats: { size: number; mtimeMs: number }): FileSource {
    const { size, mtimeMs } = stats;
    return {
      path: name,
      size,
      modified: Math.max(0, Math.floor(mtimeMs)),
      read: async (start, end) => {
        const handle = await this.#open(path);
        const now = await handle.stat();
        if (now.size !== size || now.mtimeMs !== mtimeMs) {
          throw new RangeError(`${path} has changed since it was offered`);
        }
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
        if (end >= size) await this.#close();
        return bytes.subarray(0, bytesRead);
      },
    };
  }

  async #open(path: string): Promise<FileHandle> {
    if (this.#handle !== undefined && this.#path === path) return this.#handle;
    await this.#close();
    this.#handle = await open(path);
    this.#path = path;
    return this.#handle;
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
