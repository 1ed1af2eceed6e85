import type { DataChannelInit } from "../../sctp/index.ts";
import type { RTCDataChannelInit } from "./rtc-data-channel.ts";
import { dictionary, enforcedInteger } from "./web-idl.ts";

/** Takes what a channel is to be made with as Web IDL does, each member once and in the order of their names. */
export function checkChannelInit(label: string, init: RTCDataChannelInit | null): DataChannelInit {
  const wellFormedLabel = wellFormed(label);
  const { id, maxPacketLifeTime, maxRetransmits, negotiated, ordered, protocol } = dictionary(init);
  const checkedId = unsignedShort(id, "id");
  return {
    label: wellFormedLabel,
    maxPacketLifeTime: unsignedShort(maxPacketLifeTime, "maxPacketLifeTime"),
    maxRetransmits: unsignedShort(maxRetransmits, "maxRetransmits"),
    negotiated: Boolean(negotiated),
    ordered: ordered === undefined || Boolean(ordered),
    protocol: protocol === undefined ? "" : wellFormed(protocol),
    // Without negotiation the id is chosen here, whatever is asked for.
    id: negotiated ? checkedId : undefined,
  };
}

/** `USVString` (Web IDL §3.2.12): UTF-8 has no lone surrogates, and a symbol is no string. */
function wellFormed(text: string): string {
  return Buffer.from(`${text}`).toString();
}

/** `[EnforceRange] unsigned short`, where it is given. */
function unsignedShort(value: number | undefined, name: string): number | undefined {
  return value === undefined ? undefined : enforcedInteger(value, name, 65_535);
}
