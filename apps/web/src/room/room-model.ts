import type { Call, CallEvents, Knock } from "@tincan/client";
import { type Accessor, createSignal, onCleanup } from "solid-js";

/** What happens around the room that is worth a word. */
export interface RoomNews {
  knock(knock: Knock): void;
  /** The host asks us to mute. */
  asked(kind: "audio" | "video"): void;
  /** Another one is the host; `isSelf` where we are. */
  host(id: string | undefined, isSelf: boolean): void;
  locked(isLocked: boolean): void;
  password(hasPassword: boolean): void;
  /** Something that a host wanted was not done. */
  failed(code: string): void;
}

/** Whose room the call is in, who gets in, and what its host can do about it. */
export interface RoomModel {
  readonly host: Accessor<string | undefined>;
  readonly isHost: Accessor<boolean>;
  readonly isLocked: Accessor<boolean>;
  readonly hasPassword: Accessor<boolean>;
  readonly knocks: Accessor<readonly Knock[]>;
  setLocked(locked: boolean): Promise<void>;
  /** Answers whether it was done. */
  setPassword(password: string | undefined): Promise<boolean>;
  admit(knock: string): Promise<void>;
  deny(knock: string): Promise<void>;
  remove(peer: string): Promise<void>;
  askToMute(peer: string, kind: "audio" | "video"): Promise<void>;
}

/** Follows a call's room; ends with the component that calls it. */
export function createRoomModel(call: Call, news: RoomNews): RoomModel {
  const read = () => ({
    ...{ host: call.host, isHost: call.isHost, knocks: call.knocks },
    ...{ isLocked: call.isLocked, hasPassword: call.hasPassword },
  });
  const [room, setRoom] = createSignal(read());
  const refresh = (): void => void setRoom(read());
  const listening = new AbortController();
  onCleanup(() => listening.abort());
  const follow = <Name extends RoomEventName>(
    name: Name,
    tell: (detail: CallEvents[Name]) => void = () => {},
  ): void => {
    const hear = (detail: CallEvents[Name]): void => {
      refresh();
      tell(detail);
    };
    call.on(name, hear, { signal: listening.signal });
  };
  follow("host-changed", (id) => news.host(id, call.isHost));
  follow("locked-changed", news.locked);
  follow("password-changed", news.password);
  follow("knock", news.knock);
  follow("knock-gone");
  follow("asked", ({ kind }) => news.asked(kind));

  const attempt = async (act: () => Promise<void>): Promise<boolean> => {
    try {
      await act();
      return true;
    } catch (error) {
      news.failed(error instanceof Error && "code" in error ? String(error.code) : "");
      return false;
    } finally {
      refresh();
    }
  };
  return {
    host: () => room().host,
    isHost: () => room().isHost,
    isLocked: () => room().isLocked,
    hasPassword: () => room().hasPassword,
    knocks: () => room().knocks,
    setLocked: async (locked) => void (await attempt(() => (locked ? call.lock() : call.unlock()))),
    setPassword: (password) => attempt(() => call.setPassword(password)),
    admit: async (knock) => void (await attempt(() => call.admit(knock))),
    deny: async (knock) => void (await attempt(() => call.deny(knock))),
    remove: async (peer) => void (await attempt(() => call.remove(peer))),
    askToMute: async (peer, kind) => void (await attempt(() => call.askToMute(peer, kind))),
  };
}

type RoomEventName =
  | "host-changed"
  | "locked-changed"
  | "password-changed"
  | "knock"
  | "knock-gone"
  | "asked";
