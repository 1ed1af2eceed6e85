import { type MessageWriter, XorMappedAddress } from "../stun/index.ts";
import type { Instant } from "../wire/index.ts";
import type { Allocation } from "./allocation.ts";
import { Lifetime, MobilityTicket, XorRelayedAddress } from "./attributes.ts";
import { succeed, type TurnRequest } from "./turn-request.ts";

/** How long an allocation is to live, from what the client asks for (RFC 8656 §7.2, §8.2). */
export function grantedLifetimeS({ message, state }: TurnRequest): number {
  const { defaultLifetimeS, maxLifetimeS } = state.settings;
  const asked = message.value(Lifetime) ?? defaultLifetimeS;
  return Math.min(maxLifetimeS, Math.max(asked, defaultLifetimeS));
}

/** Finishes an allocation whose sockets are open: it lives from now on, and the client hears of it. */
export function establish(
  request: TurnRequest,
  allocation: Allocation,
  extra: (writer: MessageWriter) => void,
  now: Instant,
): void {
  const { state, message, tuple, user } = request;
  const lifetime = grantedLifetimeS(request);
  allocation.expiresAt = now + lifetime * 1000;
  allocation.isOpen = true;
  state.deadlines.add(allocation);
  state.counters.allocationsMade += 1;
  const relayed = allocation.relayedAddresses;
  const wantsTicket = state.settings.mobility && message.has(MobilityTicket);
  const ticket = wantsTicket ? state.tickets.issue(allocation) : undefined;
  allocation.response = succeed(request, (writer) => {
    for (const address of relayed) writer.add(XorRelayedAddress, address);
    extra(writer);
    writer.add(Lifetime, lifetime).add(XorMappedAddress, tuple.remote);
    if (ticket !== undefined) writer.add(MobilityTicket, ticket);
  });
  const { id } = allocation;
  const { transport, remote: client } = tuple;
  const { username } = user;
  state.events.event({ type: "allocated", id, username, transport, client, relayed });
}
