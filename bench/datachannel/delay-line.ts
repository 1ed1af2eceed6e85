/**
 * A long line between two sockets: each way has a rate, a buffer before it, a delay and random loss, on the real
 * clock. For kernels without netem. A process of its own, since it never goes back to the event loop: batches of
 * datagrams by `recvmmsg` and `sendmmsg` (Linux), called through koffi, so that it takes little of the machine.
 * The first that sends to a side is who that side is.
 */
import { createRequire } from "node:module";
import type * as Koffi from "koffi";

export interface LineSettings {
  readonly bitsPerSecond: number;
  /** Each way. */
  readonly delayMs: number;
  /** What waits before the line at most; more is dropped. */
  readonly queueMs: number;
  readonly lossRatio: number;
}

const koffi = createRequire(import.meta.url)("koffi") as typeof Koffi;
const settings = JSON.parse(process.argv[2] ?? "") as LineSettings;

const library = koffi.load(null);
const openSocket = library.func("int socket(int, int, int)");
const bindSocket = library.func("int bind(int, void *, uint32_t)");
const nameOf = library.func("int getsockname(int, void *, void *)");
const setOption = library.func("int setsockopt(int, int, int, void *, uint32_t)");
const wait = library.func("int poll(void *, uint64_t, int)");
const receiveBatch = library.func("int recvmmsg(int, void *, uint32_t, int, void *)");
const sendBatch = library.func("int sendmmsg(int, void *, uint32_t, int)");

const ipv4 = 2;
const datagrams = 2;
const solSocket = 1;
const soSendBuffer = 7;
const soReceiveBuffer = 8;
const dontWait = 0x40;

const slotSize = 2048;
const slots = 8192;
const batch = 64;
const addressSize = 16;
/** struct mmsghdr, struct iovec, 64-bit Linux. */
const headerSize = 64;
const vectorSize = 16;

/** Native memory: its address for the system, a view for us. */
function memory(length: number): { at: bigint; view: DataView; bytes: Uint8Array } {
  const pointer = koffi.alloc("uint8_t", length);
  const buffer = koffi.view(pointer, length);
  const bytes = new Uint8Array(buffer).fill(0);
  return { at: koffi.address(pointer), view: new DataView(buffer), bytes };
}

/** One end of the line. */
class Side {
  readonly descriptor: number;
  readonly port: number;
  readonly peer = memory(addressSize);
  isKnown = false;

  constructor() {
    this.descriptor = openSocket(ipv4, datagrams, 0);
    const address = memory(addressSize);
    address.view.setUint16(0, ipv4, true);
    bindSocket(this.descriptor, address.at, addressSize);
    const length = memory(4);
    length.view.setUint32(0, addressSize, true);
    nameOf(this.descriptor, address.at, length.at);
    this.port = address.view.getUint16(2);
    const large = memory(4);
    large.view.setUint32(0, 4 << 20, true);
    for (const option of [soSendBuffer, soReceiveBuffer]) {
      setOption(this.descriptor, solSocket, option, large.at, 4);
    }
  }
}

/** What goes one way, in the order of arrival. */
class Way {
  readonly #from: Side;
  readonly #to: Side;
  readonly #slab = memory(slots * slotSize);
  readonly #lengths = new Uint32Array(slots);
  readonly #dueMs = new Float64Array(slots);
  readonly #headers = memory(batch * headerSize);
  readonly #vectors = memory(batch * vectorSize);
  readonly #names = memory(batch * addressSize);
  readonly #scratch = memory(batch * slotSize);
  readonly #sendHeaders = memory(batch * headerSize);
  readonly #sendVectors = memory(batch * vectorSize);
  #head = 0;
  #count = 0;
  #freeAtMs = 0;

