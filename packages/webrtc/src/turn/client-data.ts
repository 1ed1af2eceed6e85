import type { StunMessage } from "../stun/index.ts";
import { type Instant, readU16 } from "../wire/index.ts";
import { Data, DontFragment, turnAttributeTypes, XorPeerAddress } from "./attributes.ts";
import { channelHeaderLength } from "./channel-data.ts";
import type { FiveTuple } from "./five-tuple.ts";
import { familyOf } from "./methods.ts";
import type { ServerState } from "./server-state.ts";

/**
 * RFC 8656 §12.6: ChannelData from a client goes on to the peer, from where it stands in memory. A
 * live channel is enough: ChannelBind is authenticated and checked like a permission for its peer.
 */
export function relayChannelData(
  state: ServerState,
  tuple: FiveTuple,
  bytes: Uint8Array,
  start: number,
  end: number,
  now: Instant,
): void {
  const { counters } = state;
  const allocation = tuple.allocation;
  if (allocation === undefined) {
    counters.drop("no-allocation");
    return;
  }
  const data = start + channelHeaderLength;
  if (data > end) {
    counters.drop("truncated");
    return;
  }
  const dataEnd = data + readU16(bytes, start + 2);
  if (dataEnd > end) {
    counters.drop("truncated");
    return;
  }
  const channel = allocation.channels.get(readU16(bytes, start));
  if (channel === undefined || channel.expiresAt <= now) {
    counters.drop("no-channel");
    return;
  }
  if (allocation.previousTuple !== undefined && allocation.tuple === tuple) {
    allocation.forgetPreviousTuple();
  }
  counters.fromClients[tuple.transport].count(dataEnd - data);
  allocation.traffic.count(dataEnd - data);
  channel.relay.toPeer(bytes, data, dataEnd, channel.peer, channel.permission, false, now);
}

/** RFC 8656 §11.2: a Send indication; what is wrong with it is counted, and never answered. */
export function relaySend(
  state: ServerState,
  tuple: FiveTuple,
  message: StunMessage,
  now: Instant,
): void {
  const { counters } = state;
  const allocation = tuple.allocation;
  if (allocation === undefined || !allocation.isOpen) {
    counters.drop("no-allocation");
    return;
  }

  // Step 1: what it says makes sense, and asks for nothing that we cannot do.
  const peer = message.value(XorPeerAddress);
  const dataAt = message.valueAt(Data.type);
  const dontFragment = message.has(DontFragment);
  const cannot = dontFragment && !state.sockets.canSetDontFragment;
  const hasUnknown = message.unknownRequired(turnAttributeTypes).length > 0;
  if (peer === undefined || peer.port === 0 || dataAt < 0 || cannot || hasUnknown) {
    counters.drop("malformed-indication");
    return;
  }

  // Step 2: a permission for the address.
  const permission = allocation.permissions.get(peer.ip);
  if (permission === undefined || permission.expiresAt <= now) {
    counters.drop("no-permission");
    return;
  }
  const relay = allocation.relayOf(familyOf(peer.ip));
  if (relay === undefined) {
    counters.drop("no-relay-of-family");
    return;
  }

  // Step 3: the data, in one datagram.
  if (allocation.previousTuple !== undefined && allocation.tuple === tuple) {
    allocation.forgetPreviousTuple();
  }
  const length = message.lengthAt(dataAt);
  counters.fromClients[tuple.transport].count(length);
  allocation.traffic.count(length);
  relay.toPeer(message.bytes, dataAt, dataAt + length, peer, permission, dontFragment, now);
}
