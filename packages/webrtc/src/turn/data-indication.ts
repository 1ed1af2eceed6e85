import type { TransportAddress } from "../wire/index.ts";
import type { Allocation } from "./allocation.ts";
import { Data, Icmp, type IcmpError, XorPeerAddress } from "./attributes.ts";
import { dataMethod } from "./methods.ts";
import type { ServerState } from "./server-state.ts";

/** Brings a peer's data to the client in a Data indication (RFC 8656 §11.3). */
export function sendData(
  state: ServerState,
  allocation: Allocation,
  peer: TransportAddress,
  data: Uint8Array,
): void {
  const writer = state.writer.begin(dataMethod, "indication", state.nextTransactionId());
  writer.add(XorPeerAddress, peer).add(Data, data);
  if (state.settings.fingerprint) writer.addFingerprint();
  allocation.tuple.send(writer.finishCopy(), 0, writer.length);
}

/** Tells the client of an ICMP error in a Data indication without data (RFC 8656 §11.6). */
export function sendIcmp(
  state: ServerState,
  allocation: Allocation,
  peer: TransportAddress,
  error: IcmpError,
): void {
  const writer = state.writer.begin(dataMethod, "indication", state.nextTransactionId());
  writer.add(XorPeerAddress, peer).add(Icmp, error);
  if (state.settings.fingerprint) writer.addFingerprint();
  allocation.tuple.send(writer.finishCopy(), 0, writer.length);
}
