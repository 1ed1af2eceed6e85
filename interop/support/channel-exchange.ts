import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { RTCDataChannel } from "../../packages/webrtc/src/node/index.ts";

/** The sizes that are sent each way: the smallest, those around a packet, and the largest. */
export const messageSizes = [1, 100, 1171, 1172, 1200, 16_384, 65_536, 262_144];

/** What is sent in bulk, in MB; more by the environment. */
export const bulkMegabytes: number = Number(process.env.TINCAN_INTEROP_MB ?? 20);

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

/** Sends much and never lets more than 1 MB wait; answers the hash of what was sent. */
export async function sendBulk(channel: RTCDataChannel, bytes: number): Promise<string> {
  const hash = createHash("sha256");
  const piece = 16_384;
  channel.bufferedAmountLowThreshold = 256 * 1024;
  for (let sent = 0; sent < bytes; sent += piece) {
    const block = randomBytes(Math.min(piece, bytes - sent));
    hash.update(block);
    channel.send(block);
    if (channel.bufferedAmount > 1024 * 1024) await once(channel, "bufferedamountlow");
  }
  return hash.digest("hex");
}

/** Takes in much; answers its hash. */
export function receiveBulk(channel: RTCDataChannel, bytes: number): Promise<string> {
  const hash = createHash("sha256");
  let received = 0;
  return new Promise((resolve) => {
    const take = ({ data }: { data: ArrayBuffer }): void => {
      hash.update(new Uint8Array(data));
      received += data.byteLength;
      if (received < bytes) return;
      channel.removeEventListener("message", take);
      resolve(hash.digest("hex"));
    };
    channel.addEventListener("message", take);
  });
}
