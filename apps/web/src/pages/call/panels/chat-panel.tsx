import type { ChatMessage } from "@tincan/client/chat";
import checkIcon from "lucide-static/icons/check-check.svg?raw";
import alertIcon from "lucide-static/icons/circle-alert.svg?raw";
import clockIcon from "lucide-static/icons/clock.svg?raw";
import messageIcon from "lucide-static/icons/message-square.svg?raw";
import sendIcon from "lucide-static/icons/send-horizontal.svg?raw";
import { createEffect, For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { currentLanguage, t } from "../../../i18n/translate.ts";
import { Icon } from "../../../parts/icon.tsx";
import type { CallDesk } from "../../../room/call-desk.ts";
import { linkedText } from "../../../room/linked-text.ts";
import { ReactionBar } from "../reaction-bar.tsx";
import "./chat-panel.css";

/** The texts of the call, and the field to write one. */
export function ChatPanel(props: { readonly desk: CallDesk }): JSX.Element {
  const { chat } = props.desk;
  let list!: HTMLOListElement;
  let field!: HTMLTextAreaElement;
  onMount(() => {
    chat.look(true);
    // On phones the keyboard would cover what one came to read.
    if (matchMedia("(hover: hover)").matches) field.focus();
  });
  onCleanup(() => chat.look(false));
  createEffect((last: number) => {
    const count = chat.messages.length;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
    const own = chat.messages.at(-1)?.own === true;
    if (count !== last && (last === 0 || atEnd || own)) list.scrollTop = list.scrollHeight;
    return count;
  }, 0);

  const send = (event?: Event): void => {
    event?.preventDefault();
    const text = field.value.trim();
    if (text === "") return;
    chat.send(text);
    field.value = "";
    grow();
  };
  const grow = (): void => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, MOST_HEIGHT_PX)}px`;
  };
  const sendByKey = (event: KeyboardEvent): void => {
    // Enter that chooses from an input method (Chinese) sends nothing.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  };

  return (
    <>
      <Show when={chat.messages.length === 0}>
        <div class="panel-empty">
          <Icon svg={messageIcon} />
          <p>{t("chat.empty")}</p>
        </div>
      </Show>
      <ol
        ref={list}
        class="chat-list"
        classList={{ "is-empty": chat.messages.length === 0 }}
        tabindex="0"
        aria-label={t("chat.texts")}
      >
        <For each={chat.messages}>
          {(message, index) => (
            <Message
              desk={props.desk}
              message={message}
              goesOn={goesOn(chat.messages[index() - 1], message)}
            />
          )}
        </For>
      </ol>
      <form class="chat-form" onSubmit={send}>
        <ReactionBar desk={props.desk} />
        <div class="chat-row">
          <textarea
            ref={field}
            class="field chat-field"
            rows="1"
            maxlength={MAX_LENGTH}
            aria-label={t("chat.write")}
            placeholder={t("chat.write")}
            enterkeyhint="send"
            onInput={grow}
            onKeyDown={sendByKey}
          />
          <button
            type="submit"
            class="button button-primary button-icon"
            aria-label={t("chat.send")}
            title={t("chat.send")}
          >
            <Icon svg={sendIcon} />
          </button>
        </div>
      </form>
    </>
  );
}

const MOST_HEIGHT_PX = 140;
/** At most four bytes each, within the 16 KiB of one text. */
const MAX_LENGTH = 4000;
const SAME_BREATH_MS = 3 * 60_000;

/** Whether a text follows one of the same person so soon that the name need not be said again. */
function goesOn(before: ChatMessage | undefined, message: ChatMessage): boolean {
  return before?.from === message.from && message.time - before.time < SAME_BREATH_MS;
}

function Message(props: {
  readonly desk: CallDesk;
  readonly message: ChatMessage;
  readonly goesOn: boolean;
}): JSX.Element {
  const name = (): string =>
    props.message.own ? t("call.you") : props.message.name || t("call.guest");
  const time = (): string =>
    new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "short" }).format(props.message.time);
  return (
    <li
      class="chat-message"
      classList={{ "is-own": props.message.own, "goes-on": props.goesOn }}
      data-delivery={props.message.own ? props.message.delivery : undefined}
    >
      <p class="chat-meta" classList={{ "visually-hidden": props.goesOn }}>
        <span class="chat-name">{name()}</span> <time>{time()}</time>
      </p>
      <p class="chat-text">
        <For each={linkedText(props.message.text)}>
          {({ text, href }) => (
            <Show when={href} fallback={text}>
              <a href={href} target="_blank" rel="noopener noreferrer">
                {text}
              </a>
            </Show>
          )}
        </For>
      </p>
      <Show when={props.message.own}>
        <Delivery desk={props.desk} message={props.message} />
      </Show>
    </li>
  );
}

function Delivery(props: { readonly desk: CallDesk; readonly message: ChatMessage }): JSX.Element {
  const icons = { pending: clockIcon, delivered: checkIcon, failed: alertIcon } as const;
  const label = (): string => t(`chat.${props.message.delivery}`);
  return (
    <span class="chat-delivery" data-delivery={props.message.delivery}>
      <Show
        when={props.message.delivery === "failed"}
        fallback={
          <span role="img" aria-label={label()} title={label()}>
            <Icon svg={icons[props.message.delivery]} />
          </span>
        }
      >
        <button type="button" onClick={() => props.desk.chat.retry(props.message.id)}>
          <Icon svg={icons.failed} />
          {t("chat.failed")}
        </button>
      </Show>
    </span>
  );
}
