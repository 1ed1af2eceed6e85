import { setTimeout as wait } from "node:timers/promises";
import { type Call, type Peer, TincanError } from "@tincan/client";
import {
  type CodeFailure,
  type CodeLock,
  type Meeting,
  type MeetOptions,
  meet,
  type TransferCode,
} from "@tincan/client/code";
import { Files, type Transfer, type TransferReason } from "@tincan/client/files";
import { joinHeadless } from "./join-headless.ts";
import { SendError, type SendErrorCode } from "./send-error.ts";

export interface MeetingOptions {
  readonly server: URL;
  /** What the other side has told; a new one is made where nothing was. */
  readonly code?: TransferCode | undefined;
  /** What the other side sees, up to 64 characters. */
  readonly name?: string;
  readonly trustAnyCertificate?: boolean;
  /** Ends it, with `aborted`. */
  readonly signal?: AbortSignal;
  readonly onNews?: (news: TransferNews) => void;
}

/**
 * What is worth telling while it goes on. `waiting`: nobody with the code is there (any more); `code` is
 * ours to be told where `isOurs`. `full`: the room of the code has no free seat yet. `met`: the other side is there, and nobody in between. `transfer`:
 * something is offered or goes on; ask it for its progress.
 */
export type TransferNews =
  | { readonly type: "waiting"; readonly code: TransferCode; readonly isOurs: boolean }
  | { readonly type: "full" }
  | { readonly type: "met"; readonly peer: Peer }
  | { readonly type: "transfer"; readonly transfer: Transfer };

/** What one of the two directions makes of a meeting. */
export interface MeetingRun {
  readonly call: Call;
  readonly lock: CodeLock;
  readonly files: Files;
  /** The other side is there, over a new connection. */
  onMet: (peer: Peer) => void;
  readonly done: () => void;
  /** As `done`, once the other side has heard that all is there: it leaves then. */
  readonly doneWhenLeft: () => void;
  readonly fail: (error: unknown) => void;
}

/** Meets the other side and leaves it again, however that ends. Throws `SendError`. */
export async function inMeeting(
  options: MeetingOptions,
  begin: (run: MeetingRun) => void,
): Promise<void> {
  const { server, code, name, trustAnyCertificate, signal, onNews } = options;
  const where = {
    ...joinHeadless(),
    ...{ server, code },
    ...(name !== undefined && { name }),
    ...(trustAnyCertificate !== undefined && { trustAnyCertificate }),
    ...(signal !== undefined && { signal }),
  };
  const { call, lock } = await meetAt(where, () => onNews?.({ type: "full" }));
  try {
    await new Promise<void>((resolve, reject) => {
      const files = new Files(call, { guard: lock });
      let isDone = false;
      const run: MeetingRun = {
        ...{ call, lock, files, onMet: () => {}, done: resolve, fail: reject },
        doneWhenLeft: () => {
          isDone = true;
          setTimeout(resolve, PATIENCE_MS);
        },
      };
      begin(run);
      let partner: Peer | undefined;
      lock.on("trusted", (peer) => {
        if (partner !== peer) onNews?.({ type: "met", peer });
        partner = peer;
        run.onMet(peer);
      });
      lock.on("failed", (failure) => {
        // A stranger's guess is no reason to end what is under way.
        if (partner !== undefined && lock.role === "maker") return;
        const error = codeError(failure);
        if (lock.role === "taker") {
          reject(error);
          return;
        }
        // What the other side is told would be lost with the connection: it goes when it has heard.
        call.on("peer-left", () => reject(error));
        setTimeout(() => reject(error), HEARING_MS);
      });
      call.on("peer-left", ({ peer }) => {
        if (peer !== partner) return;
        partner = undefined;
        // Whoever has made the code stays; nobody else comes in its place.
        if (isDone) resolve();
        else if (lock.role === "taker") reject(new SendError("gone", "the other side has left"));
        else onNews?.({ type: "waiting", code: lock.code, isOurs: true });
      });
      call.on("ended", (reason) => {
        reject(new SendError("refused", `the server ended the meeting (${reason})`));
      });
      const abort = () => reject(new SendError("aborted", "it was given up"));
      signal?.addEventListener("abort", abort, { once: true });
      if (signal?.aborted) abort();
      onNews?.({ type: "waiting", code: lock.code, isOurs: lock.role === "maker" });
    });
  } finally {
    await call.leave();
  }
}

/** How a transfer ended, for whoever waits for it. */
export function endError(reason: Exclude<TransferReason, "done">, cause?: unknown): SendError {
  const [code, sentence] = ENDS[reason];
  const why = cause instanceof Error ? `${sentence}: ${cause.message}` : sentence;
  return new SendError(code, why, { cause });
}

/**
 * Meets at the server. A room that is full is tried again until a seat has had the time to become free:
 * who was cut off keeps it for half a minute, also from the program that was started again.
 */
async function meetAt(options: MeetOptions, onFull: () => void): Promise<Meeting> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await meet(options);
    } catch (cause) {
      if (!(cause instanceof TincanError)) throw cause;
      if (cause.code === "aborted") throw new SendError("aborted", "it was given up", { cause });
      if (cause.code === "unreachable") {
        throw new SendError("unreachable", "no Tincan server answers", { cause });
      }
      if (cause.code !== "full" || options.code === undefined || tries > FULL_TRIES) {
        throw new SendError("refused", `the server says: ${cause.message}`, { cause });
      }
      if (tries === 1) onFull();
      await wait(FULL_WAIT_MS, undefined, options.signal && { signal: options.signal }).catch(
        () => {},
      );
    }
  }
}

const FULL_TRIES = 20;
const FULL_WAIT_MS = 2_000;

function codeError(failure: CodeFailure): SendError {
  const [code, sentence] = FAILURES[failure];
  return new SendError(code, sentence);
}

const PATIENCE_MS = 3_000;
const HEARING_MS = 1_000;

const FAILURES: Readonly<Record<CodeFailure, readonly [SendErrorCode, string]>> = {
  wrong: [
    "wrong-code",
    "the codes are not the same, or somebody sits in between; nothing was sent",
  ],
  spent: ["spent", "somebody tried a wrong code there before, and a code can be tried once"],
  lost: ["gone", "the connection was lost while the code was checked"],
  "no-fingerprint": ["protocol", "the connection does not show its certificates"],
};

const ENDS: Readonly<Record<Exclude<TransferReason, "done">, readonly [SendErrorCode, string]>> = {
  declined: ["declined", "the other side does not want the files"],
  cancelled: ["aborted", "it was given up"],
  "peer-cancelled": ["cancelled", "the other side has cancelled it"],
  gone: ["gone", "the other side is gone"],
  source: ["unreadable", "a file could not be read"],
  sink: ["unwritable", "a file could not be written"],
  hash: ["damaged", "what came is not what was sent"],
  protocol: ["protocol", "the other side does not keep to the protocol"],
  "peer-failed": ["peer-failed", "the other side could not read or write its files"],
};
