/** One side of `distance.ts` or `lab.ts`: floods, or counts what arrives in each second and tells it. */
import { type BenchChannel, type LibraryName, loadLibrary } from "./libraries.ts";
import { type Signal, Signaling } from "./signaling.ts";

const seconds = 15;
const messageSize = 16_384;
/** More than the line holds, and less than the least that a library lets wait. */
const backlog = 12 * 1024 * 1024;

const [name, where] = process.argv.slice(2);
const peer = (await loadLibrary(name as LibraryName, where === "lab"))();
const tell = (message: object): void => {
  process.send?.(message);
};
const signaling = new Signaling(peer, tell);
peer.ondatachannel = ({ channel }: { channel: BenchChannel }) => count(channel);
process.on("message", async (message: Signal & { start?: true }) => {
  if (message.start) {
    const channel = peer.createDataChannel("distance");
    channel.onopen = () => flood(channel);
    await signaling.offer();
  } else await signaling.receive(message);
});
tell({ ready: true });

function flood(channel: BenchChannel): void {
  const message = new Uint8Array(messageSize);
  const fill = (): void => {
    while (channel.readyState === "open" && channel.bufferedAmount < backlog) channel.send(message);
    // Not every library tells when what waits has become little.
    setTimeout(fill, 5);
  };
  fill();
}

function count(channel: BenchChannel): void {
  channel.binaryType = "arraybuffer";
  let bytes = 0;
  let hasBegun = false;
  const rates: number[] = [];
  channel.onmessage = ({ data }: { data: ArrayBuffer }) => {
    if (!hasBegun) {
      hasBegun = true;
      tell({ begun: true });
      setInterval(() => {
        rates.push((bytes * 8) / 1e6);
        bytes = 0;
        if (rates.length === seconds) tell({ result: rates });
      }, 1000);
    }
    bytes += data.byteLength;
  };
}
