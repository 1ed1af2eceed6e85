import type { Allocation } from "./allocation.ts";
import { Lifetime, MobilityTicket, RequestedAddressFamily } from "./attributes.ts";
import { grantedLifetimeS } from "./establish.ts";
import { type Family, familyFromCode } from "./methods.ts";
import { moveAllocation } from "./mobility.ts";
import {
  isRefusal,
  ownAllocation,
  type Refusal,
  refusal,
  refuse,
  succeed,
  type TurnRequest,
} from "./turn-request.ts";

/** RFC 8656 §8.2: receiving a Refresh request; with a ticket, RFC 8016 §3.2.2. */
export function handleRefresh(request: TurnRequest): void {
  // Step 1: the allocation, on this 5-tuple or moved to it by a ticket.
  const hasTicket = request.message.has(MobilityTicket);
  const allocation = hasTicket ? moveAllocation(request) : ownAllocation(request);
  if (isRefusal(allocation)) {
    refuse(request, allocation);
    return;
  }
  // Step 2: the family that is meant, where one is.
  const family = requestedFamily(request, allocation);
  if (typeof family === "object") {
    refuse(request, family);
    return;
  }
  // Step 3: the desired lifetime; none at all ends the allocation, or one family of it.
  if (request.message.value(Lifetime) === 0) remove(request, allocation, family);
  else extend(request, allocation);
}

/** A family that the allocation does not have is a mismatch (443). */
function requestedFamily(
  { message }: TurnRequest,
  allocation: Allocation,
): Family | Refusal | undefined {
  if (!message.has(RequestedAddressFamily)) return undefined;
  const family = familyFromCode(message.value(RequestedAddressFamily) ?? 0);
  if (family === undefined) return refusal(400);
  return allocation.reaches(family) ? family : refusal(443);
}

function remove(request: TurnRequest, allocation: Allocation, family: Family | undefined): void {
  const relay = family === undefined ? undefined : allocation.relayOf(family);
  if (relay !== undefined && allocation.relays.length > 1) allocation.dropRelay(relay);
  else allocation.end("released");
  succeed(request, (writer) => writer.add(Lifetime, 0));
}

function extend(request: TurnRequest, allocation: Allocation): void {
  const lifetime = grantedLifetimeS(request);
  allocation.expiresAt = request.now + lifetime * 1000;
  request.state.deadlines.add(allocation);
  succeed(request, (writer) => {
    writer.add(Lifetime, lifetime);
    const ticket = request.message.has(MobilityTicket) ? allocation.ticket : undefined;
    if (ticket !== undefined) writer.add(MobilityTicket, ticket.current);
  });
}
