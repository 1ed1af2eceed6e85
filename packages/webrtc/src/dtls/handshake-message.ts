import {
  concat,
  type Decoded,
  decoded,
  fault,
  readU16,
  readU24,
  writeU16,
  writeU24,
} from "../wire/index.ts";

/** HandshakeType (RFC 6347 §4.3.2, RFC 5246 §7.4). */
export const handshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  /** RFC 8446 §4, as are all that 1.2 does not have. */
  newSessionTicket: 4,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  keyUpdate: 24,
  messageHash: 254,
} as const;

/** msg_type, length, message_seq, fragment_offset, fragment_length (RFC 6347 §4.2.2). */
export const handshakeHeaderLength = 12;

/** A whole message. */
export interface HandshakeMessage {
  readonly type: number;
  /** message_seq, counting the messages of one side (RFC 6347 §4.2.2). */
  readonly sequence: number;
  readonly body: Uint8Array;
}

/** A part of a message, as one record carries it. */
export interface HandshakeFragment {
  readonly type: number;
  readonly sequence: number;
  /** Of the whole message. */
  readonly length: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What is wrong with a record that holds no whole fragments. */
export type HandshakeFragmentFault = "malformed-fragment";

/** What a handshake message decoder finds wrong: the bytes do not parse, or say what must not be said. */
export type MessageFault = "malformed" | "illegal";

/** All fragments in the plaintext of one record. */
export function decodeFragments(
  bytes: Uint8Array,
): Decoded<readonly HandshakeFragment[], HandshakeFragmentFault> {
  const fragments: HandshakeFragment[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < handshakeHeaderLength) return fault("malformed-fragment");
    const length = readU24(bytes, at + 1);
    const offset = readU24(bytes, at + 6);
    const fragmentLength = readU24(bytes, at + 9);
    const start = at + handshakeHeaderLength;
    const end = start + fragmentLength;
    if (end > bytes.length || offset + fragmentLength > length) return fault("malformed-fragment");
    fragments.push({
      type: bytes[at] as number,
      sequence: readU16(bytes, at + 4),
      length,
      offset,
      bytes: bytes.subarray(start, end),
    });
    at = end;
  }
  return fragments.length > 0 ? decoded(fragments) : fault("malformed-fragment");
}

/** The message in one piece, as it also goes into the transcript (RFC 6347 §4.2.6). */
export function encodeMessage(message: HandshakeMessage): Uint8Array {
  return encodeFragment(message, 0, message.body.length);
}

/** `length` bytes of the message from `offset` on, behind a header of their own. */
export function encodeFragment(
  message: HandshakeMessage,
  offset: number,
  length: number,
): Uint8Array {
  const header = new Uint8Array(handshakeHeaderLength);
  header[0] = message.type;
  writeU24(header, 1, message.body.length);
  writeU16(header, 4, message.sequence);
  writeU24(header, 6, offset);
  writeU24(header, 9, length);
  return concat(header, message.body.subarray(offset, offset + length));
}
