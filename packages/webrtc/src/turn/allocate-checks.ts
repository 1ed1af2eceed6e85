import { type StunMessage, UnknownAttributes } from "../stun/index.ts";
import {
  AdditionalAddressFamily,
  CoturnAdditionalAddressFamily,
  DontFragment,
  EvenPort,
  RequestedAddressFamily,
  RequestedTransport,
  ReservationToken,
} from "./attributes.ts";
import { familyCode, familyFromCode, transportTcp, transportUdp } from "./methods.ts";
import { type Refusal, refusal, type TurnRequest } from "./turn-request.ts";

/** Why an Allocate request is refused, in the order of RFC 8656 §7.2; if it is not, it counts in the quota. */
export function checkAllocate(request: TurnRequest): Refusal | undefined {
  for (const step of steps) {
    const refused = step(request);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** Whether a request asks for a second family, under the standard's number or coturn's. */
export function wantsAdditionalFamily(message: StunMessage): boolean {
  return message.has(AdditionalAddressFamily) || message.has(CoturnAdditionalAddressFamily);
}

type Step = (request: TurnRequest) => Refusal | undefined;

/** Step 2: one 5-tuple, one allocation. */
const checkTuple: Step = ({ tuple }) => (tuple.allocation === undefined ? undefined : refusal(437));

/** Step 3: the transport of the relay. */
const checkTransport: Step = ({ message, state, tuple }) => {
  const transport = message.value(RequestedTransport);
  if (transport === undefined) return refusal(400);
  if (transport === transportUdp) return state.settings.relayUdp ? undefined : refusal(442);
  const canTcp = state.settings.relayTcp && state.sockets.openTcp !== undefined;
  if (transport !== transportTcp || !canTcp) return refusal(442);
  // RFC 6062 §5.1: over a connection only, and without what makes sense for datagrams alone.
  if (!tuple.isStream) return refusal(400);
  const hasOther = [DontFragment, EvenPort, ReservationToken].some((one) => message.has(one));
  return hasOther ? refusal(400) : undefined;
};

/** Step 4: what DF needs. */
const checkDontFragment: Step = ({ message, state }) => {
  if (!message.has(DontFragment) || state.sockets.canSetDontFragment) return undefined;
  return { code: 420, write: (writer) => writer.add(UnknownAttributes, [DontFragment.type]) };
};

/** Step 5: a token stands for a port, so nothing else may be asked of the port. */
const checkReservation: Step = ({ message, state, user }) => {
  if (!message.has(ReservationToken)) return undefined;
  const token = message.value(ReservationToken);
  const hasOther = message.has(EvenPort) || message.has(RequestedAddressFamily);
  if (token === undefined || hasOther || wantsAdditionalFamily(message)) return refusal(400);
  return state.reservations.has(token, user.account) ? undefined : refusal(508);
};

/** Steps 6 and 7: one family is asked for, and we have it. */
const checkFamily: Step = ({ message, state }) => {
  if (message.has(ReservationToken)) return undefined;
  if (!message.has(RequestedAddressFamily)) {
    return state.addresses.supports(4) ? undefined : refusal(440);
  }
  if (wantsAdditionalFamily(message)) return refusal(400);
  const code = message.value(RequestedAddressFamily);
  if (code === undefined) return refusal(400);
  const family = familyFromCode(code);
  return family !== undefined && state.addresses.supports(family) ? undefined : refusal(440);
};

/** Step 8: an even port can be had, alone or with the next one. */
const checkEvenPort: Step = ({ message, state, user }) => {
  if (!message.has(EvenPort)) return undefined;
  const reserve = message.value(EvenPort);
  if (reserve === undefined) return refusal(400);
  if (!reserve) return undefined;
  if (wantsAdditionalFamily(message)) return refusal(400);
  return state.reservations.hasRoom(user.account) ? undefined : refusal(508);
};

/** Step 9: the additional family is IPv6. */
const checkAdditional: Step = ({ message }) => {
  if (!wantsAdditionalFamily(message)) return undefined;
  const code =
    message.value(AdditionalAddressFamily) ?? message.value(CoturnAdditionalAddressFamily);
  return code === familyCode(6) ? undefined : refusal(400);
};

/** Step 10: quotas; a server that drains has none left to give. Taken last, since it counts. */
const checkQuota: Step = ({ state, user }) => {
  if (state.isDraining) return refusal(508);
  return state.quotas.take(user.account, state.settings.limits) ? undefined : refusal(486);
};

const steps: readonly Step[] = [
  checkTuple,
  checkTransport,
  checkDontFragment,
  checkReservation,
  checkFamily,
  checkEvenPort,
  checkAdditional,
  checkQuota,
];
