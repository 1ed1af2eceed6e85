import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { RTCDataChannel } from "../../packages/webrtc/src/node/index.ts";

/** The sizes that are sent each way: the smallest, those around a packet, and the largest. */
export const messageSizes = [1, 100, 1171, 1172, 1200, 16_384, 65_536, 262_144];

/** What is sent in bulk, in MB: little in `npm test`, 100 in `npm run test:interop`. */
export const bulkMegabytes: number = Number(process.env.TINCAN_INTEROP_MB ?? 4);

/** Waits for a channel of ours to open. */
export async function opened(channel: RTCDataChannel): Promise<void> {
  if (channel.readyState !== "open") await once(channel, "open");
}

/** The next message on a channel of ours. */
export async function nextMessage(channel: RTCDataChannel): Promise<ArrayBuffer | string> {
  const [event] = await once(channel, "message");
  return event.data;
}

/** Sends each size to a peer that echoes, and wants it back as it was. */
export async function exchangeSizes(
  channel: RTCDataChannel,
  sizes: readonly number[] = messageSizes,
): Promise<void> {
  for (const size of sizes) {
    const bytes = randomBytes(size);
    channel.send(bytes);
    const echo = await nextMessage(channel);
    const isSame = echo instanceof ArrayBuffer && bytes.equals(Buffer.from(echo));
    if (!isSame) throw new Error(`${size} bytes came back otherwise`);
  }
  channel.send("Grüße, 世界");
  const text = await nextMessage(channel);
  if (text !== "Grüße, 世界") throw new Error("a text came back otherwise");
}

/**
 * Sends much to a peer that echoes, both directions busy at once, and wants the same back. No more than
 * 2 MB are on the way at any time, for not every peer waits for room before it sends. One that `rests`
 * is sent 2 MB at a time.
 */
export async function exchangeBulk(
  channel: RTCDataChannel,
  bytes: number,
  { rests = false }: { readonly rests?: boolean } = {},
): Promise<void> {
  const [sent, received] = [createHash("sha256"), createHash("sha256")];
  const piece = 16_384;
  let ahead = 0;
  let missing = bytes;
  let wake = (): void => {};
  const take = ({ data }: { data: ArrayBuffer }): void => {
    received.update(new Uint8Array(data));
    ahead -= data.byteLength;
    missing -= data.byteLength;
    wake();
  };
  const more = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  channel.addEventListener("message", take);
  for (let left = bytes; left > 0; left -= piece) {
    const block = randomBytes(Math.min(piece, left));
    sent.update(block);
    channel.send(block);
    ahead += block.length;
    if (ahead <= 2_000_000) continue;
    while (ahead > (rests ? 0 : 2_000_000)) await more();
  }
  while (missing > 0) await more();
  channel.removeEventListener("message", take);
  if (sent.digest("hex") !== received.digest("hex")) throw new Error("other bytes came back");
}
