import { parseRoomId, type RoomIdFault } from "@tincan/signaling";

/** Where in the page we are, as the address says. */
export type Route =
  | { readonly name: "start" }
  | { readonly name: "doctor" }
  | { readonly name: "room"; readonly room: string; readonly entry: RoomEntry }
  | { readonly name: "bad-room"; readonly fault: RoomIdFault }
  | { readonly name: "not-found" };

/** What an address says of how to enter a room. Devices that it does not name are as they were last. */
export interface RoomEntry {
  readonly autojoin: boolean;
  readonly name: string | undefined;
  readonly audio: boolean | undefined;
  readonly video: boolean | undefined;
}

/** Reads an address; every address has a route. */
export function parseRoute(address: Pick<URL, "pathname" | "search">): Route {
  const path = address.pathname.replace(/\/+$/, "");
  if (path === "") return { name: "start" };
  if (path === "/doctor") return { name: "doctor" };
  const match = /^\/r\/([^/]+)$/.exec(path);
  if (match === null) return { name: "not-found" };
  const room = parseRoomId(decoded(match[1] as string));
  if (!room.ok) return { name: "bad-room", fault: room.fault };
  return { name: "room", room: room.value, entry: parseEntry(new URLSearchParams(address.search)) };
}

/** The path of a room's lobby. */
export function roomPath(room: string): string {
  return `/r/${encodeURIComponent(room)}`;
}

/** The link that brings others into a room: no more than origin and path. */
export function inviteLink(origin: string, room: string): string {
  return origin + roomPath(room);
}

/** The most that a name may have, as the signaling protocol says. */
export const MAX_NAME_LENGTH = 64;

function parseEntry(search: URLSearchParams): RoomEntry {
  const name = search.get("name")?.trim().slice(0, MAX_NAME_LENGTH);
  return {
    autojoin: search.get("autojoin") === "1",
    name: name === "" ? undefined : name,
    audio: wish(search.get("audio")),
    video: wish(search.get("video")),
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
