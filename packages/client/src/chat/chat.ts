import "../disposable.ts";
import type { Call } from "../call/call.ts";
import type { Channel } from "../channel/channel.ts";
import { pagesOf } from "../channel/pages-of.ts";
import { parseMessage } from "../channel/parse-message.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import { TincanError } from "../error.ts";
import { randomInstance } from "../instance.ts";
import type { Peer } from "../peer/peer.ts";
import { ChatLimits } from "./chat-limits.ts";
import { Deliveries, type Delivery } from "./deliveries.ts";
import { History, type KeptText } from "./history.ts";
import { HistorySync } from "./history-sync.ts";
import {
  CHAT_VERSION,
  type ChatBody,
  ChatBodySchema,
  type HistoryEntry,
  MAX_CLOCK,
  MAX_WANTED,
  type TextInfo,
} from "./messages.ts";
import { cleanText, textToSend } from "./text.ts";

/** One text of the call. */
export interface ChatMessage {
  readonly id: string;
  /** The author's peer id, or our own at that time. */
  readonly from: string;
  readonly name: string;
  readonly text: string;
  /** By the clock of the author's machine, in milliseconds since 1970; the order does not depend on it. */
  readonly time: number;
  readonly own: boolean;
  /** False where another peer has told what the author said; it cannot be checked. */
  readonly direct: boolean;
  /** Whom a text of our own has reached, by peer id. */
  readonly deliveries: ReadonlyMap<string, Delivery>;
  /** All of them in one word: `failed` where one has failed, `delivered` where nothing is pending. */
  readonly delivery: Delivery;
}

/** What happens in a chat, for `Chat.on`. */
export interface ChatEvents {
  /** Something was said just now, also by us. */
  readonly message: ChatMessage;
  /** Its marks of delivery are other ones. */
  readonly changed: ChatMessage;
  /** What was said before we came, or while we were away. */
  readonly history: readonly ChatMessage[];
  readonly reaction: { readonly from: string; readonly emoji: string };
  /** A hand was raised or taken down; `from` is a peer's id, or our own. */
  readonly hand: { readonly from: string; readonly raised: boolean };
  /** A peer has sent what the protocol does not allow; for logs. */
  readonly fault: TincanError;
}

/**
 * Text, reactions and raised hands of a call, from peer to peer: the server sees nothing and keeps
 * nothing. What was said is kept in memory and given to whoever comes later, by those who have it.
 */
export class Chat implements Disposable {
  readonly #call: Call;
  readonly #channel: Channel;
  readonly #events = new Emitter<ChatEvents>();
  readonly #history = new History();
  readonly #limits = new ChatLimits();
  readonly #deliveries: Deliveries;
  readonly #sync: HistorySync;
  readonly #own = new Set<string>();
  /** Who has raised a hand, by id, in the order in which they did. */
  readonly #hands = new Set<string>();
  readonly #off: readonly (() => void)[];
  #clock = 0;
  #handRaised = false;
  #closed = false;

