import { randomUUID } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ServerError, systemCode } from "./server-error.ts";

/** The folder in which the server keeps keys and secrets: readable by its user only. */
export class DataFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder where it is missing. */
  static async open(path: string): Promise<DataFolder> {
    await orDataFolderError(path, () => makeFolder(path));
    return new DataFolder(path);
  }

  /** A file's content, or `undefined` where there is no such file; closes it to other users. */
  async read(name: string): Promise<Buffer | undefined> {
    const file = join(this.path, name);
    return orDataFolderError(this.path, async () => {
      try {
        if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
        return await readFile(file);
      } catch (error) {
        if (systemCode(error) === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  /** Puts a file in place whole or not at all, whatever happens meanwhile. */
  async replace(name: string, content: string | Uint8Array): Promise<void> {
    await this.#place(content, (draft) => rename(draft, join(this.path, name)));
  }

  /** Like `replace`, but a file that somebody else made first stays; answers with what counts. */
  async create(name: string, content: Uint8Array): Promise<Buffer> {
    await this.#place(content, async (draft) => {
      try {
        await link(draft, join(this.path, name));
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
    });
    return (await this.read(name)) ?? Buffer.from(content);
  }

  async #place(
    content: string | Uint8Array,
    settle: (draft: string) => Promise<void>,
  ): Promise<void> {
    const draft = join(this.path, `.draft-${randomUUID()}`);
    await orDataFolderError(this.path, async () => {
      try {
        const file = await open(draft, "wx", 0o600);
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await settle(draft);
      } finally {
        await rm(draft, { force: true });
      }
    });
  }
}

/** Makes a folder and those above it. Node's own recursive mkdir never returns below /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    const parent = dirname(path);
    const isThere = code === "EEXIST" && (await stat(path)).isDirectory();
    if (isThere) return;
    if (code !== "ENOENT" || (await exists(parent))) throw error;
    await makeFolder(parent);
    await mkdir(path, { mode: 0o700 });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

async function orDataFolderError<Value>(path: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (cause) {
    throw new ServerError(
      "data-folder",
      `--data-dir: cannot use ${path} (${systemCode(cause) ?? "failed"}); give a folder that this user may write to`,
      { cause },
    );
  }
}
