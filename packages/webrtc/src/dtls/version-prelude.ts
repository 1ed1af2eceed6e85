import { decodeClientHello } from "./client-hello.ts";
import type { DtlsVersion } from "./dtls-config.ts";
import { decodeFragments, type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { Reassembly } from "./reassembly.ts";
import { contentType, decodeRecord, dtls13, recordHeaderLength } from "./record.ts";
import { decodeServerHello } from "./server-hello.ts";

/** What a first flight can be long, with what may follow it, and no more. */
const maxPackets = 32;
const maxBytes = 48 * 1024;

/** Behind a stateless cookie exchange a client's first message to us is not its number 0. */
const maxFirstSequence = 7;

/**
 * Reads the peer's first message, which settles the version: the hello of a client, or what its
 * server answers. The datagrams are kept for the connection of that version.
 */
export class VersionPrelude {
  readonly #role: "client" | "server";
  readonly #reassembly = new Reassembly();
  #kept: Uint8Array[] = [];
  #bytes = 0;

  constructor(role: "client" | "server") {
    this.#role = role;
  }

  /** Takes a datagram; answers the version once it is known. */
  add(packet: Uint8Array): DtlsVersion | undefined {
    const room = this.#kept.length < maxPackets && this.#bytes + packet.length <= maxBytes;
    if (room) {
      const copy = packet.slice();
      this.#kept.push(copy);
      this.#bytes += copy.length;
    }
    const message = this.#read(packet);
    return message && this.#versionOf(message);
  }

  /** All datagrams so far. */
  take(): readonly Uint8Array[] {
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }

  #read(packet: Uint8Array): HandshakeMessage | undefined {
    for (let at = 0; at < packet.length; ) {
      const record = decodeRecord(packet, at);
      if (!record.ok) break;
      const { type, epoch, fragment: bytes } = record.value;
      at += recordHeaderLength + bytes.length;
      if (type !== contentType.handshake || epoch !== 0) continue;
      const fragments = decodeFragments(bytes);
      if (!fragments.ok) continue;
      for (const fragment of fragments.value) {
        if (!this.#isAwaited(fragment.type)) continue;
        const { sequence } = fragment;
        if (sequence > this.#reassembly.next && sequence <= maxFirstSequence) {
          this.#reassembly.startAt(sequence);
        }
        this.#reassembly.add(fragment, 0);
      }
      const message = this.#reassembly.take();
      if (message !== undefined) return message;
    }
    return undefined;
  }

  #isAwaited(type: number): boolean {
    return this.#role === "server"
      ? type === handshakeType.clientHello
      : type === handshakeType.serverHello || type === handshakeType.helloVerifyRequest;
  }

  /** What does not parse is left to the handshake of 1.2, which knows what to say to it. */
  #versionOf({ type, body }: HandshakeMessage): DtlsVersion {
    if (type === handshakeType.helloVerifyRequest) return "1.2";
    if (this.#role === "client") {
      const hello = decodeServerHello(body);
      return hello.ok && hello.value.extensions.supportedVersions !== undefined ? "1.3" : "1.2";
    }
    const hello = decodeClientHello(body);
    // A cookie in the place where 1.2 has it answers a HelloVerifyRequest, and so chooses 1.2.
    const isNew = hello.ok && hello.value.cookie.length === 0;
    return isNew && hello.value.extensions.supportedVersions?.includes(dtls13) ? "1.3" : "1.2";
  }
}