  constructor(call: Call) {
    this.#call = call;
    this.#deliveries = new Deliveries({
      onChange: (id) => {
        const text = this.#history.find(id);
        if (text !== undefined) this.#events.emit("changed", this.#view(text));
      },
    });
    this.#sync = new HistorySync({
      isWanted: (id, clock) =>
        this.#history.find(id) === undefined && this.#history.hasRoomFor(clock),
      ask: (peerId, ids) => this.#say(peerId, { type: "want", ids }),
    });
    this.#channel = call.channel({ label: "tincan.chat", id: 1 });
    this.#channel.on("open", (peer) => this.#hello(peer.id, false));
    this.#channel.on("message", ({ peer, data }) => this.#receive(peer, data));
    this.#channel.on("close", (peer) => this.#sync.gone(peer.id));
    this.#off = [
      call.on("peer-left", ({ peer }) => this.#left(peer)),
      call.on("ended", () => this.close()),
    ];
  }

  /** Everything that was said and is still kept: the last 500 texts, oldest first. */
  get messages(): readonly ChatMessage[] {
    return this.#history.texts.map((text) => this.#view(text));
  }

  /** Who has raised a hand, by id (ours is `call.self.id`), first raised first. */
  get hands(): readonly string[] {
    return [...this.#hands].map((id) => (id === OURS ? this.#call.self.id : id));
  }

  /**
   * Says something to everybody, also to those who come later. Throws `malformed` (nothing in it),
   * `too-large` (more than 16 KiB) and `ended`.
   */
  send(text: string): ChatMessage {
    this.#assertOpen();
    const clean = textToSend(text);
    const { id: from, name } = this.#call.self;
    this.#clock = Math.min(this.#clock + 1, MAX_CLOCK);
    const kept: KeptText = {
      ...{ id: randomInstance(), clock: this.#clock, time: Date.now(), text: clean },
      ...{ from, name, direct: true },
    };
    this.#own.add(kept.id);
    this.#keep(kept);
    this.#deliveries.begin(kept.id, this.#call.peers.keys());
    for (const peerId of this.#call.peers.keys()) this.#tell(peerId, kept);
    const message = this.#view(kept);
    this.#events.emit("message", message);
    return message;
  }

  /** Sends a text of ours once more to those whom it has not reached. */
  retry(id: string): void {
    this.#assertOpen();
    const kept = this.#history.find(id);
    if (kept === undefined || !this.#isOwn(kept)) return;
    const failed = [...this.#deliveries.of(id)].flatMap(([peerId, state]) =>
      state === "failed" && this.#call.peers.has(peerId) ? [peerId] : [],
    );
    if (failed.length === 0) return;
    this.#deliveries.begin(id, failed);
    for (const peerId of failed) this.#tell(peerId, kept);
    this.#events.emit("changed", this.#view(kept));
  }

  /** Shows everybody who is here now an emoji of up to 32 characters; nothing of it is kept. */
  react(emoji: string): void {
    this.#assertOpen();
    const clean = cleanText(emoji);
    if (clean === "" || clean.length > MAX_EMOJI) {
      throw new TincanError("malformed", `A reaction has 1 to ${MAX_EMOJI} characters.`);
    }
    for (const peerId of this.#call.peers.keys()) {
      this.#say(peerId, { type: "reaction", emoji: clean });
    }
    this.#events.emit("reaction", { from: this.#call.self.id, emoji: clean });
  }

  /** Raises our hand, or takes it down. It stays raised for those who come later. */
  raiseHand(raised = true): void {
    this.#assertOpen();
    if (this.#handRaised === raised) return;
    this.#handRaised = raised;
    for (const peerId of this.#call.peers.keys()) this.#say(peerId, { type: "hand", raised });
    this.#setHand(OURS, raised);
  }

  on<Name extends keyof ChatEvents>(
    event: Name,
    listener: (detail: ChatEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  /** Ends the chat; the call goes on. What was said can still be read. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const off of this.#off) off();
    this.#channel.close();
    this.#deliveries.clear();
    this.#sync.clear();
    this.#events.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #receive(peer: Peer, data: string | Uint8Array): void {
    const body = this.#limits.isFlooding(peer.id) ? undefined : parseMessage(ChatBodySchema, data);
    if (body === undefined || !this.#limits.allows(peer.id, body)) {
      if (this.#limits.mayReport(peer.id)) {
        const message = `${peer.id} broke the rules of the chat.`;
        this.#events.emit("fault", new TincanError("protocol", message));
      }
      return;
    }
    switch (body.type) {
      case "hello":
        this.#meet(peer, body);
        break;
      case "text":
        this.#hear(peer, body);
        break;
      case "got":
        for (const id of body.ids) this.#reached(id, peer);
        break;
      case "want":
        this.#give(peer, body.ids);
        break;
      case "history":
        this.#learn(peer, body.entries);
        break;
      case "reaction":
        this.#events.emit("reaction", { from: peer.id, emoji: cleanText(body.emoji) });
        break;
      case "hand":
        this.#setHand(peer.id, body.raised);
        break;
    }
  }

  #hello(peerId: string, answer: boolean): void {
    const have = this.#history.texts.map(({ id, clock }) => [id, clock] as const);
    this.#say(peerId, { type: "hello", v: CHAT_VERSION, answer, hand: this.#handRaised, have });
  }

  #meet(peer: Peer, hello: Extract<ChatBody, { type: "hello" }>): void {
    // Its first one went where nobody listened yet, or ours did.
    if (!hello.answer) this.#hello(peer.id, true);
    for (const [id, clock] of hello.have) {
      this.#clock = Math.max(this.#clock, clock);
      this.#reached(id, peer);
    }
    this.#setHand(peer.id, hello.hand);
    this.#sync.offered(peer.id, hello.have);
  }

  #hear(peer: Peer, info: TextInfo): void {
    const kept = this.#fromNetwork(peer, { ...info, from: peer.id, name: peer.name });
    this.#say(peer.id, { type: "got", ids: [info.id] });
    if (kept !== undefined) this.#events.emit("message", this.#view(kept));
  }

  #give(peer: Peer, ids: readonly string[]): void {
    const texts = ids.flatMap((wanted): HistoryEntry[] => {
      const kept = this.#history.find(wanted);
      if (kept === undefined) return [];
      const { id, clock, time, text, from, name } = kept;
      return [{ id, clock, time, text, from, name }];
    });
    for (const entries of pagesOf(texts, MAX_WANTED)) {
      this.#say(peer.id, { type: "history", entries });
    }
  }

  #learn(peer: Peer, entries: readonly HistoryEntry[]): void {
    const asked = entries.filter(({ id }) => this.#sync.answered(peer.id, id));
    const learned = asked.flatMap((entry) => this.#fromNetwork(peer, entry) ?? []);
    const ids = asked.flatMap(({ id, from }) => (from === peer.id ? [id] : []));
    if (ids.length > 0) this.#say(peer.id, { type: "got", ids });
    if (learned.length > 0) {
      this.#events.emit(
        "history",
        learned.map((text) => this.#view(text)),
      );
    }
    for (const { id } of asked) this.#reached(id, peer);
    this.#sync.next();
  }

  #fromNetwork(peer: Peer, entry: HistoryEntry): KeptText | undefined {
    this.#clock = Math.max(this.#clock, entry.clock);
    const text = cleanText(entry.text);
    const { id, clock, time, from } = entry;
    const direct = from === peer.id;
    const name = direct ? peer.name : cleanText(entry.name);
    const kept: KeptText = { id, clock, time, text, from, name, direct };
    return text !== "" && this.#keep(kept) ? kept : undefined;
  }

  #keep(kept: KeptText): boolean {
    if (!this.#history.add(kept)) return false;
    const ids = new Set(this.#history.texts.map(({ id }) => id));
    this.#deliveries.keepOnly(ids);
    for (const id of this.#own) if (!ids.has(id)) this.#own.delete(id);
    return true;
  }

  /** A peer has a text: whether it is ours is what makes this of interest. */
  #reached(id: string, peer: Peer): void {
    const kept = this.#history.find(id);
    if (kept !== undefined && this.#isOwn(kept)) this.#deliveries.delivered(id, peer.id);
  }

  #left(peer: Peer): void {
    this.#deliveries.gone(peer.id);
    this.#limits.forget(peer.id);
    this.#setHand(peer.id, false);
  }

  #setHand(id: string, raised: boolean): void {
    if (this.#hands.has(id) === raised) return;
    if (raised) this.#hands.add(id);
    else this.#hands.delete(id);
    this.#events.emit("hand", { from: id === OURS ? this.#call.self.id : id, raised });
  }

  #tell(peerId: string, { id, clock, time, text }: KeptText): void {
    this.#say(peerId, { type: "text", id, clock, time, text });
  }

  /** What is lost here is made up for when the channel opens again. */
  #say(peerId: string, body: ChatBody): void {
    this.#channel.send(peerId, JSON.stringify(body));
  }

  #isOwn({ id, from }: KeptText): boolean {
    return this.#own.has(id) || from === this.#call.self.id;
  }

  #view(kept: KeptText): ChatMessage {
    const { id, from, name, text, time, direct } = kept;
    const own = this.#isOwn(kept);
    const deliveries: ReadonlyMap<string, Delivery> = new Map(own ? this.#deliveries.of(id) : []);
    const states = [...deliveries.values()];
    const delivery = states.includes("failed")
      ? "failed"
      : states.includes("pending")
        ? "pending"
        : "delivered";
    return { id, from, name, text, time, own, direct, deliveries, delivery };
  }

  #assertOpen(): void {
    if (this.#closed) throw new TincanError("ended", "The chat has ended.");
  }
}

/** Stands for our own id, which is another one where the server has lost our seat. */
const OURS = "";

const MAX_EMOJI = 32;
