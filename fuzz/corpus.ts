import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fromHex, toHex } from "../packages/webrtc/src/wire/index.ts";

/** So that the corpus stays something to look at. */
export const MAX_CORPUS = 48;

/** The inputs that are kept of a target, each of which reaches code that the others don't: a line of hex each. */
export function loadCorpus(target: string): Uint8Array[] {
  const file = fileOf(target);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => {
    const bytes = fromHex(line);
    if (bytes === undefined) throw new Error(`${file.pathname} has a line that is not hexadecimal`);
    return bytes;
  });
}

export function saveCorpus(target: string, inputs: readonly Uint8Array[]): void {
  writeFileSync(fileOf(target), inputs.map((input) => `${toHex(input)}\n`).join(""));
}

function fileOf(target: string): URL {
  return new URL(`./corpus/${target}.hex`, import.meta.url);
}
