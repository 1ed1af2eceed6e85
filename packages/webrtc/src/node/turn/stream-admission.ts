/** How many TCP and TLS connections clients may have. */
export interface StreamLimits {
  readonly connections: number;
  /** Of one address: many clients may come through one NAT. */
  readonly connectionsPerAddress: number;
}

/** What is allowed where the operator says nothing. */
export const defaultStreamLimits: StreamLimits = {
  connections: 8192,
  connectionsPerAddress: 512,
};

/** Counts connections, in all and by address. */
export class StreamAdmission {
  limits: StreamLimits;
  #total = 0;
  #refused = 0;
  readonly #byAddress = new Map<string, number>();

  constructor(limits: StreamLimits) {
    this.limits = limits;
  }

  /** Counts one more; without room it is refused. */
  enter(ip: string): boolean {
    const held = this.#byAddress.get(ip) ?? 0;
    if (this.#total >= this.limits.connections || held >= this.limits.connectionsPerAddress) {
      this.#refused += 1;
      return false;
    }
    this.#total += 1;
    this.#byAddress.set(ip, held + 1);
    return true;
  }

  /** One that had entered is closed. */
  leave(ip: string): void {
    this.#total -= 1;
    const held = this.#byAddress.get(ip) ?? 0;
    if (held > 1) this.#byAddress.set(ip, held - 1);
    else this.#byAddress.delete(ip);
  }

  /** How many are open. */
  get open(): number {
    return this.#total;
  }

  /** How many were refused so far. */
  get refused(): number {
    return this.#refused;
  }
}
