import type { Instant } from "../wire/index.ts";
import type { Family } from "./methods.ts";
import type { PortShape } from "./port-pool.ts";
import { Relay } from "./relay.ts";
import type { TakenPort } from "./relay-addresses.ts";
import type { ServerState } from "./server-state.ts";

/** The relays of one request: the client's, and the next higher one where it is to be reserved. */
export interface OpenedRelays {
  readonly relay: Relay;
  readonly sibling: Relay | undefined;
}

/** What kind of relay is wanted. */
export interface WantedRelay {
  readonly family: Family;
  readonly shape: PortShape;
  /** The address that the client came to: relayed from, too, where that is one of the relay addresses. */
  readonly preferredIp: string;
}

type Opened = (relays: OpenedRelays | undefined, now: Instant) => void;

/** Opens a relay on a random port; a port that somebody else on the machine has is left for another. */
export function openRelay(
  state: ServerState,
  wanted: WantedRelay,
  now: Instant,
  opened: Opened,
  attemptsLeft = 8,
): void {
  const { family, shape, preferredIp } = wanted;
  const taken = attemptsLeft > 0 ? state.addresses.take(family, shape, preferredIp) : undefined;
  if (taken === undefined) {
    opened(undefined, now);
    return;
  }
  openAt(state, taken, (relay, at) => {
    const again = (later: Instant) => openRelay(state, wanted, later, opened, attemptsLeft - 1);
    if (shape === "even-pair") openSibling(state, taken, relay, at, opened, again);
    else if (relay === undefined) again(at);
    else opened({ relay, sibling: undefined }, at);
  });
}

function openSibling(
  state: ServerState,
  taken: TakenPort,
  relay: Relay | undefined,
  now: Instant,
  opened: Opened,
  again: (now: Instant) => void,
): void {
  const higher = { address: taken.address, port: taken.port + 1 };
  if (relay === undefined) {
    state.addresses.release(higher);
    again(now);
    return;
  }
  openAt(state, higher, (sibling, at) => {
    if (sibling !== undefined) opened({ relay, sibling }, at);
    else {
      relay.close();
      again(at);
    }
  });
}

function openAt(
  state: ServerState,
  taken: TakenPort,
  opened: (relay: Relay | undefined, now: Instant) => void,
): void {
  const relay = new Relay(state, taken);
  state.sockets.openUdp(relay.bound, relay, (socket, now) => {
    if (socket === undefined) relay.close();
    else relay.opened(socket);
    opened(socket === undefined ? undefined : relay, now);
  });
}
