import { MAX_PATH_BYTES } from "./limits.ts";

/**
 * A relative path that can be made on every system, out of one that a peer has sent: folders with
 * `/` between, no way out of where it is put, no names that a system keeps for itself, no characters
 * that deceive. `undefined` where nothing sensible is left.
 */
export function safePath(path: string): string | undefined {
  if (path.length > MAX_PATH_BYTES || path.includes("\0")) return undefined;
  const names = path
    .normalize("NFC")
    .split(/[/\\]/)
    .filter((name) => name !== "" && name !== ".");
  if (names.length === 0 || names.length > MAX_DEPTH || names.includes("..")) return undefined;
  const safe = names.map(safeName).join("/");
  return new TextEncoder().encode(safe).length <= MAX_PATH_BYTES ? safe : undefined;
}

/** Two files of a list must not end in one; systems differ in what they take for the same name. */
export function pathKey(path: string): string {
  return path.normalize("NFKC").toLowerCase();
}

function safeName(name: string): string {
  const plain = name
    .replace(UNUSABLE, "_")
    // Windows takes no dots and spaces at the end, and loses them without a word.
    .replace(/[. ]+$/, (end) => "_".repeat(end.length))
    .replace(/^ +/, "");
  const stem = plain.split(".")[0] ?? "";
  const safe = plain === "" || RESERVED.test(stem.trim()) ? `_${plain}` : plain;
  return shorten(safe);
}

/** Keeps the extension, by which systems know what to do with a file. */
function shorten(name: string): string {
  const characters = [...name];
  if (characters.length <= MAX_NAME) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? [...name.slice(dot)] : [];
  if (extension.length > 16) return characters.slice(0, MAX_NAME).join("");
  return [...characters.slice(0, MAX_NAME - extension.length), ...extension].join("");
}

/**
 * What Windows refuses in names, what is no character, and what makes a name look like another one:
 * controls, and format characters such as those that turn the direction of writing (`gpj.exe`).
 * The joiners that emoji and some scripts are made with may stay.
 */
const UNUSABLE = /[<>:"|?*]|(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Devices on Windows, with every extension. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

const MAX_DEPTH = 32;

/** 255 bytes is what most file systems take for one name. */
const MAX_NAME = 60;
