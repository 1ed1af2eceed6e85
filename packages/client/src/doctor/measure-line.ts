import type { LineSight, ThroughputSight } from "@tincan/doctor";
import type { Loopback } from "./loopback.ts";

const PACKETS = 50;
const EVERY_MS = 20;
const PACKET_BYTES = 160;

/**
 * Sends packets as often as a voice does, and looks at what comes back. They cross the line of this machine four
 * times: out to the relay and in again, there and back.
 */
export async function measureLine(loop: Loopback): Promise<Omit<LineSight, "via">> {
  const [there] = await openChannel(loop, "line", { ordered: false, maxRetransmits: 0 });
  const sent = new Map<number, number>();
  const times: number[] = [];
  there.onmessage = ({ data }) => {
    const seq = new DataView(data as ArrayBuffer).getUint32(0);
    const at = sent.get(seq);
    if (at !== undefined && sent.delete(seq)) times.push(performance.now() - at);
  };
  for (let seq = 0; seq < PACKETS && there.readyState === "open"; seq += 1) {
    const packet = new DataView(new ArrayBuffer(PACKET_BYTES));
    packet.setUint32(0, seq);
    sent.set(seq, performance.now());
    there.send(packet.buffer);
    await pause(EVERY_MS);
  }
  await pause(LATE_MS);
  there.close();
  const sorted = [...times].sort((a, b) => a - b);
  const steps = times.slice(1).map((time, index) => Math.abs(time - (times[index] ?? time)));
  return {
    rttMs: sorted[sorted.length >> 1] ?? Number.POSITIVE_INFINITY,
    jitterMs: steps.reduce((sum, step) => sum + step, 0) / Math.max(1, steps.length),
    loss: 1 - times.length / PACKETS,
  };
}

const LATE_MS = 500;

/** Fills the line, first one way and then the other. Each byte goes out to the relay and comes in again. */
export async function measureThroughput(loop: Loopback): Promise<Omit<ThroughputSight, "via">> {
  const [near, far] = await openChannel(loop, "throughput", {});
  const there = await fill(near, far);
  const back = await fill(far, near);
  near.close();
  return { there, back };
}

const FILL_MS = 1200;
const CHUNK = new Uint8Array(16_384);

/** How much may wait to be sent: what arrives in a quarter of a second, so that a slow line is soon empty again. */
const WAITING_SECONDS = 0.25;
const LEAST_WAITING = 65_536;
const MOST_WAITING = 1_000_000;

/** Bits per second that arrive. */
async function fill(from: RTCDataChannel, to: RTCDataChannel): Promise<number> {
  const start = performance.now();
  const arrived: { at: number; bytes: number }[] = [];
  let bytes = 0;
  to.onmessage = ({ data }) => {
    bytes += (data as ArrayBuffer).byteLength;
    arrived.push({ at: performance.now(), bytes });
  };
  while (performance.now() < start + FILL_MS && from.readyState === "open") {
    const perSecond = (1000 * bytes) / (performance.now() - start);
    const waiting = Math.min(MOST_WAITING, Math.max(LEAST_WAITING, WAITING_SECONDS * perSecond));
    while (from.bufferedAmount < waiting) from.send(CHUNK);
    from.bufferedAmountLowThreshold = waiting / 2;
    await new Promise<void>((resolve) => {
      from.onbufferedamountlow = () => resolve();
      setTimeout(resolve, 100);
    });
  }
  // What still waits would be in the way of the other direction.
  for (let waited = 0; from.bufferedAmount > 0 && waited < 2000; waited += 50) await pause(50);
  to.onmessage = null;
  // The first one starts the clock, for the time on the way is not the rate; where few came, the start has to do.
  const first = arrived.length > FEW ? arrived[0] : { at: start, bytes: 0 };
  const last = arrived.at(-1);
  if (first === undefined || last === undefined) return 0;
  return (8000 * (last.bytes - first.bytes)) / Math.max(1, last.at - first.at);
}

const FEW = 8;

/** A channel beside the echo: the near end, and the far end, which echoes where it is unreliable. */
async function openChannel(
  { ends: [a, b] }: Loopback,
  label: string,
  options: RTCDataChannelInit,
): Promise<readonly [RTCDataChannel, RTCDataChannel]> {
  const near = a.createDataChannel(label, options);
  near.binaryType = "arraybuffer";
  const far = await new Promise<RTCDataChannel>((resolve) => {
    b.addEventListener("datachannel", ({ channel }) => {
      if (channel.label === label) resolve(channel);
    });
  });
  far.binaryType = "arraybuffer";
  if (options.maxRetransmits === 0) {
    far.onmessage = ({ data }) => {
      if (far.readyState === "open") far.send(data);
    };
  }
  if (near.readyState !== "open")
    await new Promise((resolve) => near.addEventListener("open", resolve));
  return [near, far];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
