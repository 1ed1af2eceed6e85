import handIcon from "lucide-static/icons/hand.svg?raw";
import { For, type JSX } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import type { CallDesk } from "../../room/call-desk.ts";

/** What can be said without words. */
export function ReactionBar(props: { readonly desk: CallDesk }): JSX.Element {
  const { chat, call } = props.desk;
  const raised = (): boolean => chat.raised(call.self.id);
  return (
    <fieldset class="reaction-bar" aria-label={t("reaction.group")}>
      <button
        type="button"
        class="reaction-hand"
        aria-pressed={raised()}
        aria-label={t(raised() ? "hand.lower" : "hand.raise")}
        title={t(raised() ? "hand.lower" : "hand.raise")}
        onClick={() => chat.toggleHand()}
      >
        <Icon svg={handIcon} />
      </button>
      <For each={REACTIONS}>
        {({ emoji, name }) => (
          <button
            type="button"
            aria-label={t(`reaction.${name}`)}
            title={t(`reaction.${name}`)}
            onClick={() => chat.react(emoji)}
          >
            {emoji}
          </button>
        )}
      </For>
    </fieldset>
  );
}

const REACTIONS = [
  { emoji: "\u{1F44D}", name: "yes" },
  { emoji: "\u{1F44F}", name: "applause" },
  { emoji: "\u{2764}\u{FE0F}", name: "heart" },
  { emoji: "\u{1F602}", name: "laugh" },
  { emoji: "\u{1F62E}", name: "surprise" },
  { emoji: "\u{1F389}", name: "party" },
] as const;
