import { CODE_WORDS } from "./code-words.ts";

/** A code that two people tell each other: a number that everybody may know, and words that only they do. */
export interface TransferCode {
  /** As people read it: `4821-beacon-mosaic-tulip`. */
  readonly text: string;
  /** The room in which both meet; all that the server learns of the code. */
  readonly room: string;
}

/** Why a text is no code. `word` is the first one that is not in the list. */
export type CodeFault =
  | { readonly fault: "shape" }
  | { readonly fault: "word"; readonly word: string };

/** A new code: one of 9,000 numbers, and 24 bits of words. */
export function generateCode(): TransferCode {
  const words = crypto.getRandomValues(new Uint8Array(WORD_COUNT));
  const number = FIRST_NUMBER + randomBelow(NUMBERS);
  return codeOf(
    String(number),
    Array.from(words, (byte) => CODE_WORDS[byte] as string),
  );
}

/**
 * Reads a code as people type it: in any case, with spaces or hyphens, and of a word three letters at
 * least, as no two words begin with the same ones.
 */
export function parseCode(
  text: string,
): { readonly ok: true; readonly value: TransferCode } | ({ readonly ok: false } & CodeFault) {
  const [number = "", ...words] = text
    .trim()
    .toLowerCase()
    .split(/[\s-]+/);
  if (!/^[1-9][0-9]{3}$/.test(number) || words.length !== WORD_COUNT) {
    return { ok: false, fault: "shape" };
  }
  const known: string[] = [];
  for (const word of words) {
    const found = CODE_WORDS.find((one) => word.length >= PREFIX && one.startsWith(word));
    if (found === undefined) return { ok: false, fault: "word", word };
    known.push(found);
  }
  return { ok: true, value: codeOf(number, known) };
}

const FIRST_NUMBER = 1000;
const NUMBERS = 9000;
const WORD_COUNT = 3;
const PREFIX = 3;

function codeOf(number: string, words: readonly string[]): TransferCode {
  return { text: [number, ...words].join("-"), room: `send-${number}` };
}

/** Without bias: what is beyond the last whole multiple is drawn again. */
function randomBelow(count: number): number {
  for (;;) {
    const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (value < Math.floor(2 ** 32 / count) * count) return value % count;
  }
}
