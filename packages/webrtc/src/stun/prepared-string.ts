/**
 * Names and passwords are compared as bytes, so the same text must always be the same bytes.
 * RFC 8489 §9.2 prepares them as OpaqueString; RFC 5389 §15.4 used SASLprep before. Plain ASCII comes
 * out of both as it went in.
 */

/**
 * The OpaqueString profile (RFC 8265 §4.2): other spaces become U+0020, the text is composed (NFC),
 * and what the FreeformClass of RFC 8264 §4.3 disallows makes it invalid (`undefined`). The
 * context rules of RFC 5892 appendix A are not applied: such characters are let through.
 */
export function prepareOpaqueString(text: string): string | undefined {
  const prepared = text.replace(otherSpaces, " ").normalize("NFC");
  return prepared === "" || notFreeform.test(prepared) ? undefined : prepared;
}

/**
 * The SASLprep profile (RFC 4013 §2): some characters vanish, other spaces become U+0020, the text
 * is normalised by NFKC, and prohibited characters make it invalid (`undefined`). The rule for
 * right-to-left text (RFC 3454 §6) is not applied.
 */
export function prepareSasl(text: string): string | undefined {
  const mapped = text.replace(mappedToNothing, "").replace(otherSpaces, " ");
  const prepared = mapped.normalize("NFKC");
  return notSasl.test(prepared) ? undefined : prepared;
}

/** Spaces of Unicode other than U+0020 (RFC 8265 §4.2.2 rule 2, RFC 3454 C.1.2). */
const otherSpaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gu;

/** Controls, unassigned, ignorable, surrogates, old Hangul jamo (RFC 8264 §9); joiners depend on context. */
const notFreeform =
  /(?![\u200c\u200d])[\p{Cc}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/u;

/** Commonly mapped to nothing (RFC 3454 B.1). */
const mappedToNothing =
  /\u034f|[\u180b-\u180d]|[\u00ad\u1806\u200b-\u200d\u2060\ufeff]|[\ufe00-\ufe0f]/gu;

/** Controls, private use, noncharacters, surrogates, tags and the like (RFC 4013 §2.3). */
const notSasl =
  /\u0340|\u0341|[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u200e\u200f\u2028-\u202e\u2061-\u206f\u2ff0-\u2ffb\ufff9-\ufffd\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;
