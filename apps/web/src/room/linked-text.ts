/** A piece of a message: words, or an address that can be followed. */
export interface TextPiece {
  readonly text: string;
  readonly href?: string;
}

/** Finds the web addresses in a text. Nothing else becomes a link, whatever it looks like. */
export function linkedText(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let done = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'`]+/giu)) {
    const address = withoutTail(match[0]);
    if (!URL.canParse(address)) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index) });
    pieces.push({ text: address, href: new URL(address).href });
    done = match.index + address.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** What ends a sentence does not belong to the address in it; a closing bracket does if it opened there. */
function withoutTail(address: string): string {
  const trimmed = address.replace(/[.,;:!?…，。；：！？、）】》」』]+$/u, "");
  const closesMore = trimmed.split(")").length > trimmed.split("(").length;
  return trimmed.endsWith(")") && closesMore ? withoutTail(trimmed.slice(0, -1)) : trimmed;
}
