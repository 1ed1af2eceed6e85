import { type Instant, toHex } from "../wire/index.ts";
import type { Relay } from "./relay.ts";
import type { Mortal, ServerState } from "./server-state.ts";

/** How long a reserved port is held: at least 30 seconds (RFC 8656 §7.2). */
export const reservationLifetimeS = 30;

/** Ports held open for who shows the token (RFC 8656 §7.2, EVEN-PORT with R); capped for each user and in all. */
export class Reservations {
  readonly #state: ServerState;
  readonly #byToken = new Map<string, Reservation>();
  readonly #perAccount = new Map<string, number>();

  constructor(state: ServerState) {
    this.#state = state;
  }

  /** Whether this user may hold one more. */
  hasRoom(account: string): boolean {
    const { reservations, reservationsPerUser } = this.#state.settings.limits;
    if (this.#byToken.size >= reservations) return false;
    return (this.#perAccount.get(account) ?? 0) < reservationsPerUser;
  }

  /** Holds an open relay; answers the token. */
  hold(relay: Relay, account: string, now: Instant): Uint8Array {
    const token = this.#state.crypto.random(8);
    const expiresAt = now + reservationLifetimeS * 1000;
    const key = toHex(token);
    const reservation: Reservation = {
      relay,
      account,
      expiresAt,
      expire: () => {
        this.#remove(key);
        relay.close();
      },
    };
    this.#byToken.set(key, reservation);
    this.#perAccount.set(account, (this.#perAccount.get(account) ?? 0) + 1);
    this.#state.deadlines.add(reservation);
    return token;
  }

  has(token: Uint8Array, account: string): boolean {
    return this.#byToken.get(toHex(token))?.account === account;
  }

  /** Takes the relay that a token stands for. */
  take(token: Uint8Array): Relay | undefined {
    const key = toHex(token);
    const reservation = this.#byToken.get(key);
    if (reservation === undefined) return undefined;
    this.#remove(key);
    this.#state.deadlines.delete(reservation);
    return reservation.relay;
  }

  get size(): number {
    return this.#byToken.size;
  }

  /** Gives all of them up. */
  clear(): void {
    for (const [key, reservation] of this.#byToken) {
      this.#remove(key);
      this.#state.deadlines.delete(reservation);
      reservation.relay.close();
    }
  }

  #remove(key: string): void {
    const reservation = this.#byToken.get(key);
    if (reservation === undefined) return;
    this.#byToken.delete(key);
    const left = (this.#perAccount.get(reservation.account) ?? 1) - 1;
    if (left > 0) this.#perAccount.set(reservation.account, left);
    else this.#perAccount.delete(reservation.account);
  }
}

interface Reservation extends Mortal {
  readonly relay: Relay;
  readonly account: string;
}
