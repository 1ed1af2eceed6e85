import { type Decoded, decoded, equal, fault, readU16, readU32 } from "../wire/index.ts";
import type { Attribute } from "./attribute.ts";

/** Every STUN message starts with twenty bytes of header (RFC 8489 §5). */
export const headerLength = 20;

/** The fixed value in bytes 4 to 7 since RFC 5389; RFC 3489 had none (RFC 8489 §5). */
export const magicCookie = 0x2112_a442;

/** Request, indication, success response or error response (RFC 8489 §5). */
export type MessageClass = "request" | "indication" | "success" | "error";

/** The Binding method (RFC 8489 §18.2). */
export const bindingMethod = 0x001;

/** What can be wrong with bytes that should be a STUN message. */
export type StunFault =
  | "truncated"
  | "not-stun"
  | "misaligned"
  | "bad-length"
  | "bad-cookie"
  | "attribute-overrun"
  | "after-fingerprint";

/** How a message is to be read. */
export interface DecodeOptions {
  /** Accept messages without the magic cookie, as RFC 3489 had them; otherwise they are a fault. */
  readonly classic?: boolean;
}

/**
 * Looks at `bytes` as one STUN message (RFC 8489 §5) without copying: the header is checked and the
 * attributes are walked once for their bounds; their values are read when they are asked for.
 */
export function decodeMessage(
  bytes: Uint8Array,
  options?: DecodeOptions,
): Decoded<StunMessage, StunFault> {
  if (bytes.length < headerLength) return fault("truncated");
  if ((bytes[0] as number) >= 0x40) return fault("not-stun");
  const length = readU16(bytes, 2);
  if ((length & 3) !== 0) return fault("misaligned");
  if (headerLength + length > bytes.length) return fault("truncated");
  if (headerLength + length < bytes.length) return fault("bad-length");
  const isClassic = readU32(bytes, 4) !== magicCookie;
  if (isClassic && options?.classic !== true) return fault("bad-cookie");

  let end = bytes.length;
  let integrityAt = -1;
  let integritySha256At = -1;
  let fingerprintAt = -1;
  for (let at = headerLength; at < bytes.length; ) {
    if (fingerprintAt >= 0) return fault("after-fingerprint");
    const type = readU16(bytes, at);
    const next = at + 4 + ((readU16(bytes, at + 2) + 3) & ~3);
    if (next > bytes.length) return fault("attribute-overrun");
    if (type === fingerprintType) {
      fingerprintAt = at;
      if (end === bytes.length) end = at;
    } else if (type === integritySha256Type && integritySha256At < 0) {
      integritySha256At = at;
      if (end === bytes.length) end = at;
    } else if (type === integrityType && integrityAt < 0 && integritySha256At < 0) {
      integrityAt = at;
      end = at;
    }
    at = next;
  }
  return decoded(
    new StunMessage(bytes, isClassic, end, integrityAt, integritySha256At, fingerprintAt),
  );
}

/** MESSAGE-INTEGRITY (RFC 8489 §14.5). */
export const integrityType = 0x0008;

/** MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.6). */
export const integritySha256Type = 0x001c;

/** FINGERPRINT (RFC 8489 §14.7). */
export const fingerprintType = 0x8028;

/** A view of a well-formed STUN message; it stands on the bytes it was decoded from. */
export class StunMessage {
  readonly bytes: Uint8Array;
  /** The magic cookie is missing, as in RFC 3489. */
  readonly isClassic: boolean;
  /** Where MESSAGE-INTEGRITY starts, or -1. */
  readonly integrityAt: number;
  /** Where MESSAGE-INTEGRITY-SHA256 starts, or -1. */
  readonly integritySha256At: number;
  /** Where FINGERPRINT starts, or -1. */
  readonly fingerprintAt: number;
  /** Where the ordinary attributes end: what follows the integrity is not looked at (§14.5). */
  readonly #end: number;

