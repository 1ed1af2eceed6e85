import * as v from "valibot";
import { KnockId, PeerId, PeerName, Verifier } from "./identifiers.ts";

/** How many wait at one room at most. */
export const MAX_KNOCKS = 16;

/** What everybody in a room knows of it. */
export interface RoomState {
  /** The id of the peer whose room it is at the moment. */
  readonly host: string;
  readonly locked: boolean;
  /** Whether it has a password. */
  readonly password: boolean;
}

export const RoomState: v.GenericSchema<unknown, RoomState> = v.object({
  host: PeerId,
  locked: v.boolean(),
  password: v.boolean(),
});

/** Somebody who waits at a locked room. */
export interface KnockInfo {
  readonly id: string;
  readonly name: string;
}

/** Everybody who waits at a locked room. */
export const KnockList: v.GenericSchema<unknown, readonly KnockInfo[]> = v.pipe(
  v.array(v.object({ id: KnockId, name: PeerName })),
  v.maxLength(MAX_KNOCKS),
);

/** `knocks`, to the host. */
export interface Knocks {
  readonly knocks: readonly KnockInfo[];
}

export const Knocks: v.GenericSchema<unknown, Knocks> = v.object({ knocks: KnockList });

/** What a host can ask a peer to do. */
export type AskedFor = "mute-audio" | "mute-video";

export const AskedFor: v.GenericSchema<AskedFor> = v.picklist(["mute-audio", "mute-video"]);

/** What only the host may say; sent as the event `type`, with the other fields. */
export type HostMessage =
  | { readonly type: "lock"; readonly locked: boolean }
  | { readonly type: "password"; readonly verifier: string | null }
  | { readonly type: "admit"; readonly knock: string; readonly allow: boolean }
  | { readonly type: "remove"; readonly peer: string }
  | { readonly type: "ask"; readonly peer: string; readonly what: AskedFor };

export const HostMessage: v.GenericSchema<unknown, HostMessage> = v.variant("type", [
  v.object({ type: v.literal("lock"), locked: v.boolean() }),
  v.object({ type: v.literal("password"), verifier: v.nullable(Verifier) }),
  v.object({ type: v.literal("admit"), knock: KnockId, allow: v.boolean() }),
  v.object({ type: v.literal("remove"), peer: PeerId }),
  v.object({ type: v.literal("ask"), peer: PeerId, what: AskedFor }),
]);

/** The events whose payload is a `HostMessage`. */
export const HOST_MESSAGES: readonly HostMessage["type"][] = [
  "lock",
  "password",
  "admit",
  "remove",
  "ask",
];
