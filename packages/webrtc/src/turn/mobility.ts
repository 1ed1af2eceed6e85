import { type Crypto, toHex, toUtf8 } from "../wire/index.ts";
import type { Allocation } from "./allocation.ts";
import { MobilityTicket } from "./attributes.ts";
import { isRefusal, type Refusal, refusal, type TurnRequest } from "./turn-request.ts";

/** The tickets of one allocation: the newest, and the one before, which a retransmission still shows. */
export interface Ticket {
  readonly current: Uint8Array;
  readonly previous: Uint8Array | undefined;
}

/** Tickets that let a client take its allocation along to another address (RFC 8016); two at most for each. */
export class Tickets {
  readonly #crypto: Crypto;
  readonly #allocations = new Map<string, Allocation>();

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  /** Makes a new ticket for an allocation; the one before the last is good no more. */
  issue(allocation: Allocation): Uint8Array {
    const before = allocation.ticket;
    if (before?.previous !== undefined) this.#allocations.delete(toHex(before.previous));
    // As digits: coturn's client keeps a ticket as a text that ends with its first zero.
    const current = toUtf8(toHex(this.#crypto.random(16)));
    allocation.ticket = { current, previous: before?.current };
    this.#allocations.set(toHex(current), allocation);
    return current;
  }

  allocationOf(ticket: Uint8Array): Allocation | undefined {
    return ticket.length === ticketLength ? this.#allocations.get(toHex(ticket)) : undefined;
  }

  forget(allocation: Allocation): void {
    const { ticket } = allocation;
    if (ticket === undefined) return;
    this.#allocations.delete(toHex(ticket.current));
    if (ticket.previous !== undefined) this.#allocations.delete(toHex(ticket.previous));
    allocation.ticket = undefined;
  }

  /** How many tickets are good. */
  get size(): number {
    return this.#allocations.size;
  }
}

const ticketLength = 32;

/**
 * The allocation that a Refresh with a ticket is about, moved to where the request came from
 * (RFC 8016 §3.2.2). Data from the old place is taken until the client is heard from the new one.
 */
export function moveAllocation(request: TurnRequest): Allocation | Refusal {
  const { state, message, tuple, user } = request;
  const allocation = findByTicket(request);
  if (isRefusal(allocation)) return allocation;
  if (allocation.owner.username !== user.username) return refusal(441);
  if (allocation.tuple === tuple) {
    // A retransmission: the client did not hear of the new ticket, or comes back to where it was.
    return message.has(MobilityTicket) ? allocation : refusal(400);
  }
  // Another allocation stands on this 5-tuple already.
  const other = tuple.allocation;
  if (other !== undefined && other !== allocation) return refusal(437);
  if (allocation.previousTuple !== tuple) allocation.forgetPreviousTuple();
  allocation.previousTuple = allocation.tuple;
  allocation.tuple = tuple;
  tuple.hold(allocation);
  state.tickets.issue(allocation);
  const { id } = allocation;
  state.events.event({ type: "moved", id, username: user.username, client: tuple.remote });
  return allocation;
}

function findByTicket({ state, message }: TurnRequest): Allocation | Refusal {
  if (!state.settings.mobility) return refusal(405);
  const ticket = message.value(MobilityTicket);
  const allocation = ticket && state.tickets.allocationOf(ticket);
  return allocation === undefined || !allocation.isOpen ? refusal(400) : allocation;
}
