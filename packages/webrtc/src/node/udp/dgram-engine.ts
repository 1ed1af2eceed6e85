import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import type { DatagramReceiver } from "../../turn/index.ts";
import { canonicalIp, type TransportAddress } from "../../wire/index.ts";
import { now } from "../clock.ts";
import type { SegmentedSends, SegmentedSocket } from "./segmented-sends.ts";
import { type EngineSocket, longestDatagram, type UdpEngine } from "./udp-engine.ts";

/**
 * Datagrams by Node's `dgram`: one system call for each. Given `SegmentedSends`, those that go to one address share
 * one, and leave when `flush` is called.
 *
 * What it cannot do: Node has no option for DF. Linux sets it by itself on every datagram that fits
 * the path as the system knows it, and fragments a larger one; so a client that asks for DF gets it
 * there, but learns nothing from a datagram too large. And no ICMP errors are heard of: the system
 * tells them to connected sockets only, and a relay speaks with many peers from one socket.
 */
export class DgramEngine implements UdpEngine {
  readonly canSetDontFragment: boolean = setsDontFragment();
  readonly #sends: SegmentedSends | undefined;
  #lost = 0;
  readonly #onLost = (): void => {
    this.#lost += 1;
  };

  constructor(sends?: SegmentedSends) {
    this.#sends = sends;
  }

  buffer(length: number): Uint8Array {
    return Buffer.allocUnsafe(length);
  }

  open(address: TransportAddress, opened: (outcome: EngineSocket | Error) => void): void {
    const socket = createSocket({
      type: isIPv6(address.ip) ? "udp6" : "udp4",
      // An IPv6 socket that took IPv4 too would show its clients addresses that are not theirs.
      ipv6Only: isIPv6(address.ip),
      // Bursts wait in the kernel while JavaScript collects garbage; the system caps what it gives.
      recvBufferSize: kernelBuffer,
      sendBufferSize: kernelBuffer,
      lookup: literally,
    });
    const fail = (error: Error): void => {
      socket.close();
      opened(error);
    };
    socket.once("error", fail);
    socket.once("listening", () => {
      socket.off("error", fail);
      // A datagram that cannot be received is a lost one; the socket goes on.
      socket.on("error", ignore);
      const { port } = socket.address();
      const local = { ip: address.ip, port };
      const batches = this.#sends && file !== undefined ? { sends: this.#sends, file } : undefined;
      opened(new DgramSocket(socket, local, this.#onLost, batches));
    });
    const file = this.#sends?.open(address);
    if (file !== undefined) socket.bind({ fd: file, exclusive: true });
    else socket.bind({ address: address.ip, port: address.port, exclusive: true });
  }

  flush(): void {
    this.#sends?.flush();
  }

  get lost(): number {
    return this.#lost;
  }
}

/** What sends a socket's datagrams by batches, and the system's number of the socket. */
interface Batches {
  readonly sends: SegmentedSends;
  readonly file: number;
}

class DgramSocket implements EngineSocket {
  readonly local: TransportAddress;
  readonly #socket: Socket;
  readonly #onLost: () => void;
  readonly #sends: SegmentedSends | undefined;
  readonly #segmented: SegmentedSocket;
  #sinceCheck = 0;
  #isClogged = false;
  #isClosed = false;

  constructor(socket: Socket, local: TransportAddress, onLost: () => void, batches?: Batches) {
    this.#socket = socket;
    this.local = local;
    this.#onLost = onLost;
    this.#sends = batches?.sends;
    this.#segmented = {
      file: batches?.file ?? -1,
      canSegment: true,
      refused: (bytes, to) => this.#sendAlone(bytes, to),
    };
  }

  start(receiver: DatagramReceiver, afterBatch: () => void): void {
    // An IPv4 address has one text form, an IPv6 address many.
    const textOf = isIPv6(this.local.ip) ? canonicalText : (text: string) => text;
    this.#socket.on("message", (bytes: Buffer, from: RemoteInfo) => {
      receiver.receive(bytes, 0, bytes.length, textOf(from.address), from.port, now());
      afterBatch();
    });
  }

  send(bytes: Uint8Array, start: number, end: number, to: TransportAddress): void {
    const whole = part(bytes, start, end);
    if (this.#isClosed) this.#onLost();
    // What waits in the process goes first.
    else if (this.#sends === undefined || this.#socket.getSendQueueCount() > 0)
      this.#sendAlone(whole, to);
    else if (whole.length > longestDatagram) this.#onLost();
    else this.#sends.add(this.#segmented, whole, to);
  }

  #sendAlone(bytes: Uint8Array, to: TransportAddress): void {
    if (this.#mustDrop()) {
      this.#onLost();
      return;
    }
    try {
      // Without a callback: what the network does not take is lost, as UDP is, and costs nothing more.
      this.#socket.send(bytes, to.port, to.ip);
    } catch {
      this.#onLost();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#sends?.flush();
    this.#isClosed = true;
    this.#socket.close();
  }

  /** What the kernel does not take at once waits in the process: so much and no more. */
  #mustDrop(): boolean {
    this.#sinceCheck += 1;
    if (this.#isClogged || this.#sinceCheck >= sendsBetweenChecks) {
      this.#sinceCheck = 0;
      this.#isClogged = this.#socket.getSendQueueSize() > longestQueue;
    }
    return this.#isClogged;
  }
}

/** A view of what is to be sent, made in the cheapest way there is: not at all where it is all of it. */
function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (start === 0 && end === bytes.length) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** Whether the system discovers path MTUs, which it does by DF; `ip_no_pmtu_disc` turns that off. */
function setsDontFragment(): boolean {
  try {
    return readFileSync("/proc/sys/net/ipv4/ip_no_pmtu_disc", "latin1").trim() === "0";
  } catch {
    return false;
  }
}

/** The system's text of an IPv6 address, and ours. */
const canonical = new Map<string, string>();

function canonicalText(address: string): string {
  const known = canonical.get(address);
  if (known !== undefined) return known;
  const text = canonicalIp(address) ?? address;
  if (canonical.size >= canonicalTextsKept) canonical.clear();
  canonical.set(address, text);
  return text;
}

/** Addresses are numbers here, so that nothing is to be looked up. */
function literally(
  address: string,
  family: unknown,
  callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  callback(null, address, family as number);
}

function ignore(): void {}

const kernelBuffer = 4 * 1024 * 1024;

const longestQueue = 1024 * 1024;

const sendsBetweenChecks = 64;

const canonicalTextsKept = 4096;
