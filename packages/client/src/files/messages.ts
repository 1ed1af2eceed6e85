import * as v from "valibot";
import { MAX_FILE_BYTES, MAX_FILES, MAX_LISTED, MAX_PATH_BYTES } from "./limits.ts";

/** A file as it is offered. */
export interface FileInfo {
  /** Relative, with `/` between folders; safe to be made below a folder of one's own. */
  readonly path: string;
  readonly size: number;
  /** The media type, where the sender's system knows one. */
  readonly type?: string | undefined;
  /** When it was last changed, in milliseconds since 1970. */
  readonly modified?: number | undefined;
}

/** Up to where a receiver has verified and written: `blocks` of the file at `file` in the list, and all files before it. */
export interface Position {
  readonly file: number;
  readonly blocks: number;
}

/** Which side of a transfer is talking; both sides number their own transfers. */
export type Role = "sender" | "receiver";

/** Why a side ends a transfer before all is done. */
export type EndWord = "declined" | "cancelled" | "gone" | "failed";

/** What goes over the control channel (PEER-PROTOCOL.md). */
export type ControlBody =
  | {
      readonly type: "hello";
      readonly v: number;
      /** Another one for each page: transfers do not outlive it. */
      readonly session: string;
      readonly answer: boolean;
    }
  | { readonly type: "offer"; readonly id: number; readonly count: number; readonly size: number }
  | { readonly type: "list"; readonly id: number; readonly files: readonly FileInfo[] }
  /** The receiver asks for everything from here on; `root` is the hash of the blocks that it has. */
  | ({ readonly type: "start"; readonly id: number; readonly root: string } & Position)
  | ({ readonly type: "have"; readonly id: number } & Position)
  | { readonly type: "done"; readonly id: number }
  | { readonly type: "pause"; readonly id: number; readonly by: Role; readonly paused: boolean }
  | { readonly type: "check"; readonly id: number; readonly by: Role }
  | { readonly type: "end"; readonly id: number; readonly by: Role; readonly reason: EndWord };

const U32: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(0xffff_ffff),
);
const Size: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.maxValue(MAX_FILE_BYTES),
);
const Session: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[a-z2-7]{26}$/));
const RoleSchema: v.GenericSchema<Role> = v.picklist(["sender", "receiver"]);

const FileSchema: v.GenericSchema<unknown, FileInfo> = v.object({
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PATH_BYTES)),
  size: Size,
  type: v.optional(v.pipe(v.string(), v.regex(/^[\w.+-]{1,64}\/[\w.+-]{1,64}$/))),
  modified: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

export const ControlBodySchema: v.GenericSchema<unknown, ControlBody> = v.variant("type", [
  v.object({
    type: v.literal("hello"),
    v: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    session: Session,
    answer: v.boolean(),
  }),
  v.object({
    type: v.literal("offer"),
    id: U32,
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_FILES)),
    size: Size,
  }),
  v.object({
    type: v.literal("list"),
    id: U32,
    files: v.pipe(v.array(FileSchema), v.minLength(1), v.maxLength(MAX_LISTED)),
  }),
  v.object({
    type: v.literal("start"),
    id: U32,
    file: U32,
    blocks: U32,
    root: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  }),
  v.object({ type: v.literal("have"), id: U32, file: U32, blocks: U32 }),
  v.object({ type: v.literal("done"), id: U32 }),
  v.object({ type: v.literal("pause"), id: U32, by: RoleSchema, paused: v.boolean() }),
  v.object({ type: v.literal("check"), id: U32, by: RoleSchema }),
  v.object({
    type: v.literal("end"),
    id: U32,
    by: RoleSchema,
    reason: v.picklist(["declined", "cancelled", "gone", "failed"]),
  }),
]);
