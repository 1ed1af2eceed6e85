import type { EmbedTheme } from "./messages.ts";

/** What the address of a frame says of the call in it. What is not named is the visitor's to choose. */
export interface EmbedAddressOptions {
  /** Where the server is; only its origin counts. */
  readonly server: string | URL;
  readonly room: string;
  /** The origin of the page around the frame: it alone is told what happens, and is listened to. */
  readonly embedder: string;
  readonly name?: string | undefined;
  readonly audio?: boolean | undefined;
  readonly video?: boolean | undefined;
  /** Joins without the lobby. */
  readonly autojoin?: boolean | undefined;
  readonly lang?: string | undefined;
  readonly theme?: EmbedTheme | undefined;
  /** Stands in the fragment, which no server is sent. */
  readonly password?: string | undefined;
}

/** The address of a call for an `<iframe>`. Throws a `TypeError` where `server` is no URL. */
export function embedAddress(options: EmbedAddressOptions): string {
  const { server, room, embedder, name, audio, video, autojoin, lang, theme, password } = options;
  const address = new URL(`/r/${encodeURIComponent(room)}`, server);
  const search = {
    embed: embedder,
    name,
    audio: flag(audio),
    video: flag(video),
    autojoin: flag(autojoin),
    lang,
    theme,
  };
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined) address.searchParams.set(key, value);
  }
  if (password !== undefined) address.hash = `${new URLSearchParams({ password })}`;
  return address.href;
}

function flag(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? "1" : "0";
}
