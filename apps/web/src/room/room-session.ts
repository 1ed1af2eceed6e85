import type { Call, EndReason, ErrorCode, LeaveOptions, TincanError } from "@tincan/client";
import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import { createLocalMedia, type LocalMedia } from "../media/local-media.ts";
import { noteViewChange } from "../router/navigation.ts";
import { type RoomEntry, secretPart } from "../router/route.ts";
import { tab, visits } from "../storage.ts";
import { type Door, doorOf, isKnock } from "./door.ts";
import { type Phase, phaseOfFailure } from "./phase.ts";
import { createRecordings, type Recordings } from "./recordings.ts";
import { forgetCall, recallCall, rememberCall } from "./room-memory.ts";

/** What debugging finds in the page's console. */
export interface Debugging {
  readonly call: Call | undefined;
}

declare global {
  interface Window {
    tincan: Debugging;
  }
}

/** One stay in a room, from the lobby to the end. */
export interface RoomSession {
  readonly room: string;
  readonly phase: Accessor<Phase>;
  /** Why the last try to join failed, for programs. */
  readonly failure: Accessor<Failure | undefined>;
  readonly name: Accessor<string>;
  rename(name: string): void;
  /** What the last attempt to join has met. */
  readonly door: Accessor<Door>;
  /** The room's password, as far as this page knows it; the address keeps it in its fragment. */
  readonly password: Accessor<string>;
  setPassword(password: string): void;
  readonly media: LocalMedia;
  readonly recordings: Recordings;
  join(): Promise<void>;
  /** Knocks no longer. */
  withdraw(): void;
  /** As `Call.leave`. */
  leave(options?: LeaveOptions): Promise<void>;
}

export interface Failure {
  readonly code: ErrorCode | "unknown";
  readonly message: string;
}

const NAME = "tincan.name";

/** Makes the session of a room page; it ends, and leaves the call, with the component that made it. */
export function createRoomSession(room: string, entry: RoomEntry): RoomSession {
  const recalled = recallCall(tab, room);
  const audio = recalled?.audio ?? entry.audio;
  const video = recalled?.video ?? entry.video;
  const media = createLocalMedia({
    ...(audio !== undefined && { audio }),
    ...(video !== undefined && { video }),
  });
  const recordings = createRecordings();
  const [name, setName] = createSignal(recalled?.name ?? entry.name ?? visits.getItem(NAME) ?? "");
  const [phase, setPhase] = createSignal<Phase>({ name: "lobby" });
  const [door, setDoor] = createSignal<Door>("open");
  const [password, setPassword] = createSignal(entry.password ?? "");
  const [failure, setFailure] = createSignal<Failure>();
  let leaving = new AbortController();
  let disposed = false;

  const change = (next: Phase): void => {
    setPhase(next);
    noteViewChange();
  };

  const finish = (reason: EndReason): void => {
    if (disposed) return;
    const now = phase();
    window.tincan = { call: undefined };
    forgetCall(tab);
    media.stop();
    if (now.name === "call") change({ name: "ended", reason, lastedMs: Date.now() - now.since });
  };

  const enter = async (since: number | undefined): Promise<void> => {
    setPhase({ name: "joining", fromLobby: phase().name === "lobby" && since === undefined });
    setFailure(undefined);
    leaving = new AbortController();
    const { signal } = leaving;
    try {
      // Devices first: with them in the first offer the others see a picture sooner than with two
      // negotiations, and nobody sits in a room while still looking at a question of the browser.
      const [{ join }] = await Promise.all([import("@tincan/client"), media.start()]);
      signal.throwIfAborted();
      const call = await join({
        ...{ room, name: name(), storage: tab, signal },
        password: password() || undefined,
        knock: isKnock(door()),
        onWaiting: () => setDoor("waiting"),
      });
      setDoor("open");
      call.on("ended", finish);
      window.tincan = { call };
      change({ name: "call", call, since: since ?? Date.now() });
    } catch (error) {
      if (signal.aborted) return;
      forgetCall(tab);
      const code = codeOf(error);
      setFailure({ code: code ?? "unknown", message: String((error as Error).message) });
      const found = doorOf(code);
      if (found !== undefined) {
        if (found === "wrong-password") setPassword("");
        setDoor(found);
        setPhase({ name: "lobby" });
        return;
      }
      setDoor("open");
      media.stop();
      change(phaseOfFailure(code));
    }
  };

  // What a reload needs is kept up to date while the call lasts.
  createEffect(() => {
    const now = phase();
    if (now.name !== "call") return;
    const { since } = now;
    const on = { audio: media.audio.on(), video: media.video.on() };
    rememberCall(tab, { room, name: name(), ...on, since });
  });

  // A reload and a copied address lead to the same door. The fragment goes to no server.
  createEffect(() => {
    const address = `${location.pathname}${location.search}${secretPart(password())}`;
    history.replaceState(history.state, "", address);
  });

  onCleanup(() => {
    disposed = true;
    window.tincan = { call: undefined };
    forgetCall(tab);
    leaving.abort();
    const now = phase();
    if (now.name === "call") void now.call.leave();
  });

  window.tincan = { call: undefined };
  if (recalled !== undefined) void enter(recalled.since);
  else if (entry.autojoin) void enter(undefined);

  return {
    room,
    phase,
    failure,
    name,
    media,
    recordings,
    rename(text) {
      setName(text);
      if (text === "") visits.removeItem(NAME);
      else visits.setItem(NAME, text);
    },
    ...{ door, password, setPassword },
    join: () => enter(undefined),
    withdraw() {
      leaving.abort();
      setFailure({ code: "locked", message: "The room is locked, and nobody knocks any more." });
      setDoor("locked");
      setPhase({ name: "lobby" });
    },
    async leave(options) {
      const now = phase();
      if (now.name === "call") await now.call.leave(options);
    },
  };
}

/** The client's own code; a page that could not even load the client did not reach the server. */
function codeOf(error: unknown): TincanError["code"] | undefined {
  if (error instanceof TypeError) return "unreachable";
  return error instanceof Error && error.name === "TincanError"
    ? (error as TincanError).code
    : undefined;
}
