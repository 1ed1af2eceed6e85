import { TincanError } from "../error.ts";
import { MAX_TEXT_BYTES } from "./messages.ts";

/**
 * A text as it is sent and shown: well-formed Unicode, lines ended by `\n`, no control characters
 * but that and the tabulator, no white space around it. Throws `malformed` where nothing is left and
 * `too-large` beyond 16 KiB.
 */
export function textToSend(text: string): string {
  const clean = cleanText(text);
  if (clean === "") throw new TincanError("malformed", "There is nothing to send.");
  if (new TextEncoder().encode(clean).length > MAX_TEXT_BYTES) {
    throw new TincanError("too-large", `A text has at most ${MAX_TEXT_BYTES} bytes.`);
  }
  return clean;
}

/** The same for what comes; it may be empty. */
export function cleanText(text: string): string {
  const wellFormed = new TextDecoder().decode(new TextEncoder().encode(text));
  return wellFormed.replace(/\r\n?/g, "\n").replace(CONTROLS, "").trim();
}

/** C0 but tabulator and line feed, delete, and C1. */
const CONTROLS = /[^\P{Cc}\t\n]/gu;
