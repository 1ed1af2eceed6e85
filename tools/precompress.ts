import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Writes a brotli and a gzip copy beside every text file of a folder, for the server to send as they are. */
export async function precompress(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  await Promise.all(
    files
      .filter((file) => file.isFile() && TEXT.has(extname(file.name)))
      .map((file) => compress(join(file.parentPath, file.name))),
  );
}

const TEXT: ReadonlySet<string> = new Set([".js", ".css", ".html", ".svg", ".json"]);

/** Below this size the response headers outweigh what compression saves. */
const WORTHWHILE_BYTES = 512;

async function compress(file: string): Promise<void> {
  const source = await readFile(file);
  if (source.length < WORTHWHILE_BYTES) return;
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(source, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
      },
    }),
    promisify(gzip)(source, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
}
