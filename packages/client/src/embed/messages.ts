import * as v from "valibot";
import type { EndReason } from "../call/call.ts";
import type { MediaKind } from "../call/publication.ts";

/** The version of the messages between a page and the call in its frame; counts breaking changes. */
export const EMBED_VERSION = 1;

/** Somebody in the call. */
export interface EmbedPerson {
  readonly id: string;
  readonly name: string;
}

/** What the call in a frame tells the page around it. */
export type EmbedEvent =
  /** It listens: commands reach it from now on. */
  | { readonly event: "ready" }
  /** Its visitor has a seat. */
  | {
      readonly event: "joined";
      readonly room: string;
      readonly self: EmbedPerson;
      readonly peers: readonly EmbedPerson[];
    }
  | { readonly event: "peer-joined"; readonly peer: EmbedPerson }
  | {
      readonly event: "peer-left";
      readonly peer: EmbedPerson;
      readonly reason: "left" | "lost" | "removed";
    }
  /** Whether the visitor is meant to be heard and seen; once after `ready`, then with every change. */
  | { readonly event: "media"; readonly audio: boolean; readonly video: boolean }
  /** The visitor has knocked at a locked room, and its host has not answered. */
  | { readonly event: "waiting" }
  /** The visitor stands before the door, and can go on from there: the lobby in the frame asks. */
  | { readonly event: "refused"; readonly code: EmbedRefusal; readonly message: string }
  /** The visitor's camera or microphone cannot be had; `fault` is a `DeviceFault` of `@tincan/client/devices`. */
  | { readonly event: "device-fault"; readonly kind: MediaKind; readonly fault: string }
  /** The call is over for its visitor. */
  | { readonly event: "left"; readonly reason: EndReason }
  /** Joining has failed for another reason; `code` is an `ErrorCode` of `@tincan/client`. */
  | { readonly event: "error"; readonly code: string; readonly message: string };

/** What keeps a visitor in the lobby; each an `ErrorCode` of `@tincan/client`. */
export type EmbedRefusal = (typeof REFUSALS)[number];

/** Whether a join that failed with this code leaves the visitor before a door that may open. */
export function isEmbedRefusal(code: string): code is EmbedRefusal {
  return (REFUSALS as readonly string[]).includes(code);
}

const REFUSALS = ["locked", "not-admitted", "password-needed", "wrong-password"] as const;

/** What the page asks of the call in its frame. */
export type EmbedCommand =
  /** As a click on the lobby's button. */
  | { readonly command: "join" }
  | { readonly command: "leave" }
  | ({ readonly command: "set" } & EmbedSettings);

/** What can be changed while the frame is loaded. What is not named stays. */
export interface EmbedSettings {
  /** Counts when the call is joined. */
  readonly name?: string;
  readonly audio?: boolean;
  readonly video?: boolean;
  /** A BCP 47 tag; a language that the page does not have changes nothing. */
  readonly lang?: string;
  readonly theme?: EmbedTheme;
}

/** The colours of the page; `auto` follows the visitor's own choice. */
export type EmbedTheme = "light" | "dark" | "auto";

/** What goes through `postMessage`: an event or a command, with the version beside it. */
export type EmbedMessage<Content> = Content & { readonly tincan: typeof EMBED_VERSION };

/** Wraps an event or a command for `postMessage`. */
export function embedMessage<Content extends EmbedEvent | EmbedCommand>(
  content: Content,
): EmbedMessage<Content> {
  return { ...content, tincan: EMBED_VERSION };
}

/** The event in the `data` of a message, where it is one of this version. The caller has checked where it comes from. */
export function parseEmbedEvent(data: unknown): EmbedEvent | undefined {
  return parse(EventSchema, data);
}

/** The command in the `data` of a message, where it is one of this version. The caller has checked where it comes from. */
export function parseEmbedCommand(data: unknown): EmbedCommand | undefined {
  return parse(CommandSchema, data);
}

function parse<Content>(
  schema: v.GenericSchema<unknown, Content>,
  data: unknown,
): Content | undefined {
  const version = v.safeParse(VersionSchema, data);
  if (!version.success) return undefined;
  const { success, output } = v.safeParse(schema, data);
  return success ? output : undefined;
}

const VersionSchema = v.object({ tincan: v.literal(EMBED_VERSION) });

const Short: v.GenericSchema<string> = v.pipe(v.string(), v.maxLength(64));
const Sentence: v.GenericSchema<string> = v.pipe(v.string(), v.maxLength(1024));
const Person: v.GenericSchema<EmbedPerson> = v.object({ id: Short, name: Short });

const EventSchema: v.GenericSchema<unknown, EmbedEvent> = v.variant("event", [
  v.object({ event: v.literal("ready") }),
  v.object({
    event: v.literal("joined"),
    room: Short,
    self: Person,
    peers: v.pipe(v.array(Person), v.maxLength(256)),
  }),
  v.object({ event: v.literal("peer-joined"), peer: Person }),
  v.object({
    event: v.literal("peer-left"),
    peer: Person,
    reason: v.picklist(["left", "lost", "removed"]),
  }),
  v.object({ event: v.literal("media"), audio: v.boolean(), video: v.boolean() }),
  v.object({
    event: v.literal("device-fault"),
    kind: v.picklist(["audio", "video"]),
    fault: Short,
  }),
  v.object({ event: v.literal("waiting") }),
  v.object({ event: v.literal("refused"), code: v.picklist(REFUSALS), message: Sentence }),
  v.object({
    event: v.literal("left"),
    reason: v.picklist(["left", "replaced", "removed", "full", "refused", "lost"]),
  }),
  v.object({ event: v.literal("error"), code: Short, message: Sentence }),
]);

const CommandSchema: v.GenericSchema<unknown, EmbedCommand> = v.variant("command", [
  v.object({ command: v.literal("join") }),
  v.object({ command: v.literal("leave") }),
  v.object({
    command: v.literal("set"),
    name: v.exactOptional(Short),
    audio: v.exactOptional(v.boolean()),
    video: v.exactOptional(v.boolean()),
    lang: v.exactOptional(Short),
    theme: v.exactOptional(v.picklist(["light", "dark", "auto"])),
  }),
]);
