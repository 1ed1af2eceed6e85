import type { DataChannelInit } from "../../sctp/index.ts";
import type { RTCDataChannelInit } from "./rtc-data-channel.ts";

/** Checks what a channel is to be made with, as W3C webrtc §6.1, createDataChannel, and Web IDL do. */
export function checkChannelInit(label: string, init: RTCDataChannelInit): DataChannelInit {
  const { ordered = true, protocol = "", negotiated = false } = init;
  const maxPacketLifeTime = unsignedShort(init.maxPacketLifeTime, "maxPacketLifeTime");
  const maxRetransmits = unsignedShort(init.maxRetransmits, "maxRetransmits");
  const id = unsignedShort(init.id, "id");
  return {
    label: wellFormed(label),
    protocol: wellFormed(protocol),
    ordered: Boolean(ordered),
    maxPacketLifeTime,
    maxRetransmits,
    negotiated: Boolean(negotiated),
    // Without negotiation the id is chosen here, whatever is asked for.
    id: negotiated ? id : undefined,
  };
}

/** `USVString` (Web IDL §3.2.11): UTF-8 has no lone surrogates. */
function wellFormed(text: string): string {
  return Buffer.from(String(text)).toString();
}

/** `[EnforceRange] unsigned short` (Web IDL §3.2.4.4). */
function unsignedShort(value: number | undefined, name: string): number | undefined {
  if (value === undefined) return undefined;
  const whole = Math.trunc(Number(value));
  if (!(whole >= 0 && whole <= 65_535)) throw new TypeError(`${name} is from 0 to 65535.`);
  return whole;
}
