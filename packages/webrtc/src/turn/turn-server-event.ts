import type { TransportAddress } from "../wire/index.ts";
import type { Traffic } from "./counters.ts";
import type { ClientTransport } from "./five-tuple.ts";
import type { TurnErrorNumber } from "./methods.ts";

/** Why an allocation came to its end. */
export type EndReason =
  | "released"
  | "expired"
  | "connection-closed"
  | "relay-failed"
  | "server-closed";

/** What the server tells of: for logs, and for whoever waits for a drain. */
export type TurnServerEvent =
  | {
      readonly type: "allocated";
      readonly id: number;
      readonly username: string;
      readonly transport: ClientTransport;
      readonly client: TransportAddress;
      readonly relayed: readonly TransportAddress[];
    }
  | {
      readonly type: "moved";
      readonly id: number;
      readonly username: string;
      readonly client: TransportAddress;
    }
  | {
      readonly type: "ended";
      readonly id: number;
      readonly username: string;
      readonly reason: EndReason;
      readonly traffic: Traffic;
    }
  | {
      readonly type: "refused";
      readonly method: number;
      readonly code: TurnErrorNumber;
      readonly client: TransportAddress;
      /** Known where the request was authentic. */
      readonly username: string | undefined;
      /** The address of the peer that the policy forbids (403). */
      readonly peer: string | undefined;
    }
  /** The last allocation has ended after `drain`. */
  | { readonly type: "drained" };
