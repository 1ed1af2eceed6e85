import type { Call } from "../call/call.ts";
import { TincanError } from "../error.ts";
import { type JoinOptions, join } from "../join.ts";
import { CodeLock } from "./code-lock.ts";
import { generateCode, type TransferCode } from "./transfer-code.ts";

export interface MeetOptions extends Omit<JoinOptions, "room" | "password" | "knock"> {
  /** What the other side has told; a new one is made where nothing was. */
  readonly code?: TransferCode | undefined;
}

/** A call in the room of a code, and the lock that tells who has the code. */
export interface Meeting {
  readonly call: Call;
  readonly lock: CodeLock;
}

/**
 * Goes to where a code leads; without one, makes a code whose room nobody is in. Throws what `join`
 * does, and `full` when no free room was found.
 */
export async function meet({ code, ...options }: MeetOptions): Promise<Meeting> {
  if (code !== undefined) {
    const call = await join({ ...options, room: code.room });
    return { call, lock: new CodeLock(call, code, "taker") };
  }
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const made = generateCode();
    const call = await joinFree({ ...options, room: made.room });
    if (call !== undefined) return { call, lock: new CodeLock(call, made, "maker") };
  }
  throw new TincanError("full", "Too many transfers are under way at this server.");
}

/** Takes a room that nobody is in; `undefined` where somebody is. */
async function joinFree(options: JoinOptions): Promise<Call | undefined> {
  try {
    const call = await join(options);
    if (call.peers.size === 0) return call;
    await call.leave();
    return undefined;
  } catch (error) {
    if (error instanceof TincanError && OCCUPIED.has(error.code)) return undefined;
    throw error;
  }
}

const OCCUPIED: ReadonlySet<string> = new Set(["full", "locked", "password-needed"]);

const MAX_TRIES = 10;
