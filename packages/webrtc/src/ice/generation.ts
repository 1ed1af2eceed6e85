import type { StunMessage } from "../stun/index.ts";
import { type Instant, sameAddress, type TransportAddress } from "../wire/index.ts";
import type { BaseId } from "./candidate.ts";
import type { Connectivity } from "./connectivity.ts";
import { Consent, type ConsentOptions } from "./consent.ts";
import type { Pair } from "./pair.ts";

/** What an agent has from one restart to the next (RFC 8445 §9): checks, and consent on the pair in use. */
export class Generation {
  readonly connectivity: Connectivity;
  consent: Consent | undefined;
  hasAllRemotes = false;

  constructor(connectivity: Connectivity) {
    this.connectivity = connectivity;
  }

  /** Packets go over this pair from now on, as long as the other side wants them; `false` before it is known. */
  use(
    pair: Pair,
    options: Pick<ConsentOptions, "crypto" | "roles" | "send">,
    now: Instant,
  ): boolean {
    const { local, remote } = this.connectivity;
    if (remote === undefined) return false;
    this.consent = new Consent({ ...options, pair, local, remote }, now);
    return true;
  }

  /** Whether the pair in use leaves from a base, to any address or to this one. */
  goesOver(base: BaseId, remote?: TransportAddress): boolean {
    const pair = this.consent?.pair;
    if (pair?.local.base !== base) return false;
    return remote === undefined || sameAddress(pair.remote.address, remote);
  }

  /** Whether the other side may send from there. */
  knows(base: BaseId, from: TransportAddress): boolean {
    return this.goesOver(base, from) || this.connectivity.knows(base, from);
  }

  /** The pair in use works no more. */
  lose(): Pair | undefined {
    const lost = this.consent?.pair;
    for (const pair of this.connectivity.checklist.pairs) {
      if (pair.valid === lost) pair.state = "failed";
    }
    this.consent = undefined;
    return lost;
  }

  /** A response to one of its checks, or `false` where it is none. */
  handleResponse(
    response: StunMessage,
    base: BaseId,
    from: TransportAddress,
    now: Instant,
  ): boolean {
    return (
      this.connectivity.handleResponse(response, base, from, now) ||
      (this.consent?.handleResponse(response, base, from, now) ?? false)
    );
  }
}
