import { Allocation } from "./allocation.ts";
import { RequestedAddressFamily } from "./attributes.ts";
import { establish } from "./establish.ts";
import { familyFromCode } from "./methods.ts";
import { TcpRelay } from "./tcp-relay.ts";
import { copyOf, refusal, refuse, type TurnRequest } from "./turn-request.ts";

/** RFC 6062 §5.1: an allocation whose relay speaks TCP. The checks are done. */
export function allocateTcp(request: TurnRequest): void {
  const { state, message, tuple, user } = request;
  const allocation = new Allocation(state, tuple, user, message.transactionId);
  open({ ...request, message: copyOf(message) }, allocation, 8);
}

function open(request: TurnRequest, allocation: Allocation, attemptsLeft: number): void {
  const { state, message, tuple } = request;
  const family = familyFromCode(message.value(RequestedAddressFamily) ?? 1) ?? 4;
  const taken = attemptsLeft > 0 ? state.addresses.take(family, "any", tuple.local.ip) : undefined;
  if (taken === undefined) {
    allocation.end("relay-failed");
    refuse(request, refusal(508));
    return;
  }
  const relay = new TcpRelay(state, allocation, taken);
  state.sockets.openTcp?.(relay.bound, relay, (listener, at) => {
    if (listener !== undefined) relay.opened(listener);
    if (listener === undefined || allocation.isEnded) {
      relay.close();
      if (!allocation.isEnded) open(request, allocation, attemptsLeft - 1);
      return;
    }
    allocation.tcpRelay = relay;
    establish(request, allocation, () => {}, at);
  });
}
