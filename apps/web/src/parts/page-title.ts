import { createEffect } from "solid-js";

/** Names the view in the tab and in the history. */
export function usePageTitle(title: () => string | undefined): void {
  createEffect(() => {
    const text = title();
    document.title = text === undefined ? "Tincan" : `${text} · Tincan`;
  });
}
