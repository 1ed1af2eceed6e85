/** Milliseconds on a monotonic clock whose zero means nothing; only differences count. */
export type Instant = number;

/** What a machine hands out when it is polled: a packet to send, or an event to act on. */
export type Output<Packet, Event> =
  | { readonly type: "packet"; readonly packet: Packet }
  | { readonly type: "event"; readonly event: Event };

/**
 * The contract of every protocol core: mutate, drain, wait.
 *
 * After each `receive` and `handleTimeout` (and after each method of the machine's own) the
 * caller drains `poll` until it answers `undefined`, then waits for a packet or for `deadline`,
 * whichever comes first. A machine is told the time and never asks for it.
 */
export interface Machine<Packet, Event> {
  receive(packet: Packet, now: Instant): void;
  handleTimeout(now: Instant): void;
  poll(): Output<Packet, Event> | undefined;
  /** When `handleTimeout` is wanted at the latest; `undefined` while nothing is pending. */
  readonly deadline: Instant | undefined;
}

/** The first of several deadlines, which may be none each. */
export function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const at of instants) {
    if (at !== undefined && at < (first ?? Number.POSITIVE_INFINITY)) first = at;
  }
  return first;
}
