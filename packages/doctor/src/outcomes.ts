import type { IceServerInfo } from "@tincan/signaling";

/** What asking a server came to; the command asks through sockets, the page through the browser. */
/** Where the page is; a `URL` is one. */
export interface PageAddress {
  readonly href: string;
  readonly host: string;
  readonly hostname: string;
}

export type HealthOutcome =
  | {
      readonly type: "answered";
      readonly status: number;
      /** Unix time in milliseconds, where the server told it. */
      readonly date: number | undefined;
      readonly isTincan: boolean;
      readonly software: string;
    }
  | { readonly type: "failed"; readonly why: string };

export type UpgradeOutcome =
  | { readonly type: "upgraded"; readonly ms: number }
  | { readonly type: "answered"; readonly status: number; readonly body: string }
  | { readonly type: "failed"; readonly why: string };

export type SignalingOutcome =
  | {
      readonly type: "met";
      readonly iceServers: readonly IceServerInfo[];
      readonly ms: number;
      readonly transport: string;
    }
  | { readonly type: "refused"; readonly code: string; readonly message: string }
  | { readonly type: "failed"; readonly why: string };

export type StunOutcome =
  | {
      readonly type: "answered";
      /** What the server sees; `undefined` where a browser keeps it to itself, as it is our own address. */
      readonly mapped: string | undefined;
      readonly isTranslated: boolean;
      readonly ms: number;
    }
  | { readonly type: "failed"; readonly why: string };

/** Whether bytes came back. */
export type Echo = "echoed" | "lost" | "forbidden";

export type TurnOutcome =
  | {
      readonly type: "allocated";
      readonly relayed: string;
      readonly ms: number;
      /** From one allocation to another, and back. */
      readonly between: Echo;
      /** From a socket of this machine to the relay, and back. */
      readonly outside: Echo;
    }
  | { readonly type: "unresolved" | "unauthorized" | "full" }
  | { readonly type: "rejected"; readonly why: string }
  | { readonly type: "certificate"; readonly why: string }
  /** `refused`: nobody listens there; `silent`: nothing comes back. */
  | { readonly type: "unreachable"; readonly how: "refused" | "silent" };