  constructor(from: Side, to: Side) {
    this.#from = from;
    this.#to = to;
    for (let i = 0; i < batch; i += 1) {
      write(this.#headers.view, i, this.#names.at + BigInt(i * addressSize), this.#vectors.at);
      this.#vectors.view.setBigUint64(
        i * vectorSize,
        this.#scratch.at + BigInt(i * slotSize),
        true,
      );
      this.#vectors.view.setBigUint64(i * vectorSize + 8, BigInt(slotSize), true);
      write(this.#sendHeaders.view, i, to.peer.at, this.#sendVectors.at);
    }
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Takes what has come; tells whether there may be more. */
  take(nowMs: number): boolean {
    for (let i = 0; i < batch; i += 1) {
      this.#headers.view.setUint32(i * headerSize + 8, addressSize, true);
    }
    const came = receiveBatch(this.#from.descriptor, this.#headers.at, batch, dontWait, null);
    for (let i = 0; i < came; i += 1) this.#accept(i, nowMs);
    return came === batch;
  }

  #accept(index: number, nowMs: number): void {
    const name = this.#names.bytes.subarray(index * addressSize, (index + 1) * addressSize);
    if (!this.#from.isKnown) {
      this.#from.peer.bytes.set(name);
      this.#from.isKnown = true;
    } else if (Buffer.compare(name.subarray(0, 8), this.#from.peer.bytes.subarray(0, 8)) !== 0) {
      return;
    }
    const length = this.#headers.view.getUint32(index * headerSize + 56, true);
    const begins = Math.max(this.#freeAtMs, nowMs);
    const isFull = begins - nowMs > settings.queueMs || this.#count === slots;
    if (isFull || Math.random() < settings.lossRatio) return;
    this.#freeAtMs = begins + ((length + headersOnTheWire) * 8000) / settings.bitsPerSecond;
    const slot = (this.#head + this.#count) % slots;
    const from = index * slotSize;
    this.#slab.bytes.set(this.#scratch.bytes.subarray(from, from + length), slot * slotSize);
    this.#lengths[slot] = length;
    this.#dueMs[slot] = this.#freeAtMs + settings.delayMs;
    this.#count += 1;
  }

  /** Sends what has come through. */
  give(nowMs: number): void {
    while (this.#count > 0) {
      let due = 0;
      for (; due < Math.min(this.#count, batch); due += 1) {
        const slot = (this.#head + due) % slots;
        if ((this.#dueMs[slot] as number) > nowMs) break;
        const { view } = this.#sendVectors;
        view.setBigUint64(due * vectorSize, this.#slab.at + BigInt(slot * slotSize), true);
        view.setBigUint64(due * vectorSize + 8, BigInt(this.#lengths[slot] as number), true);
      }
      if (due === 0) return;
      // What the system does not take is lost, as everywhere.
      if (this.#to.isKnown) sendBatch(this.#to.descriptor, this.#sendHeaders.at, due, 0);
      this.#head = (this.#head + due) % slots;
      this.#count -= due;
    }
  }
}

/** A header of one message: whom it is from or for, and where its bytes are. */
function write(view: DataView, index: number, name: bigint, vectors: bigint): void {
  const at = index * headerSize;
  view.setBigUint64(at, name, true);
  view.setUint32(at + 8, addressSize, true);
  view.setBigUint64(at + 16, vectors + BigInt(index * vectorSize), true);
  view.setBigUint64(at + 24, 1n, true);
}

/** IPv4 and UDP. */
const headersOnTheWire = 28;

const [near, far] = [new Side(), new Side()];
const ways = [new Way(near, far), new Way(far, near)];
const polled = memory(16);
for (const [index, { descriptor }] of [near, far].entries()) {
  polled.view.setInt32(index * 8, descriptor, true);
  polled.view.setInt16(index * 8 + 4, 1, true);
}

process.send?.({ ports: [near.port, far.port] }, () => {
  for (;;) {
    wait(polled.at, 2, ways.every(({ isEmpty }) => isEmpty) ? 1000 : 1);
    const now = performance.now();
    for (const way of ways) while (way.take(now));
    for (const way of ways) way.give(performance.now());
  }
});
