import type { Random } from "./random-id.ts";

/** Why a text is no name of a room. */
export type RoomIdFault = "empty" | "too-long" | "bad-character";

/** The most characters (code points) of a room's name (PROTOCOL.md, Room names). */
export const MAX_ROOM_ID_LENGTH = 64;

/** The canonical form of a name that somebody typed: equal names meet in one room (PROTOCOL.md, Room names). */
export function parseRoomId(
  text: string,
):
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly fault: RoomIdFault } {
  // Lower case can take a text out of NFC, so that it is normalised once more.
  const id = text.normalize("NFC").toLowerCase().normalize("NFC");
  if (id === "") return { ok: false, fault: "empty" };
  if ([...id].length > MAX_ROOM_ID_LENGTH) return { ok: false, fault: "too-long" };
  if (!ROOM_ID.test(id)) return { ok: false, fault: "bad-character" };
  return { ok: true, value: id };
}

/** A new name that nobody can guess: four pronounceable words that carry 64 random bits. */
export function generateRoomId(random: Random): string {
  const bytes = random(8);
  const words: string[] = [];
  for (let at = 0; at < 8; at += 2) {
    words.push(word(((bytes[at] as number) << 8) | (bytes[at + 1] as number)));
  }
  return words.join("-");
}

/**
 * Letters, digits, `-` and `_`, and the marks that many scripts write their vowels with, though not at
 * the start. Letters and marks that show nothing at all (fillers, variation selectors) would make two
 * rooms of what reads as one name.
 */
const ROOM_ID = /^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{Nd}_-][\p{L}\p{M}\p{Nd}_-]*$/u;

/** Sixteen bits as consonants (four bits each) and vowels (two), in turns: the words of proquints. */
function word(bits: number): string {
  const consonant = (shift: number): string => "bdfghjklmnprstvz"[(bits >> shift) & 15] as string;
  const vowel = (shift: number): string => "aiou"[(bits >> shift) & 3] as string;
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
}
