import { isIPv6 } from "node:net";
import type { TransportAddress } from "../../wire/index.ts";
import { type Libc, loadLibc, type NativeMemory } from "./libc.ts";
import { family, socketAddress } from "./socket-address.ts";
import { longestDatagram } from "./udp-engine.ts";

/** A socket whose datagrams are sent in batches. */
export interface SegmentedSocket {
  /** The system's number of it. */
  readonly file: number;
  /** Cleared where the way to the other side takes no more than a datagram at a time. */
  canSegment: boolean;
  /** What the system would not take: whatever else can be done with it. */
  refused(bytes: Uint8Array, to: TransportAddress): void;
}

/**
 * Sends datagrams of one size to one address in one call (UDP_SEGMENT, udp(7)): the system cuts them apart behind
 * nearly all of what a datagram costs. What is added leaves with `flush`, or before it, once something else is added
 * that doesn't fit.
 */
export class SegmentedSends {
  readonly #libc: Libc;
  readonly #memory: NativeMemory;
  readonly #view: DataView;
  readonly #names = new WeakMap<TransportAddress, Uint8Array>();
  #socket: SegmentedSocket | undefined;
  #to: TransportAddress = { ip: "", port: 0 };
  /** The size of all datagrams of the batch but the last one, which may be smaller. */
  #size = 0;
  #count = 0;
  #length = 0;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#memory = libc.allocate(place.payload + longestDatagram);
    this.#view = new DataView(this.#memory.bytes.buffer);
    this.#layOut(this.#memory.address);
  }

  /** A socket that `dgram` can be given, bound to an address; `undefined` where there is none to be had. */
  open(address: TransportAddress): number | undefined {
    const isSix = isIPv6(address.ip);
    const file = this.#libc.socket(isSix ? family.inet6 : family.inet, socketType, 0);
    if (file < 0) return undefined;
    const on = Uint8Array.of(1, 0, 0, 0);
    const isOwn = !isSix || this.#libc.setOption(file, ipv6Level, ipv6Only, on, on.length) === 0;
    const name = socketAddress(address);
    if (isOwn && this.#libc.bind(file, name, name.length) === 0) return file;
    this.#libc.close(file);
    return undefined;
  }

  /** Takes a datagram of no more than `longestDatagram` bytes; its bytes are the caller's again at once. */
  add(socket: SegmentedSocket, bytes: Uint8Array, to: TransportAddress): void {
    const { length } = bytes;
    if (!this.#takes(socket, length, to)) {
      this.flush();
      this.#begin(socket, length, to);
    }
    this.#memory.bytes.set(bytes, place.payload + this.#length);
    this.#length += length;
    this.#count += 1;
  }

  /** Lets go what was added. */
  flush(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    const view = this.#view;
    view.setUint32(place.vector + 8, this.#length, true);
    view.setUint32(place.message + 40, this.#count > 1 ? controlLength : 0, true);
    view.setUint16(place.control + 16, this.#size, true);
    if (this.#libc.sendMessage(socket.file, this.#memory.bytes, dontWait) < 0)
      this.#refused(socket);
  }

  #takes(socket: SegmentedSocket, length: number, to: TransportAddress): boolean {
    return (
      socket === this.#socket &&
      socket.canSegment &&
      this.#count < mostSegments &&
      this.#length + length <= longestDatagram &&
      length <= this.#size &&
      // Nothing comes behind the one that is smaller.
      this.#length === this.#count * this.#size &&
      to.port === this.#to.port &&
      to.ip === this.#to.ip
    );
  }

  #begin(socket: SegmentedSocket, size: number, to: TransportAddress): void {
    if (to !== this.#to) {
      const name = this.#nameOf(to);
      this.#memory.bytes.set(name, place.name);
      this.#view.setUint32(place.message + 8, name.length, true);
      this.#to = to;
    }
    this.#socket = socket;
    this.#size = size;
    this.#count = 0;
    this.#length = 0;
  }

  /** An address in binary; most are the same object again and again. */
  #nameOf(address: TransportAddress): Uint8Array {
    const known = this.#names.get(address);
    if (known !== undefined) return known;
    const name = socketAddress(address);
    this.#names.set(address, name);
    return name;
  }

  /** Each one by itself then, in memory of its own. */
  #refused(socket: SegmentedSocket): void {
    if (this.#count > 1 && cannotSegment.has(this.#libc.errno)) socket.canSegment = false;
    const { bytes } = this.#memory;
    const to = this.#to;
    const batch = bytes.slice(place.payload, place.payload + this.#length);
    for (let at = 0; at < batch.length; at += this.#size) {
      socket.refused(batch.subarray(at, at + this.#size), to);
    }
  }

  /** Pointers, and what doesn't change (sendmsg(2), cmsg(3)). */
  #layOut(address: bigint): void {
    const view = this.#view;
    const pointer = (at: number, to: number): void => {
      view.setBigUint64(at, address + BigInt(to), true);
    };
    pointer(place.message, place.name);
    pointer(place.message + 16, place.vector);
    view.setUint32(place.message + 24, 1, true);
    pointer(place.message + 32, place.control);
    pointer(place.vector, place.payload);
    view.setUint32(place.control, controlLength - controlPadding, true);
    view.setInt32(place.control + 8, udpLevel, true);
    view.setInt32(place.control + 12, udpSegment, true);
  }
}

/** Where everything stands: a msghdr, its iovec and its cmsghdr, the address, and the datagrams one behind the other. */
const place = { message: 0, vector: 64, control: 80, name: 104, payload: 136 } as const;

/** As many as every kernel that knows UDP_SEGMENT cuts; together they are no longer than one datagram could be. */
const mostSegments = 64;

/** CMSG_SPACE and, without padding, CMSG_LEN of a 16-bit number. */
const controlLength = 24;
const controlPadding = 6;

/** Numbers of Linux on x86-64 and arm64. */
const socketType = 2 | 0x800 | 0x8_0000; // SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC
const ipv6Level = 41;
const ipv6Only = 26;
const udpLevel = 17;
const udpSegment = 103;
const dontWait = 0x40;

/** EIO (the device cannot), EINVAL (the kernel does not know it), EMSGSIZE (too large for the path), EOPNOTSUPP. */
const cannotSegment: ReadonlySet<number> = new Set([5, 22, 90, 95]);

const libc = loadLibc();

/** One for all sockets of the process, loaded with this module; `undefined` where the system is not one that is known. */
export const segmentedSends: SegmentedSends | undefined = libc && new SegmentedSends(libc);
