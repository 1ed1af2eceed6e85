import { type Instant, readU16, readU32 } from "../wire/index.ts";
import type { AbortCause, AssociationCore } from "./association-core.ts";
import { CHUNK, chunkHeaderLength, padded } from "./chunk-type.ts";
import type { DataFault } from "./data-receiver.ts";
import {
  CAUSE,
  causeWord,
  decodeCauses,
  type ErrorFault,
  encodeError,
  tBit,
} from "./error-chunk.ts";
import { decodeForwardTsn, type ForwardTsnFault } from "./forward-tsn-chunk.ts";
import type { Handshake } from "./handshake.ts";
import { answerHeartbeat } from "./heartbeats.ts";
import { type PacketFault, packetFault, packetHeaderLength, readTag } from "./packet.ts";
import type { Path } from "./path.ts";
import { decodeReconfig, type ReconfigFault } from "./reconfig-chunk.ts";
import { type SackFault, sack } from "./sack-chunk.ts";
import { type Shutdown, shutdownComplete } from "./shutdown.ts";

/** What can be wrong with what comes in; each is counted. */
export type AssociationFault =
  | PacketFault
  | DataFault
  | SackFault
  | ErrorFault
  | ForwardTsnFault
  | ReconfigFault
  | "wrong-tag"
  | "bad-chunk-length"
  | "unknown-chunk"
  | "unexpected-chunk"
  | "acknowledged-unsent";

/** Reads packets and hands their chunks to the parts of the association (RFC 9260 §8.4, §8.5). */
export class PacketInput {
  /** How often each fault was met. */
  readonly faults: Map<AssociationFault, number> = new Map();
  readonly #core: AssociationCore;
  readonly #parts: InputParts;
  readonly #ports: InputPorts;

  constructor(core: AssociationCore, parts: InputParts, ports: InputPorts) {
    this.#core = core;
    this.#parts = parts;
    this.#ports = ports;
  }

  receive(packet: Uint8Array, now: Instant): void {
    const { localPort, remotePort, zeroChecksum } = this.#ports;
    const fault = packetFault(packet, localPort, remotePort, zeroChecksum);
    if (fault !== undefined) {
      this.#count(fault);
      return;
    }
    const tag = readTag(packet);
    let at = packetHeaderLength;
    while (at + chunkHeaderLength <= packet.length) {
      const length = readU16(packet, at + 2);
      if (length < chunkHeaderLength || at + length > packet.length) {
        this.#count("bad-chunk-length");
        break;
      }
      if (!this.#receiveChunk(packet, at, length, tag, now)) break;
      at += padded(length);
    }
    this.#packetEnded(now);
  }

  #packetEnded(now: Instant): void {
    const { receiver, resets } = this.#core;
    if (receiver?.packetEnded(now) === true) {
      resets?.dataReceived();
      this.#parts.shutdown.receivedData(now);
    }
    this.#parts.shutdown.proceed(now);
  }

  /** Answers whether the chunks after this one are to be read. */
  #receiveChunk(bytes: Uint8Array, at: number, length: number, tag: number, now: Instant): boolean {
    const core = this.#core;
    const type = bytes[at] as number;
    const trusted = core.state !== "closed" && tag === core.local.tag;
    switch (type) {
      case CHUNK.data:
      case CHUNK.iData:
        return trusted ? this.#receiveData(bytes, at, length, now) : this.#count("wrong-tag");
      case CHUNK.init:
        // INIT stands alone and has no tag to show (RFC 9260 §8.5.1, A).
        if (tag !== 0 || at !== packetHeaderLength) return this.#count("wrong-tag");
        this.#parts.handshake.receiveInit(bytes, at, length, now);
        return false;
      case CHUNK.cookieEcho: {
        const value = bytes.subarray(at + chunkHeaderLength, at + length);
        if (at !== packetHeaderLength) return this.#count("unexpected-chunk");
        return this.#parts.handshake.receiveCookieEcho(value, tag, now);
      }
      case CHUNK.abort:
      case CHUNK.shutdownComplete:
        if (core.state === "closed" || !this.#mayEnd(bytes, at, tag)) this.#count("wrong-tag");
        else if (type === CHUNK.abort) core.end("aborted-by-peer", abortCause(bytes, at, length));
        else this.#parts.shutdown.receiveShutdownComplete();
        return false;
      case CHUNK.shutdownAck:
        if (core.state === "cookie-wait" || core.state === "cookie-echoed") {
          // It belongs to an association that is forgotten here (RFC 9260 §8.5.1, E).
          core.sendAlone(tag, shutdownComplete(true));
          return false;
        }
        if (!trusted) return this.#count("wrong-tag");
        this.#parts.shutdown.receiveShutdownAck();
        return false;
      default:
        if (!trusted) return this.#count("wrong-tag");
        return this.#receiveTrusted(type, bytes, at, length, now);
    }
  }

