import type { Instant } from "../wire/index.ts";
import type { AssociationCore } from "./association-core.ts";
import { Fifo } from "./fifo.ts";
import { packetHeaderLength, writePacketHeader } from "./packet.ts";
import { PacketWriter } from "./packet-writer.ts";

interface LonePacket {
  readonly tag: number;
  readonly chunks: Uint8Array;
  readonly mayOmitChecksum: boolean;
}

/** Makes packets of what waits, at the moment when the caller has a place for one (RFC 9260 §6.10). */
export class PacketOutput {
  readonly #core: AssociationCore;
  readonly #ports: { readonly localPort: number; readonly remotePort: number };
  readonly #writer = new PacketWriter();
  readonly #lone = new Fifo<LonePacket>();
  readonly #control = new Fifo<Uint8Array>();

  constructor(
    core: AssociationCore,
    ports: { readonly localPort: number; readonly remotePort: number },
  ) {
    this.#core = core;
    this.#ports = ports;
  }

  /** A chunk to be bundled into the next packet. Answers to a flood of requests are not all given. */
  control(chunk: Uint8Array): void {
    if (this.#control.length < maxQueued) this.#control.push(chunk);
  }

  lone(packet: LonePacket): void {
    if (this.#lone.length < maxQueued) this.#lone.push(packet);
  }

  /** Chunks of an association that is no more. */
  clearControl(): void {
    this.#control.clear();
  }

  /** Writes the next packet to `target[at]` and answers its length, 0 where nothing is to be sent now. */
  write(target: Uint8Array, at: number, packetSize: number, now: Instant): number {
    const start = at + packetHeaderLength;
    const lone = this.#lone.shift();
    if (lone !== undefined) {
      target.set(lone.chunks, start);
      return this.#finish(target, at, start + lone.chunks.length, lone.tag, lone.mayOmitChecksum);
    }
    const { peer, state } = this.#core;
    if (peer === undefined || state === "closed") return 0;
    const writer = this.#writer;
    writer.begin(target, start, Math.min(at + packetSize, target.length));
    this.#fill(writer, now);
    if (writer.isEmpty) return 0;
    return this.#finish(target, at, writer.at, peer.tag, true);
  }

  /** Control chunks first, then what is acknowledged, then data (RFC 9260 §6.10). */
  #fill(writer: PacketWriter, now: Instant): void {
    const { sender, receiver, state } = this.#core;
    for (;;) {
      const chunk = this.#control.first;
      if (chunk === undefined) break;
      // An answer as long as its question may be larger than the packets that are sent.
      if (writer.isEmpty && chunk.length > writer.room) writer.end = writer.bytes.length;
      if (!writer.append(chunk) && !writer.isEmpty) return;
      this.#control.shift();
    }
    const open =
      state === "established" || state === "shutdown-pending" || state === "shutdown-received";
    const ready = open && sender?.isReady(now) === true;
    if (receiver !== undefined && (receiver.isSackDue || (ready && receiver.hasNews))) {
      receiver.fillSack(writer);
    }
    if (open) sender?.fill(writer, now);
  }

  #finish(
    target: Uint8Array,
    at: number,
    end: number,
    tag: number,
    mayOmitChecksum: boolean,
  ): number {
    const withChecksum = !(mayOmitChecksum && this.#core.peer?.zeroChecksum === true);
    writePacketHeader(
      target,
      at,
      end,
      this.#ports.localPort,
      this.#ports.remotePort,
      tag,
      withChecksum,
    );
    return end - at;
  }
}

/** More answers than one packet's worth of questions deserves. */
const maxQueued = 64;
