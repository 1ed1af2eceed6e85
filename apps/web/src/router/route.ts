import { parseRoomId, type RoomIdFault } from "@tincan/signaling";

/** Where in the page we are, as the address says. */
export type Route =
  | { readonly name: "start" }
  | { readonly name: "doctor" }
  | { readonly name: "room"; readonly room: string; readonly entry: RoomEntry }
  | { readonly name: "transfer"; readonly direction: Direction; readonly code: string }
  | { readonly name: "bad-room"; readonly fault: RoomIdFault }
  | { readonly name: "not-found" };

/** What whoever opens the address is to do with files. */
export type Direction = "send" | "receive";

/** What an address says of how to enter a room. Devices that it does not name are as they were last. */
export interface RoomEntry {
  readonly autojoin: boolean;
  readonly name: string | undefined;
  readonly audio: boolean | undefined;
  readonly video: boolean | undefined;
  /** The room's password. It stands in the fragment, which browsers tell no server. */
  readonly password: string | undefined;
}

/** Reads an address; every address has a route. */
export function parseRoute(address: Pick<URL, "pathname" | "search" | "hash">): Route {
  const path = address.pathname.replace(/\/+$/, "");
  if (path === "") return { name: "start" };
  if (path === "/send" || path === "/receive") {
    const direction = path === "/send" ? "send" : "receive";
    return { name: "transfer", direction, code: decoded(address.hash.slice(1)) };
  }
  if (path === "/doctor") return { name: "doctor" };
  const match = /^\/r\/([^/]+)$/.exec(path);
  if (match === null) return { name: "not-found" };
  const room = parseRoomId(decoded(match[1] as string));
  if (!room.ok) return { name: "bad-room", fault: room.fault };
  return { name: "room", room: room.value, entry: parseEntry(address) };
}

/** The path of a room's lobby. */
export function roomPath(room: string): string {
  return `/r/${encodeURIComponent(room)}`;
}

/** The link that brings others into a room: origin and path, and with a password its fragment. */
export function inviteLink(origin: string, room: string, password = ""): string {
  return origin + roomPath(room) + secretPart(password);
}

/** The fragment of an address that carries a room's password; empty without one. */
export function secretPart(password: string): string {
  return password === "" ? "" : `#${new URLSearchParams({ password })}`;
}

/** The link for the other side of a transfer. The code is in the fragment, which no server is told. */
export function transferLink(origin: string, direction: Direction, code: string): string {
  return `${origin}/${direction}#${code}`;
}

/** The most that a name may have, as the signaling protocol says. */
export const MAX_NAME_LENGTH = 64;

/** The most that a password may have, as the SDK says. */
export const MAX_PASSWORD_LENGTH = 256;

function parseEntry(address: Pick<URL, "search" | "hash">): RoomEntry {
  const search = new URLSearchParams(address.search);
  const password = new URLSearchParams(address.hash.slice(1)).get("password");
  const name = search.get("name")?.trim().slice(0, MAX_NAME_LENGTH);
  return {
    autojoin: search.get("autojoin") === "1",
    name: name === "" ? undefined : name,
    audio: wish(search.get("audio")),
    video: wish(search.get("video")),
    password: password?.slice(0, MAX_PASSWORD_LENGTH) || undefined,
  };
}

function wish(value: string | null): boolean | undefined {
  return value === null ? undefined : value !== "0";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
