import { equal, type Instant } from "../wire/index.ts";
import { checkAllocate, wantsAdditionalFamily } from "./allocate-checks.ts";
import { Allocation } from "./allocation.ts";
import {
  AddressErrorCode,
  EvenPort,
  RequestedAddressFamily,
  RequestedTransport,
  ReservationToken,
} from "./attributes.ts";
import { establish } from "./establish.ts";
import { familyCode, familyFromCode, reasonPhrases, transportTcp } from "./methods.ts";
import { type OpenedRelays, openRelay } from "./open-relay.ts";
import type { PortShape } from "./port-pool.ts";
import type { Relay } from "./relay.ts";
import { allocateTcp } from "./tcp-allocate.ts";
import { copyOf, refusal, refuse, type TurnRequest } from "./turn-request.ts";

/** RFC 8656 §7.2: receiving an Allocate request. Step 1, authentication, is done. */
export function handleAllocate(request: TurnRequest): void {
  if (isRetransmission(request)) return;
  const refused = checkAllocate(request);
  if (refused !== undefined) refuse(request, refused);
  else if (request.message.value(RequestedTransport) === transportTcp) allocateTcp(request);
  else allocateUdp(request);
}

/** Step 2, for the same transaction: the answer was lost, so it is sent again. */
function isRetransmission({ message, tuple }: TurnRequest): boolean {
  const { allocation } = tuple;
  if (allocation === undefined || !equal(allocation.transactionId, message.transactionId))
    return false;
  if (!allocation.isOpen) return true;
  if (allocation.response === undefined) return false;
  tuple.send(allocation.response.slice(), 0, allocation.response.length);
  return true;
}

function allocateUdp(request: TurnRequest): void {
  const { state, message, tuple, user, now } = request;
  const allocation = new Allocation(state, tuple, user, message.transactionId);
  const token = message.value(ReservationToken);
  if (token !== undefined) {
    takeReserved(request, allocation, token);
    return;
  }
  // The sockets may take a while to open; the packet's memory is used again by then.
  const kept = { ...request, message: copyOf(message) };
  const family = familyFromCode(message.value(RequestedAddressFamily) ?? familyCode(4)) ?? 4;
  const wanted = { family, shape: wantedShape(request), preferredIp: tuple.local.ip };
  openRelay(state, wanted, now, (relays, at) => {
    if (relays === undefined) fail(kept, allocation);
    else if (allocation.isEnded) closeAll(relays);
    else {
      allocation.addRelay(relays.relay);
      if (wantsAdditionalFamily(kept.message)) addFamily(kept, allocation, at);
      else finish(kept, allocation, relays.sibling, at);
    }
  });
}

function wantedShape({ message }: TurnRequest): PortShape {
  const even = message.value(EvenPort);
  if (even === undefined) return "any";
  return even ? "even-pair" : "even";
}

/** The port was opened when it was reserved. */
function takeReserved(request: TurnRequest, allocation: Allocation, token: Uint8Array): void {
  const relay = request.state.reservations.take(token);
  if (relay === undefined) {
    fail(request, allocation);
    return;
  }
  allocation.addRelay(relay);
  establish(request, allocation, () => {}, request.now);
}

/** The success response, with a token where the next port is held. */
function finish(
  request: TurnRequest,
  allocation: Allocation,
  sibling: Relay | undefined,
  now: Instant,
): void {
  const { reservations } = request.state;
  const token = sibling && reservations.hold(sibling, request.user.account, now);
  establish(
    request,
    allocation,
    (writer) => {
      if (token !== undefined) writer.add(ReservationToken, token);
    },
    now,
  );
}

/** The second relay of a dual allocation; without it the first one stands alone (RFC 8656 §7.2). */
function addFamily(request: TurnRequest, allocation: Allocation, now: Instant): void {
  const { state, tuple } = request;
  if (!state.addresses.supports(6)) {
    finishWithout(request, allocation, 440, now);
    return;
  }
  const wanted = { family: 6, shape: "any", preferredIp: tuple.local.ip } as const;
  openRelay(state, wanted, now, (relays, at) => {
    if (relays === undefined) finishWithout(request, allocation, 508, at);
    else if (allocation.isEnded) closeAll(relays);
    else {
      allocation.addRelay(relays.relay);
      finish(request, allocation, undefined, at);
    }
  });
}

/** RFC 8656 §7.2: the client hears why it has one family only. */
function finishWithout(
  request: TurnRequest,
  allocation: Allocation,
  code: 440 | 508,
  now: Instant,
): void {
  if (allocation.isEnded) return;
  const error = { family: familyCode(6), code, reason: reasonPhrases[code] };
  establish(request, allocation, (writer) => writer.add(AddressErrorCode, error), now);
}

/** No port is to be had. */
function fail(request: TurnRequest, allocation: Allocation): void {
  if (allocation.isEnded) return;
  allocation.end("relay-failed");
  refuse(request, refusal(508));
}

/** The allocation ended while its sockets were being opened. */
function closeAll(relays: OpenedRelays): void {
  relays.relay.close();
  relays.sibling?.close();
}
