import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { canonicalIp, type TransportAddress } from "../../wire/index.ts";
import { now } from "../clock.ts";
import type { EngineReceiver, EngineSocket, UdpEngine } from "./udp-engine.ts";

/**
 * Datagrams by Node's `dgram`: one system call for each.
 *
 * Two things it cannot do. It sets no DF for a single datagram, since Node has no such option. And
 * it hears of no ICMP errors: the system tells them to connected sockets only, and a relay speaks
 * with many peers from one socket.
 */
export class DgramEngine implements UdpEngine {
  readonly canSetDontFragment = false;
  #lost = 0;

  buffer(length: number): Uint8Array {
    return Buffer.allocUnsafe(length);
  }

  open(
    address: TransportAddress,
    receiver: EngineReceiver,
    opened: (outcome: EngineSocket | Error) => void,
  ): void {
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
      socket.on("error", () => {
        socket.close();
        receiver.failed();
      });
      const { port } = socket.address();
      socket.on("message", isIPv6(address.ip) ? takeIpv6(receiver) : takeIpv4(receiver));
      opened(
        new DgramSocket(socket, { ip: address.ip, port }, () => {
          this.#lost += 1;
        }),
      );
    });
    socket.bind({ address: address.ip, port: address.port, exclusive: true });
  }

  get lost(): number {
    return this.#lost;
  }
}

class DgramSocket implements EngineSocket {
  readonly local: TransportAddress;
  readonly #socket: Socket;
  readonly #onLost: () => void;
  #sinceCheck = 0;
  #isClogged = false;
  #isClosed = false;

  constructor(socket: Socket, local: TransportAddress, onLost: () => void) {
    this.#socket = socket;
    this.local = local;
    this.#onLost = onLost;
  }

  send(bytes: Uint8Array, start: number, end: number, to: TransportAddress): void {
    if (this.#isClosed || this.#mustDrop()) {
      this.#onLost();
      return;
    }
    try {
      // Without a callback: what the network does not take is lost, as UDP is, and costs nothing more.
      this.#socket.send(bytes, start, end - start, to.port, to.ip);
    } catch {
      this.#onLost();
    }
  }

  close(): void {
    if (this.#isClosed) return;
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

type Listener = (bytes: Buffer, from: RemoteInfo) => void;

/** An IPv4 address has one text form. */
function takeIpv4(receiver: EngineReceiver): Listener {
  return (bytes, from) => receiver.receive(bytes, 0, bytes.length, from.address, from.port, now());
}

function takeIpv6(receiver: EngineReceiver): Listener {
  return (bytes, { address, port }) => {
    receiver.receive(bytes, 0, bytes.length, canonicalText(address), port, now());
  };
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
  callback: (error: Error | null, address: string, family: number) => void,
): void {
  callback(null, address, family as number);
}

const kernelBuffer = 4 * 1024 * 1024;

const longestQueue = 1024 * 1024;

const sendsBetweenChecks = 64;

const canonicalTextsKept = 4096;
