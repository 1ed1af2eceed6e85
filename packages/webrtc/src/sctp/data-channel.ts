import { toUtf8 } from "../wire/index.ts";
import type { ClosedReason } from "./association-core.ts";
import { SctpError } from "./sctp-error.ts";

/** How a channel is to be (W3C webrtc §6.2, RTCDataChannelInit). */
export interface DataChannelInit {
  readonly label: string;
  readonly protocol?: string | undefined;
  readonly ordered?: boolean | undefined;
  readonly maxRetransmits?: number | undefined;
  readonly maxPacketLifeTime?: number | undefined;
  readonly negotiated?: boolean | undefined;
  /** Needed where the channel is negotiated, chosen otherwise. */
  readonly id?: number | undefined;
  readonly priority?: number | undefined;
}

/** RTCDataChannelState (W3C webrtc §6.2). */
export type DataChannelState = "connecting" | "open" | "closing" | "closed";

/** Why a channel closed otherwise than in order. */
export type DataChannelError =
  | Exclude<ClosedReason, "shutdown">
  /** The peer began anew; channels do not outlive that. */
  | "restarted"
  /** All identifiers are in use, or the peer takes fewer streams (RFC 8832 §6). */
  | "no-id"
  /** There is no association any more that could carry it. */
  | "ended";

/** One channel as its user sees it. `DataChannels` changes it. */
export interface DataChannel {
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits: number | undefined;
  readonly maxPacketLifeTime: number | undefined;
  readonly negotiated: boolean;
  readonly priority: number;
  /** Unknown until the DTLS roles are (RFC 8832 §6). */
  readonly id: number | undefined;
  readonly state: DataChannelState;
}

/** The channel as its machine sees it. */
export interface MutableDataChannel extends DataChannel {
  id: number | undefined;
  state: DataChannelState;
  lowThreshold: number;
  /** The peer knows of it: unordered messages cannot overtake the OPEN any more (RFC 8832 §6). */
  confirmed: boolean;
  incomingReset: boolean;
  outgoingReset: boolean;
  /** What the peer's OPEN made this side remember. */
  openBytes: number;
}

/** Normal priority (RFC 8831 §6.4). */
export const defaultPriority = 256;

/** A channel in its first state. */
export function newDataChannel(init: DataChannelInit): MutableDataChannel {
  return {
    label: init.label,
    protocol: init.protocol ?? "",
    ordered: init.ordered ?? true,
    maxRetransmits: init.maxRetransmits,
    maxPacketLifeTime: init.maxPacketLifeTime,
    negotiated: init.negotiated ?? false,
    priority: init.priority ?? defaultPriority,
    id: init.id,
    state: "connecting",
    lowThreshold: 0,
    confirmed: init.negotiated ?? false,
    incomingReset: false,
    outgoingReset: false,
    openBytes: 0,
  };
}

/** What the W3C's createDataChannel refuses with a TypeError (webrtc §6.1). */
export function checkInit(init: DataChannelInit): void {
  const { id, negotiated, maxRetransmits, maxPacketLifeTime } = init;
  const refuse = (message: string): never => {
    throw new SctpError("invalid-channel-options", message);
  };
  if (maxRetransmits !== undefined && maxPacketLifeTime !== undefined) {
    refuse("A channel has a limit of retransmits or a lifetime, not both.");
  }
  if (negotiated && !(id !== undefined && id >= 0 && id < 65_535)) {
    refuse("A negotiated channel needs an id from 0 to 65534.");
  }
  if (toUtf8(init.label).length > 65_535 || toUtf8(init.protocol ?? "").length > 65_535) {
    refuse("Label and protocol have at most 65535 bytes.");
  }
}
