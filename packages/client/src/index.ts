/** Join a room, publish a stream, hear the others. See README.md. */
export type { Call, CallEvents, CallState, EndReason } from "./call/call.ts";
export type { Knock } from "./call/call-room.ts";
export type { MediaKind, Publication } from "./call/publication.ts";
export type { Channel, ChannelEvents, ChannelMessage, ChannelOptions } from "./channel/channel.ts";
export type { ListenOptions } from "./emitter.ts";
export { type ErrorCode, TincanError } from "./error.ts";
export { type JoinOptions, join } from "./join.ts";
export type { CodecPreferences } from "./peer/codec-preferences.ts";
export type { Peer, PeerConnectionState, RemoteStream } from "./peer/peer.ts";
export type { TokenStorage } from "./signaling/resume-storage.ts";
export type { LeaveOptions } from "./signaling/signaling-connection.ts";
