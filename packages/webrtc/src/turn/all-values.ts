import { type Attribute, headerLength, type StunMessage } from "../stun/index.ts";
import { readU16 } from "../wire/index.ts";

/**
 * Every occurrence of an attribute before the integrity, `undefined` where one makes no sense. Only TURN
 * repeats attributes: XOR-PEER-ADDRESS (RFC 8656 §10.1) and XOR-RELAYED-ADDRESS (§7.2).
 */
export function* allValues<Value>(
  message: StunMessage,
  attribute: Attribute<Value>,
): Generator<Value | undefined, void> {
  const { bytes } = message;
  const ends = [message.integrityAt, message.integritySha256At, message.fingerprintAt];
  const end = ends.reduce((least, at) => (at >= 0 && at < least ? at : least), bytes.length);
  for (let at = headerLength; at < end; at += 4 + ((readU16(bytes, at + 2) + 3) & ~3)) {
    if (readU16(bytes, at) !== attribute.type) continue;
    yield attribute.read(bytes, at + 4, readU16(bytes, at + 2));
  }
}
