import type { TransportAddress } from "../wire/index.ts";

/** What travels in the virtual world. */
export interface Datagram {
  readonly from: TransportAddress;
  readonly to: TransportAddress;
  readonly bytes: Uint8Array;
}
