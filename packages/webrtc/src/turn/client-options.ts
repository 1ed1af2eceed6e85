import type { Credentials, MessageWriter, RequestEvent } from "../stun/index.ts";
import type { Crypto } from "../wire/index.ts";
import {
  AdditionalAddressFamily,
  DontFragment,
  EvenPort,
  Lifetime,
  MobilityTicket,
  RequestedAddressFamily,
  RequestedTransport,
  ReservationToken,
} from "./attributes.ts";
import type { ClientEndReason, RequestFailure } from "./client-event.ts";
import type { ClientTransport } from "./five-tuple.ts";
import { type Family, familyCode, transportTcp, transportUdp } from "./methods.ts";

/** What a client asks for. */
export interface TurnClientOptions {
  readonly crypto: Crypto;
  readonly credentials: Credentials;
  /** What runs between client and server. */
  readonly transport: ClientTransport;
  /** What the relay speaks with peers; TCP (RFC 6062) needs TCP or TLS to the server. */
  readonly relayTransport?: "udp" | "tcp";
  /** The family of the relay; IPv4 where nothing is said. "both" asks for a dual allocation. */
  readonly family?: Family | "both";
  /** An even port, or an even port with the next one reserved (RFC 8656 §7.1). */
  readonly evenPort?: "even" | "reserve";
  readonly reservationToken?: Uint8Array;
  readonly dontFragment?: boolean;
  /** Asks for a ticket, so that `move` works (RFC 8016). */
  readonly mobility?: boolean;
  readonly lifetimeS?: number;
  readonly fingerprint?: boolean;
  /** How often a NAT on the way is reminded of the client on UDP; 25 seconds by default, 0 for never. */
  readonly keepaliveMs?: number;
}

/** Adds to an Allocate request what the options ask for (RFC 8656 §7.1). */
export function writeAllocate(writer: MessageWriter, options: TurnClientOptions): void {
  const isTcp = options.relayTransport === "tcp";
  writer.add(RequestedTransport, isTcp ? transportTcp : transportUdp);
  if (options.lifetimeS !== undefined) writer.add(Lifetime, options.lifetimeS);
  if (options.reservationToken !== undefined) {
    writer.add(ReservationToken, options.reservationToken);
  }
  if (options.family === "both") writer.add(AdditionalAddressFamily, familyCode(6));
  else if (options.family !== undefined) {
    writer.add(RequestedAddressFamily, familyCode(options.family));
  }
  if (options.evenPort !== undefined) writer.add(EvenPort, options.evenPort === "reserve");
  if (options.dontFragment) writer.add(DontFragment, true);
  if (options.mobility) writer.add(MobilityTicket, new Uint8Array(0));
}

/** When to refresh: a minute before the end, or after half of a short lifetime. */
export function refreshAfterMs(lifetimeS: number): number {
  return Math.max(lifetimeS - 60, lifetimeS / 2) * 1000;
}

/** What an error response to Allocate or Refresh means for the allocation. */
export function endReasonOf(code: number): ClientEndReason {
  if (code === 437) return "mismatch";
  return code === 486 || code === 508 ? "no-capacity" : "refused";
}

/** What a request other than those came to nothing by. */
export function failureOf(event: RequestEvent): RequestFailure {
  if (event.type === "error") return event.code;
  return event.type === "success" ? "bad-response" : event.type;
}
