import { ChannelNumber, XorPeerAddress } from "./attributes.ts";
import { firstChannel, lastChannel, lastChannelRfc5766 } from "./channel-data.ts";
import { checkPeer, permit } from "./create-permission.ts";
import { familyOf } from "./methods.ts";
import { Channel } from "./permission.ts";
import {
  isRefusal,
  ownAllocation,
  type Refusal,
  refusal,
  refuse,
  succeed,
  type TurnRequest,
} from "./turn-request.ts";

/** RFC 8656 §12.2: receiving a ChannelBind request. */
export function handleChannelBind(request: TurnRequest): void {
  const refused = bind(request);
  if (refused === undefined) succeed(request);
  else refuse(request, refused);
}

function bind(request: TurnRequest): Refusal | undefined {
  const { state, message, now } = request;
  const allocation = ownAllocation(request);
  if (isRefusal(allocation)) return allocation;

  // Step 1: a number and an address are there, and the number is one of a channel.
  const number = message.value(ChannelNumber);
  const peer = message.value(XorPeerAddress);
  if (number === undefined || peer === undefined || peer.port === 0) return refusal(400);
  const last = state.settings.rfc5766Channels ? lastChannelRfc5766 : lastChannel;
  if (number < firstChannel || number > last) return refusal(400);

  // Step 2: one number, one address, and the other way round.
  const byNumber = allocation.channels.get(number);
  const byPeer = allocation.permissions.get(peer.ip)?.channels.get(peer.port);
  if (byNumber !== byPeer) return refusal(400);

  // Step 3: the address may be reached.
  const refused = checkPeer(state, allocation, peer);
  if (refused !== undefined) return refused;
  const relay = allocation.relayOf(familyOf(peer.ip));
  if (relay === undefined) return refusal(400);

  // Step 4: the capacity, the permission that a binding brings, and the binding.
  if (byNumber === undefined && allocation.channels.size >= state.settings.limits.channels) {
    return refusal(508);
  }
  const permission = permit(state, allocation, peer.ip, now);
  if (isRefusal(permission)) return permission;
  const expiresAt = now + state.settings.channelLifetimeS * 1000;
  if (byNumber !== undefined) {
    byNumber.expiresAt = expiresAt;
    return undefined;
  }
  const channel = new Channel(number, peer, permission, relay, expiresAt);
  allocation.channels.set(number, channel);
  permission.channels.set(peer.port, channel);
  state.channelCount += 1;
  state.deadlines.add(channel);
  return undefined;
}
