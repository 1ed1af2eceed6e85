import * as v from "valibot";

/** The version of the chat's protocol (PEER-PROTOCOL.md); counts breaking changes. */
export const CHAT_VERSION = 1;

/** What one text may measure in UTF-8 bytes. */
export const MAX_TEXT_BYTES = 16_384;

/** How many texts are kept of a call. */
export const MAX_HISTORY = 500;

/** How many ids are asked for at a time. */
export const MAX_WANTED = 50;

/** Where Lamport's clock stops: what a hostile peer can do with it is stand last. */
export const MAX_CLOCK: number = 2 ** 48;

const Clock: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.maxValue(MAX_CLOCK),
);
const Id: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[a-z2-7]{26}$/));
const Text: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxBytes(MAX_TEXT_BYTES),
);

/** One text as it is told to others. */
export interface TextInfo {
  readonly id: string;
  /** Lamport's logical clock: greater than that of everything its author had seen. */
  readonly clock: number;
  /** When it was written by the clock of its author's machine, in milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** A text of the past: its author by the id of the seat, and the name at that time. */
export interface HistoryEntry extends TextInfo {
  readonly from: string;
  readonly name: string;
}

export type ChatBody =
  | {
      readonly type: "hello";
      readonly v: number;
      /** Whether it answers a hello; one that does not is answered. */
      readonly answer: boolean;
      readonly hand: boolean;
      readonly have: readonly (readonly [id: string, clock: number])[];
    }
  | ({ readonly type: "text" } & TextInfo)
  | { readonly type: "got"; readonly ids: readonly string[] }
  | { readonly type: "want"; readonly ids: readonly string[] }
  | { readonly type: "history"; readonly entries: readonly HistoryEntry[] }
  | { readonly type: "reaction"; readonly emoji: string }
  | { readonly type: "hand"; readonly raised: boolean };

const TextEntries = { id: Id, clock: Clock, time: Clock, text: Text };

export const ChatBodySchema: v.GenericSchema<unknown, ChatBody> = v.variant("type", [
  v.object({
    type: v.literal("hello"),
    v: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    answer: v.boolean(),
    hand: v.boolean(),
    have: v.pipe(v.array(v.tuple([Id, Clock])), v.maxLength(MAX_HISTORY)),
  }),
  v.object({ type: v.literal("text"), ...TextEntries }),
  v.object({ type: v.literal("got"), ids: v.pipe(v.array(Id), v.maxLength(MAX_WANTED)) }),
  v.object({ type: v.literal("want"), ids: v.pipe(v.array(Id), v.maxLength(MAX_WANTED)) }),
  v.object({
    type: v.literal("history"),
    entries: v.pipe(
      v.array(
        v.object({
          ...TextEntries,
          from: v.pipe(v.string(), v.regex(/^[a-z0-9]{16}$/)),
          name: v.pipe(v.string(), v.maxLength(64)),
        }),
      ),
      v.maxLength(MAX_WANTED),
    ),
  }),
  v.object({
    type: v.literal("reaction"),
    emoji: v.pipe(v.string(), v.minLength(1), v.maxLength(32)),
  }),
  v.object({ type: v.literal("hand"), raised: v.boolean() }),
]);
