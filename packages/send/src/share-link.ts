import { parseCode, type TransferCode } from "@tincan/client/code";

/** What whoever opens a link is to do there. */
export type ShareDirection = "send" | "receive";

/** The page's address for the other side. The code stands in the fragment, which browsers tell no server. */
export function shareLink(server: URL, direction: ShareDirection, code: TransferCode): string {
  return `${new URL(direction, server.origin).href}#${code.text}`;
}

/** Server and code of a link that was pasted in place of a code; `undefined` where it is none. */
export function readShareLink(
  text: string,
): { readonly server: URL; readonly code: TransferCode } | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const code = parseCode(url.hash.slice(1));
  return code.ok ? { server: new URL(url.origin), code: code.value } : undefined;
}