  /** Made by {@link decodeMessage}, which has checked every bound. */
  constructor(
    bytes: Uint8Array,
    isClassic: boolean,
    end: number,
    integrityAt: number,
    integritySha256At: number,
    fingerprintAt: number,
  ) {
    this.bytes = bytes;
    this.isClassic = isClassic;
    this.integrityAt = integrityAt;
    this.integritySha256At = integritySha256At;
    this.fingerprintAt = fingerprintAt;
    this.#end = end;
  }

  /** The method's twelve bits, gathered from around the class (RFC 8489 §5 figure 3). */
  get method(): number {
    const type = readU16(this.bytes, 0);
    return (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2);
  }

  get class(): MessageClass {
    const type = readU16(this.bytes, 0);
    return classes[((type & 0x0100) >> 7) | ((type & 0x0010) >> 4)] as MessageClass;
  }

  /** The 96 bits of the transaction; in a classic message the 128 bits that RFC 3489 §11.1 gave it. */
  get transactionId(): Uint8Array {
    return this.bytes.subarray(this.isClassic ? 4 : 8, headerLength);
  }

  /** Whether this message belongs to the transaction that `header`, another message, started. */
  isOfSameTransaction(header: Uint8Array): boolean {
    return equal(this.bytes.subarray(4, headerLength), header.subarray(4, headerLength));
  }

  /** Where the value of the first attribute of a type starts, or -1; its length is `lengthAt` there. */
  valueAt(type: number): number {
    const bytes = this.bytes;
    for (let at = headerLength; at < this.#end; ) {
      if (readU16(bytes, at) === type) return at + 4;
      at += 4 + ((readU16(bytes, at + 2) + 3) & ~3);
    }
    return -1;
  }

  /** The length of the value that starts at `valueAt`. */
  lengthAt(valueAt: number): number {
    return readU16(this.bytes, valueAt - 2);
  }

  has(attribute: { readonly type: number }): boolean {
    return this.valueAt(attribute.type) >= 0;
  }

  /** The value of an attribute's first occurrence (§14); `undefined` where absent or malformed. */
  value<Value>(attribute: Attribute<Value>): Value | undefined {
    const at = this.valueAt(attribute.type);
    return at < 0 ? undefined : attribute.read(this.bytes, at, this.lengthAt(at));
  }

  /** Whether an attribute is there but makes no sense: worth a 400, where absence may be fine. */
  isMalformed(attribute: Attribute<unknown>): boolean {
    return this.has(attribute) && this.value(attribute) === undefined;
  }

  /** The types of all ordinary attributes, in their order, repetitions included. */
  *types(): Generator<number, void> {
    for (let at = headerLength; at < this.#end; ) {
      yield readU16(this.bytes, at);
      at += 4 + ((readU16(this.bytes, at + 2) + 3) & ~3);
    }
  }

  /** The comprehension-required attributes outside `known`, each once: what a 420 lists (§6.3). */
  unknownRequired(known: ReadonlySet<number>): readonly number[] {
    let unknown: number[] | undefined;
    const bytes = this.bytes;
    for (let at = headerLength; at < this.#end; ) {
      const type = readU16(bytes, at);
      if (type < 0x8000 && !known.has(type)) {
        unknown ??= [];
        if (!unknown.includes(type) && unknown.length < maxUnknown) unknown.push(type);
      }
      at += 4 + ((readU16(bytes, at + 2) + 3) & ~3);
    }
    return unknown ?? none;
  }
}

/** The two bits of a message type for a method and class (RFC 8489 §5 figure 3). */
export function messageType(method: number, messageClass: MessageClass): number {
  const bits = classes.indexOf(messageClass);
  return (
    (method & 0x000f) |
    ((method & 0x0070) << 1) |
    ((method & 0x0f80) << 2) |
    ((bits & 1) << 4) |
    ((bits & 2) << 7)
  );
}

/** In the order of the two class bits C1 C0. */
const classes: readonly MessageClass[] = ["request", "indication", "success", "error"];

/** A 420 never names more than these: nobody makes us write a long answer to a hostile request. */
const maxUnknown = 8;

const none: readonly number[] = [];
