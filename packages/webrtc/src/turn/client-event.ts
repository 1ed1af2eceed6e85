import type { TransportAddress } from "../wire/index.ts";
import type { AddressError, IcmpError } from "./attributes.ts";

/** Why a request came to nothing: the server's error code, or what else happened. */
export type RequestFailure = number | "timeout" | "unauthorized" | "bad-response" | "alternate";

/** Why an allocation came to its end, or never came to be. */
export type ClientEndReason =
  | "released"
  | "unauthorized"
  | "timeout"
  | "bad-response"
  /** 437: on Allocate another local port is to be tried; later, the server has lost the allocation. */
  | "mismatch"
  /** 486 and 508. */
  | "no-capacity"
  | "refused"
  /** 300: `alternate` says where to go instead. */
  | "alternate"
  /** The stream carries something else than STUN and ChannelData. */
  | "broken-stream";

/** What a TURN client tells of. */
export type TurnClientEvent =
  | {
      readonly type: "allocated";
      /** One relayed address, or one of each family. */
      readonly relayed: readonly TransportAddress[];
      /** The client as the server sees it. */
      readonly mapped: TransportAddress | undefined;
      readonly lifetimeS: number;
      /** Stands for the next higher port, where it was asked for. */
      readonly reservationToken: Uint8Array | undefined;
      /** Why the additional family was not given. */
      readonly addressError: AddressError | undefined;
    }
  | { readonly type: "permitted"; readonly ips: readonly string[] }
  | {
      readonly type: "permission-failed";
      readonly ips: readonly string[];
      readonly failure: RequestFailure;
    }
  | {
      readonly type: "channel-bound";
      readonly peer: TransportAddress;
      readonly channel: number;
    }
  | {
      readonly type: "channel-failed";
      readonly peer: TransportAddress;
      readonly failure: RequestFailure;
    }
  | { readonly type: "data"; readonly peer: TransportAddress; readonly data: Uint8Array }
  | { readonly type: "icmp"; readonly peer: TransportAddress; readonly error: IcmpError }
  /** A peer connection is there: bind it with a `TurnDataConnection` (RFC 6062 §4.3, §4.4). */
  | {
      readonly type: "connection";
      readonly peer: TransportAddress;
      readonly connectionId: number;
      /** The peer made it, not `connect`. */
      readonly isIncoming: boolean;
    }
  | {
      readonly type: "connect-failed";
      readonly peer: TransportAddress;
      readonly failure: RequestFailure;
    }
  /** The allocation stands, and goes on to. */
  | { readonly type: "refreshed" }
  | { readonly type: "moved" }
  | { readonly type: "move-failed"; readonly failure: RequestFailure }
  | {
      readonly type: "ended";
      readonly reason: ClientEndReason;
      readonly code: number | undefined;
      /** How the server puts it, where it sent an error. */
      readonly text?: string;
      readonly alternate?: {
        readonly server: TransportAddress;
        readonly domain: string | undefined;
      };
    };
