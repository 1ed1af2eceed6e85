import fc from "fast-check";
import { expect, it } from "vitest";
import { readU16, type TransportAddress } from "../../wire/index.ts";
import type { Libc } from "./libc.ts";
import { SegmentedSends, type SegmentedSocket } from "./segmented-sends.ts";

/** A system that notes what it is given, and takes it or not. */
class System implements Libc {
  readonly calls: { file: number; port: number; datagrams: Uint8Array[] }[] = [];
  /** What the next calls fail with; those without a number are carried out. */
  failures: (number | undefined)[] = [];
  errno = 0;
  #memory: Uint8Array = new Uint8Array(0);

  socket = (): number => 3;
  bind = (): number => 0;
  setOption = (): number => 0;
  close = (): number => 0;

  allocate(length: number) {
    this.#memory = new Uint8Array(length);
    return { address: 0x1000n, bytes: this.#memory };
  }

  /** Reads a msghdr as the kernel does (sendmsg(2)). */
  sendMessage = (file: number): number => {
    const failure = this.failures.shift();
    if (failure !== undefined) {
      this.errno = failure;
      return -1;
    }
    const view = new DataView(this.#memory.buffer);
    const pointer = (at: number): number => Number(view.getBigUint64(at, true) - 0x1000n);
    const vector = pointer(16);
    const [from, length] = [pointer(vector), Number(view.getBigUint64(vector + 8, true))];
    const controlLength = Number(view.getBigUint64(40, true));
    const control = pointer(32);
    const size = controlLength > 0 ? view.getUint16(control + 16, true) : length;
    const datagrams: Uint8Array[] = [];
    for (let at = 0; at < length; at += size) {
      datagrams.push(this.#memory.slice(from + at, from + Math.min(at + size, length)));
    }
    this.calls.push({ file, port: readU16(this.#memory, pointer(0) + 2), datagrams });
    return length;
  };
}

function socket(file: number): SegmentedSocket & { readonly returned: Uint8Array[] } {
  const returned: Uint8Array[] = [];
  return { file, canSegment: true, returned, refused: (bytes) => returned.push(bytes) };
}

const there: TransportAddress = { ip: "192.0.2.1", port: 7000 };

it("brings every datagram where it belongs, whole and in order, in as few calls as can be", () => {
  const steps = fc.record({
    file: fc.constantFrom(5, 6),
    port: fc.constantFrom(7000, 8000),
    length: fc.constantFrom(1, 60, 1199, 1200, 1201),
    count: fc.integer({ min: 1, max: 90 }),
  });
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 12 }), (script) => {
      const system = new System();
      const sends = new SegmentedSends(system);
      const sockets = new Map([5, 6].map((file) => [file, socket(file)]));
      const sent: string[] = [];
      let stamp = 0;
      for (const { file, port, length, count } of script) {
        for (let i = 0; i < count; i += 1) {
          stamp += 1;
          const bytes = new Uint8Array(length).fill(stamp);
          sends.add(sockets.get(file) as SegmentedSocket, bytes, { ...there, port });
          sent.push(`${file} ${port} ${length} ${stamp & 255}`);
          bytes.fill(0);
        }
      }
      sends.flush();
      const arrived = system.calls.flatMap(({ file, port, datagrams }) =>
        datagrams.map((one) => `${file} ${port} ${one.length} ${one[0]}`),
      );
      expect(arrived).toEqual(sent);
      for (const { datagrams } of system.calls) expect(datagrams.length).toBeLessThanOrEqual(64);
      const wanted = script.reduce((sum, { count }) => sum + Math.ceil(count / 50), 0);
      expect(system.calls.length).toBeLessThanOrEqual(wanted);
    }),
  );
});

it("sends what is smaller along with those before it, and nothing behind it", () => {
  const system = new System();
  const sends = new SegmentedSends(system);
  const one = socket(5);
  for (const length of [1200, 1200, 300, 300]) sends.add(one, new Uint8Array(length), there);
  sends.flush();
  const lengths = system.calls.map(({ datagrams }) => datagrams.map(({ length }) => length));
  expect(lengths).toEqual([[1200, 1200, 300], [300]]);
});

it("gives back one by one what the way takes only one by one, and sends so from then on", () => {
  const system = new System();
  const sends = new SegmentedSends(system);
  const one = socket(5);
  const invalid = 22;
  system.failures = [invalid];
  for (let i = 0; i < 3; i += 1) sends.add(one, new Uint8Array(100).fill(i), there);
  sends.flush();
  expect(one.returned.map(([first]) => first)).toEqual([0, 1, 2]);
  for (let i = 0; i < 3; i += 1) sends.add(one, new Uint8Array(100), there);
  sends.flush();
  expect(system.calls.map(({ datagrams }) => datagrams.length)).toEqual([1, 1, 1]);
});

it.each([
  ["has no room for", 11],
  ["finds no way for", 101],
])("gives back what the system %s now, and goes on with batches", (_, failure) => {
  const system = new System();
  const sends = new SegmentedSends(system);
  const one = socket(5);
  system.failures = [failure];
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 3; i += 1) sends.add(one, new Uint8Array(100), there);
    sends.flush();
  }
  expect(one.returned).toHaveLength(3);
  expect(system.calls.map(({ datagrams }) => datagrams.length)).toEqual([3]);
});
