/**
 * How much the SCTP core alone can do: two associations back to back in memory, one core for both
 * sides, neither DTLS nor sockets. Run: `node bench/sctp-core.ts [seconds per case]`
 */
import { nodeCrypto } from "@tincan/webrtc/node";
import { Association, type AssociationOptions } from "@tincan/webrtc/sctp";

const seconds = Number(process.argv[2] ?? 2);

/** Where DTLS would put the head of its record. */
const HEADROOM = 16;
const BACKLOG = 1_000_000;
const WARM_UP = 0.5;

const cases: readonly { name: string; size: number; options: Partial<AssociationOptions> }[] = [
  { name: "16 KiB, no checksums", size: 16_384, options: {} },
  { name: "16 KiB, CRC32c", size: 16_384, options: { zeroChecksum: false } },
  {
    name: "16 KiB, CRC32c, DATA",
    size: 16_384,
    options: { zeroChecksum: false, interleaving: false },
  },
  { name: "256 KiB, no checksums", size: 262_144, options: {} },
  { name: "100 B, no checksums", size: 100, options: {} },
  { name: "100 B, CRC32c", size: 100, options: { zeroChecksum: false } },
];

for (const { name, size, options } of cases) {
  const { messages, cpuSeconds } = measure(size, options, seconds);
  const megabytes = (messages * size) / 1e6;
  process.stdout.write(
    `${name.padEnd(24)} ${(megabytes / cpuSeconds).toFixed(0).padStart(6)} MB/s` +
      ` ${(messages / cpuSeconds / 1000).toFixed(0).padStart(7)} k messages/s (per CPU second, both sides)\n`,
  );
}

/** Keeps a backlog at one side and counts what comes out at the other. */
function measure(
  size: number,
  options: Partial<AssociationOptions>,
  seconds: number,
): { messages: number; cpuSeconds: number } {
  const from = new Association({ crypto: nodeCrypto, ...options });
  const to = new Association({ crypto: nodeCrypto, ...options });
  const buffer = new Uint8Array(HEADROOM + from.maxPacketSize);
  const packet = buffer.subarray(HEADROOM);
  const message = new Uint8Array(size);
  const start = performance.now();
  let cpu = process.cpuUsage();
  let messages = 0;
  const carry = (one: Association, other: Association, now: number): boolean => {
    const length = one.pollInto(buffer, HEADROOM);
    if (length === 0) return false;
    other.receive(packet.subarray(0, length), now);
    for (let event = other.pollEvent(); event !== undefined; event = other.pollEvent()) {
      if (event.type === "message") messages += 1;
    }
    return true;
  };
  from.connect(start);
  let warm = false;
  for (let now = start; now - start < (seconds + WARM_UP) * 1000; now = performance.now()) {
    if (!warm && now - start > WARM_UP * 1000) {
      warm = true;
      messages = 0;
      cpu = process.cpuUsage();
    }
    if ((from.deadline ?? Number.POSITIVE_INFINITY) <= now) from.handleTimeout(now);
    if ((to.deadline ?? Number.POSITIVE_INFINITY) <= now) to.handleTimeout(now);
    while (from.bufferedAmount(0) < BACKLOG) from.send(0, message, { ppid: 53 }, now);
    for (let i = 0; i < 64; i += 1) {
      const there = carry(from, to, now);
      if (!carry(to, from, now) && !there) break;
    }
    from.pollEvent();
  }
  const used = process.cpuUsage(cpu);
  return { messages, cpuSeconds: (used.user + used.system) / 1e6 };
}
