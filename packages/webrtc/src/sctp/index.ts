/** SCTP over DTLS and data channels (RFC 9260, 8261, 8831, 8832). */
export { Association, type AssociationEvent, maxStreams } from "./association.ts";
export type { AbortCause, AssociationState, ClosedReason } from "./association-core.ts";
export type { AssociationOptions, SendOptions } from "./association-options.ts";
export { crc32c } from "./crc32c.ts";
export type {
  DataChannel,
  DataChannelError,
  DataChannelInit,
  DataChannelState,
} from "./data-channel.ts";
export { type DataChannelEvent, DataChannels, type DataChannelsOptions } from "./data-channels.ts";
export { type DataChannelOpen, type DcepFault, decodeDcep, encodeDcep, PPID } from "./dcep.ts";
export type { IncomingMessage } from "./incoming-streams.ts";
export type { AssociationFault } from "./packet-input.ts";
export { SctpError, type SctpErrorCode } from "./sctp-error.ts";
