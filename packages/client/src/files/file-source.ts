/** Where bytes to send come from: a `File` of a browser, or a file of Node. */
export interface FileSource {
  /** Its name, with the folders in which it is to arrive, `/` between. */
  readonly path: string;
  readonly size: number;
  readonly type?: string | undefined;
  readonly modified?: number | undefined;
  /** Reads from `start` until before `end`. Rejects where the file is not what it was when it was offered. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** A `File` as a source; one that was picked with its folder keeps its path below it. */
export function fileSource(file: File, path: string = file.webkitRelativePath): FileSource {
  return {
    path: path === "" ? file.name : path,
    size: file.size,
    ...(file.type !== "" && { type: file.type }),
    modified: file.lastModified,
    read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
  };
}
