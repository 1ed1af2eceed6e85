import type { Items } from "../storage.ts";

/** How a tab was in a call, so that a reload goes straight back in. */
export interface RoomMemory {
  readonly room: string;
  readonly name: string;
  readonly audio: boolean;
  readonly video: boolean;
  /** When the call began, in ms since 1970: its duration goes on counting. */
  readonly since: number;
}

const KEY = "tincan.call";

/** Remembers the call that this tab is in. */
export function rememberCall(items: Items, memory: RoomMemory): void {
  items.setItem(KEY, JSON.stringify(memory));
}

/** Forgets it: the call was ended, not reloaded. */
export function forgetCall(items: Items): void {
  items.removeItem(KEY);
}

/** The call that this tab was in, if it was in this room. */
export function recallCall(items: Items, room: string): RoomMemory | undefined {
  const text = items.getItem(KEY);
  if (text === null) return undefined;
  try {
    const memory: unknown = JSON.parse(text);
    return isMemory(memory) && memory.room === room ? memory : undefined;
  } catch {
    return undefined;
  }
}

function isMemory(value: unknown): value is RoomMemory {
  if (typeof value !== "object" || value === null) return false;
  const { room, name, audio, video, since } = value as Record<string, unknown>;
  return (
    typeof room === "string" &&
    typeof name === "string" &&
    typeof audio === "boolean" &&
    typeof video === "boolean" &&
    typeof since === "number"
  );
}
