import type { EmbedTheme } from "@tincan/client/embed-messages";

/** How the page stands in a page of somebody else (docs/embed.md). */
export interface Embedding {
  /** The origin of the page around this one: it alone is told what happens, and is listened to. */
  readonly embedder: string | undefined;
}

/** Whether the page is embedded, as its address says: `embed=ORIGIN`, or `embed=1` where nobody is to be told. */
export function embedding(): Embedding | undefined {
  const embed = new URLSearchParams(location.search).get("embed");
  if (embed === null || embed === "0") return undefined;
  const url = URL.parse(embed);
  // Of `null` and of files there is no telling who they are.
  return { embedder: url === null || url.origin === "null" ? undefined : url.origin };
}

/** Dresses the page for its place: the colours that the address asks for, and nothing around the call. */
export function dressEmbedded(): void {
  const theme = new URLSearchParams(location.search).get("theme");
  if (theme === "light" || theme === "dark") showTheme(theme);
  document.documentElement.classList.toggle("is-embedded", embedding() !== undefined);
}

/** Shows the page in light or dark, or in what its visitor prefers. */
export function showTheme(theme: EmbedTheme): void {
  document.documentElement.dataset.theme = theme;
}
