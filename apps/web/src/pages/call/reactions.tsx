import { For, type JSX } from "solid-js";
import type { CallDesk } from "../../room/call-desk.ts";

/** The emoji that somebody sends, rising over the picture for a moment. The announcer tells them to readers. */
export function Reactions(props: { readonly desk: CallDesk; readonly from: string }): JSX.Element {
  const own = (): readonly { readonly id: number; readonly emoji: string }[] =>
    props.desk.chat.reactions().filter(({ from }) => from === props.from);
  return (
    <span class="reactions" aria-hidden="true">
      <For each={own()}>
        {({ id, emoji }) => (
          <span class="reaction" style={{ "--drift": String((id % 5) - 2) }}>
            {emoji}
          </span>
        )}
      </For>
    </span>
  );
}
