import type { Call } from "@tincan/client";
import { Chat, type ChatMessage } from "@tincan/client/chat";
import { type Accessor, createSignal, onCleanup } from "solid-js";
import { createStore, reconcile } from "solid-js/store";

/** An emoji that floats over somebody's picture for a moment. */
export interface Reaction {
  readonly id: number;
  readonly from: string;
  readonly emoji: string;
}

/** What the page draws of a call's chat. */
export interface ChatModel {
  readonly messages: readonly ChatMessage[];
  readonly unread: Accessor<number>;
  readonly reactions: Accessor<readonly Reaction[]>;
  raised(id: string): boolean;
  send(text: string): void;
  retry(id: string): void;
  react(emoji: string): void;
  toggleHand(): void;
  /** Tells whether the texts are on the screen; what comes then is read. */
  look(looking: boolean): void;
}

export interface ChatTellings {
  message(name: string, text: string): void;
  hand(id: string, raised: boolean): void;
  reaction(id: string, emoji: string): void;
}

/** Opens the chat of a call; it ends with the component that calls it. */
export function createChatModel(call: Call, tell: ChatTellings): ChatModel {
  const chat = new Chat(call);
  const [messages, setMessages] = createStore<ChatMessage[]>([]);
  const [unread, setUnread] = createSignal(0);
  const [reactions, setReactions] = createSignal<readonly Reaction[]>([]);
  const [hands, setHands] = createSignal<readonly string[]>([]);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let looking = false;
  let counted = 0;

  const after = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const refresh = (): void => {
    const all = chat.messages.map((message) => ({ ...message }));
    setMessages(reconcile(all, { key: "id" }));
  };

  chat.on("changed", refresh);
  chat.on("history", refresh);
  chat.on("message", (message) => {
    refresh();
    if (message.own || looking) return;
    setUnread((count) => count + 1);
    tell.message(message.name, message.text);
  });
  chat.on("hand", ({ from, raised }) => {
    setHands(chat.hands);
    tell.hand(from, raised);
  });
  chat.on("reaction", ({ from, emoji }) => {
    counted += 1;
    const reaction: Reaction = { id: counted, from, emoji };
    setReactions((all) => [...all.slice(-MOST_REACTIONS + 1), reaction]);
    after(REACTION_MS, () => setReactions((all) => all.filter((one) => one !== reaction)));
    tell.reaction(from, emoji);
  });
  onCleanup(() => {
    for (const timer of timers) clearTimeout(timer);
    chat.close();
  });

  return {
    messages,
    unread,
    reactions,
    raised: (id) => hands().includes(id),
    send: (text) => void chat.send(text),
    retry: (id) => chat.retry(id),
    react: (emoji) => chat.react(emoji),
    toggleHand: () => chat.raiseHand(!chat.hands.includes(call.self.id)),
    look(now) {
      looking = now;
      if (now) setUnread(0);
    },
  };
}

const REACTION_MS = 3500;
/** On the screen at a time; those of a crowd that goes wild make room for each other. */
const MOST_REACTIONS = 24;
