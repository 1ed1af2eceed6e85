import {
  type Decoded,
  decoded,
  fault,
  formatIp,
  parseIp,
  readU16,
  readU32,
} from "../../wire/index.ts";

/** An address record, as multicast DNS answers with (RFC 6762 §18, RFC 1035 §4.1.3). */
export interface MdnsRecord {
  readonly name: string;
  readonly ip: string;
  readonly ttlS: number;
}

/** What a message asks and says about addresses; everything else in it is passed over. */
export interface MdnsMessage {
  readonly questions: readonly string[];
  readonly answers: readonly MdnsRecord[];
}

export type MdnsFault = "truncated" | "bad-name" | "too-many-records";

/** RFC 1035 §3.2.2, RFC 3596 §2.1 */
const typeA = 1;
const typeAaaa = 28;
const typeAny = 255;
const classIn = 1;
/** Set in an answer's class: this is all there is under the name (RFC 6762 §10.2). */
const cacheFlush = 0x8000;
const headerLength = 12;
const maxRecords = 64;
/** Each jump goes back, and a name has 128 labels at most (RFC 1035 §4.1.4). */
const maxLabels = 128;

/** Asks for the addresses of a name. */
export function encodeQuery(name: string): Uint8Array {
  const question = [...labels(name)];
  const bytes = [0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0];
  for (const type of [typeA, typeAaaa]) bytes.push(...question, 0, type, 0, classIn);
  return Uint8Array.from(bytes);
}

/** Answers with the address of a name. */
export function encodeAnswer({ name, ip, ttlS }: MdnsRecord): Uint8Array {
  const address = parseIp(ip) ?? new Uint8Array(4);
  const type = address.length === 4 ? typeA : typeAaaa;
  // A response, and authoritative (RFC 6762 §18.2, §18.4).
  const bytes = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, ...labels(name)];
  bytes.push(0, type, (cacheFlush | classIn) >> 8, classIn);
  bytes.push((ttlS >>> 24) & 255, (ttlS >>> 16) & 255, (ttlS >>> 8) & 255, ttlS & 255);
  return Uint8Array.from([...bytes, 0, address.length, ...address]);
}

/** Takes a message apart, as far as it is about addresses. */
export function decodeMdns(bytes: Uint8Array): Decoded<MdnsMessage, MdnsFault> {
  if (bytes.length < headerLength) return fault("truncated");
  const questionCount = readU16(bytes, 4);
  const answerCount = readU16(bytes, 6) + readU16(bytes, 8) + readU16(bytes, 10);
  if (questionCount + answerCount > maxRecords) return fault("too-many-records");
  const questions: string[] = [];
  const answers: MdnsRecord[] = [];
  let at = headerLength;
  for (let i = 0; i < questionCount; i += 1) {
    const name = readName(bytes, at);
    if (name === undefined) return fault("bad-name");
    at = name.end + 4;
    if (at > bytes.length) return fault("truncated");
    const type = readU16(bytes, name.end);
    if (type === typeA || type === typeAaaa || type === typeAny) questions.push(name.text);
  }
  for (let i = 0; i < answerCount; i += 1) {
    const name = readName(bytes, at);
    if (name === undefined) return fault("bad-name");
    if (name.end + 10 > bytes.length) return fault("truncated");
    const type = readU16(bytes, name.end);
    const start = name.end + 10;
    at = start + readU16(bytes, name.end + 8);
    if (at > bytes.length) return fault("truncated");
    const isAddress =
      (type === typeA && at - start === 4) || (type === typeAaaa && at - start === 16);
    if (!isAddress || (readU16(bytes, name.end + 2) & ~cacheFlush) !== classIn) continue;
    const ip = formatIp(bytes.slice(start, at));
    answers.push({ name: name.text, ip, ttlS: readU32(bytes, name.end + 4) });
  }
  return decoded({ questions, answers });
}

function* labels(name: string): Generator<number> {
  for (const label of name.split(".")) {
    yield label.length;
    for (let i = 0; i < label.length; i += 1) yield label.charCodeAt(i);
  }
  yield 0;
}

/** RFC 1035 §4.1.4: labels, the last of which may point back to others. */
function readName(
  bytes: Uint8Array,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const parts: string[] = [];
  let end: number | undefined;
  for (let at = start; parts.length < maxLabels; ) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return { text: parts.join(".").toLowerCase(), end: end ?? at + 1 };
    if (length >= 0xc0) {
      if (at + 2 > bytes.length) return undefined;
      const target = readU16(bytes, at) & 0x3fff;
      if (target >= at) return undefined;
      end ??= at + 2;
      at = target;
    } else {
      if (length > 63 || at + 1 + length > bytes.length) return undefined;
      parts.push(String.fromCharCode(...bytes.subarray(at + 1, at + 1 + length)));
      at += 1 + length;
    }
  }
  return undefined;
}
