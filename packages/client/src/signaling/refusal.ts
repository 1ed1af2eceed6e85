import { REFUSALS, type RefusalCode } from "@tincan/signaling";
import * as v from "valibot";

/** A refusal outside of an answer: `data` of socket.io's `connect_error`, and the event `fault`. */
export const ConnectRefusal: v.GenericSchema<
  unknown,
  { code: RefusalCode; message: string; retryAfterMs?: number | undefined }
> = v.object({
  code: v.picklist(REFUSALS),
  message: v.string(),
  retryAfterMs: v.optional(v.number()),
});

/** Whether the same may well be granted a little later. */
export function isPassing(code: RefusalCode): boolean {
  return PASSING.has(code);
}

const PASSING: ReadonlySet<RefusalCode> = new Set([
  "rate-limited",
  "too-many-connections",
  "too-many-rooms",
  "already-in-room",
  "shutting-down",
]);