  #receiveTrusted(
    type: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    now: Instant,
  ): boolean {
    switch (type) {
      case CHUNK.sack:
        this.#receiveSack(bytes, at, length, now);
        return true;
      case CHUNK.initAck:
        this.#parts.handshake.receiveInitAck(bytes, at, length, now);
        return false;
      case CHUNK.cookieAck:
        this.#parts.handshake.receiveCookieAck(now);
        return true;
      case CHUNK.heartbeat:
        if (length <= this.#ports.maxPacketSize - packetHeaderLength) {
          this.#core.send(answerHeartbeat(bytes, at, length));
        }
        return true;
      case CHUNK.heartbeatAck:
        this.#parts.path.answered(bytes, at, length, now);
        return true;
      case CHUNK.shutdown:
        this.#parts.shutdown.receiveShutdown(bytes, at, length, now);
        return true;
      case CHUNK.error:
        this.#receiveError(bytes, at, length, now);
        return true;
      case CHUNK.forwardTsn:
      case CHUNK.iForwardTsn:
        return this.#receiveForward(type, bytes, at, length);
      case CHUNK.reconfig: {
        const reconfig = decodeReconfig(bytes, at, length);
        if (reconfig.ok) this.#core.resets?.receive(reconfig.value, now);
        else this.#count(reconfig.fault);
        return true;
      }
      case CHUNK.pad:
        return true;
      default:
        return this.#receiveUnknown(type, bytes, at, length);
    }
  }

  #receiveData(bytes: Uint8Array, at: number, length: number, now: Instant): boolean {
    const { receiver, state } = this.#core;
    if (receiver === undefined || !takesData.has(state)) return this.#count("unexpected-chunk");
    const fault = receiver.receive(bytes, at, length, now);
    if (fault === undefined) return true;
    this.#count(fault);
    if (fault === "invalid-stream") {
      const value = causeWord(readU16(bytes, at + 8) << 16);
      this.#core.send(encodeError(CAUSE.invalidStream, value));
    } else if (fault === "no-user-data") {
      const value = causeWord(length >= 8 ? readU32(bytes, at + 4) : 0);
      this.#core.abort("protocol-violation", { type: CAUSE.noUserData, value });
    } else if (fault !== "beyond-window") {
      const value = new Uint8Array(0);
      this.#core.abort("protocol-violation", { type: CAUSE.protocolViolation, value });
    }
    return this.#core.state !== "closed";
  }

  #receiveSack(bytes: Uint8Array, at: number, length: number, now: Instant): void {
    const fault = sack.fault(bytes, at, length);
    if (fault !== undefined) this.#count(fault);
    else if (this.#core.sender?.receiveSack(bytes, at, now) === false) {
      this.#count("acknowledged-unsent");
    }
  }

  #receiveForward(type: number, bytes: Uint8Array, at: number, length: number): boolean {
    const { receiver, peer, resets } = this.#core;
    if (receiver === undefined || peer === undefined) return this.#count("unexpected-chunk");
    if ((type === CHUNK.iForwardTsn) !== peer.interleaving) return this.#count("unexpected-chunk");
    const forward = decodeForwardTsn(bytes, at, length);
    if (!forward.ok) this.#count(forward.fault);
    else if (!receiver.forward(forward.value)) this.#count("beyond-window");
    else resets?.dataReceived();
    return true;
  }

  #receiveError(bytes: Uint8Array, at: number, length: number, now: Instant): void {
    const causes = decodeCauses(bytes, at, length);
    if (!causes.ok) this.#count(causes.fault);
    else if (causes.value.some(({ type }) => type === CAUSE.staleCookie)) {
      this.#parts.handshake.receiveStaleCookie(now);
    }
  }

  /** The two highest bits of an unknown type say what to do with it (RFC 9260 §3.2). */
  #receiveUnknown(type: number, bytes: Uint8Array, at: number, length: number): boolean {
    this.#count("unknown-chunk");
    if ((type & 0x40) !== 0) {
      const chunk = bytes.slice(at, at + Math.min(length, maxReported));
      this.#core.send(encodeError(CAUSE.unrecognizedChunk, chunk));
    }
    return (type & 0x80) !== 0;
  }

  /** The tag of ABORT and SHUTDOWN COMPLETE is ours, or with the T bit the peer's (RFC 9260 §8.5.1, B and C). */
  #mayEnd(bytes: Uint8Array, at: number, tag: number): boolean {
    const reflected = ((bytes[at + 1] as number) & tBit) !== 0;
    return tag === (reflected ? this.#core.peer?.tag : this.#core.local.tag);
  }

  #count(fault: AssociationFault): false {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    return false;
  }
}

/** The first cause that an ABORT gives, if any; a broken one ends the association as well. */
function abortCause(bytes: Uint8Array, at: number, length: number): AbortCause | undefined {
  const causes = decodeCauses(bytes, at, length);
  const first = causes.ok ? causes.value[0] : undefined;
  return first && { code: first.type, value: Uint8Array.from(first.value) };
}

/** Who takes the chunks, beside what the core has. */
export interface InputParts {
  readonly handshake: Handshake;
  readonly shutdown: Shutdown;
  readonly path: Path;
}

/** What packets are held against. */
export interface InputPorts {
  readonly localPort: number;
  readonly remotePort: number;
  readonly zeroChecksum: boolean;
  readonly maxPacketSize: number;
}

/** Data may overtake COOKIE ACK, and comes until the peer has seen SHUTDOWN (RFC 9260 §6, §9.2). */
const takesData: ReadonlySet<string> = new Set([
  "cookie-echoed",
  "established",
  "shutdown-pending",
  "shutdown-sent",
]);
const maxReported = 64;
