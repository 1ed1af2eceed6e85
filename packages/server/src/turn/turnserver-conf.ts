/** One line of a `turnserver.conf` that says something. */
export interface ConfLine {
  readonly name: string;
  /** `undefined` where the name stands alone. */
  readonly value: string | undefined;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * Takes a `turnserver.conf` apart, as coturn does: a name, then `=` or spaces, then the value to the end
 * of the line, in quotes where it likes. Names are not judged here.
 *
 * What coturn does not do: a `#` behind a space begins a comment, also after a value. coturn takes it as
 * part of the value and stops, which is why nobody has a file that means it otherwise; a value that
 * needs it stands in quotes.
 */
export function readTurnserverConf(text: string): readonly ConfLine[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .flatMap((content, index) => readLine(content.trim(), index + 1));
}

function readLine(content: string, line: number): readonly ConfLine[] {
  if (content === "" || content.startsWith("#")) return [];
  const end = content.search(/[\s=]/);
  if (end < 0) return [{ name: content, value: undefined, line }];
  const value = content.slice(end).replace(/^[\s=]+/, "");
  return [{ name: content.slice(0, end), value: readValue(value), line }];
}

function readValue(text: string): string | undefined {
  if (text.startsWith('"')) {
    const end = text.indexOf('"', 1);
    return end < 0 ? text.slice(1) : text.slice(1, end);
  }
  // At the start of the text too: the space before it went with the name.
  const bare = text.replace(/(^|\s+)#.*$/, "").trim();
  return bare === "" ? undefined : bare;
}
