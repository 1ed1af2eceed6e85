import {
  type Decoded,
  decoded,
  fault,
  readU16,
  readU32,
  writeU16,
  writeU32,
} from "../wire/index.ts";
import { CHUNK, chunkHeaderLength, encodeChunk } from "./chunk-type.ts";
import { decodeParameters, encodeParameters, type Parameter } from "./parameters.ts";

/** What INIT and INIT ACK say of their sender (RFC 9260 §3.3.2, §3.3.3). */
export interface Init {
  readonly tag: number;
  readonly window: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly initialTsn: number;
  /** FORWARD TSN is understood (RFC 3758 §3.1). */
  readonly partialReliability: boolean;
  /** RE-CONFIG is understood (RFC 6525 §4.1). */
  readonly reconfiguration: boolean;
  /** I-DATA and I-FORWARD-TSN are understood (RFC 8260 §2.2.1). */
  readonly interleaving: boolean;
  /** PAD is understood (RFC 4820), as far as this is said at all. */
  readonly padding: boolean;
  /** Packets without a checksum are accepted, DTLS standing in for it (RFC 9653 §5.1). */
  readonly zeroChecksum: boolean;
  /** In INIT ACK only (RFC 9260 §3.3.3.1). */
  readonly cookie: Uint8Array | undefined;
  /** Parameters to be reported as unrecognized, each as it came (RFC 9260 §3.2.1). */
  readonly unrecognized: readonly Parameter[];
}

export type InitFault = "bad-init" | "bad-parameters" | "zero-tag" | "zero-streams";

/** The value of an INIT or INIT ACK chunk at `bytes[at, at + length)`, its header included. */
export function decodeInit(
  bytes: Uint8Array,
  at: number,
  length: number,
): Decoded<Init, InitFault> {
  if (length < chunkHeaderLength + fixedLength) return fault("bad-init");
  const parameters = decodeParameters(bytes, at + chunkHeaderLength + fixedLength, at + length);
  if (parameters === undefined) return fault("bad-parameters");
  const tag = readU32(bytes, at + 4);
  if (tag === 0) return fault("zero-tag");
  const outboundStreams = readU16(bytes, at + 12);
  const inboundStreams = readU16(bytes, at + 14);
  if (outboundStreams === 0 || inboundStreams === 0) return fault("zero-streams");
  return decoded({
    tag,
    window: readU32(bytes, at + 8),
    outboundStreams,
    inboundStreams,
    initialTsn: readU32(bytes, at + 16),
    ...readParameters(parameters),
  });
}

/** An INIT, or an INIT ACK where a cookie is given. */
export function encodeInit(init: Init): Uint8Array {
  const fixed = new Uint8Array(fixedLength);
  writeU32(fixed, 0, init.tag);
  writeU32(fixed, 4, init.window);
  writeU16(fixed, 8, init.outboundStreams);
  writeU16(fixed, 10, init.inboundStreams);
  writeU32(fixed, 12, init.initialTsn);
  const parameters = encodeParameters(writeParameters(init));
  const value = new Uint8Array(fixedLength + parameters.length);
  value.set(fixed, 0);
  value.set(parameters, fixedLength);
  return encodeChunk(init.cookie === undefined ? CHUNK.init : CHUNK.initAck, 0, value);
}

const fixedLength = 16;

const PARAMETER = {
  /** RFC 9260 §3.3.3.1 */
  stateCookie: 7,
  /** RFC 9260 §3.3.3.1 */
  unrecognized: 8,
  /** RFC 9653 §4 */
  zeroChecksumAcceptable: 0x8001,
  /** RFC 5061 §4.2.7 */
  supportedExtensions: 0x8008,
  /** RFC 3758 §3.1 */
  forwardTsnSupported: 0xc000,
} as const;

/** Addresses, cookie preservative, supported address types, ECN, adaptation and AUTH: known and without use over DTLS (RFC 8261 §5, §6). */
const ignored: ReadonlySet<number> = new Set([
  5, 6, 9, 11, 12, 0x8000, 0x8002, 0x8003, 0x8004, 0xc006,
]);

/** DTLS as the alternate error detection method (RFC 9653 §4). */
const methodDtls = 1;

function readParameters(
  parameters: readonly Parameter[],
): Omit<Init, "tag" | "window" | "outboundStreams" | "inboundStreams" | "initialTsn"> {
  const extensions = new Set<number>();
  const unrecognized: Parameter[] = [];
  let partialReliability = false;
  let zeroChecksum = false;
  let cookie: Uint8Array | undefined;
  for (const parameter of parameters) {
    const { type, value } = parameter;
    if (type === PARAMETER.stateCookie) cookie = value.slice();
    else if (type === PARAMETER.forwardTsnSupported) partialReliability = true;
    else if (type === PARAMETER.zeroChecksumAcceptable) {
      zeroChecksum = value.length >= 4 && readU32(value, 0) === methodDtls;
    } else if (type === PARAMETER.supportedExtensions) {
      for (const chunkType of value) extensions.add(chunkType);
    } else if (type !== PARAMETER.unrecognized && !ignored.has(type)) {
      // The two highest bits say whether to report it and whether to read on (RFC 9260 §3.2.1).
      if ((type & 0x4000) !== 0 && unrecognized.length < maxUnrecognized) {
        unrecognized.push({ type, value: value.slice(0, maxUnrecognizedLength) });
      }
      if ((type & 0x8000) === 0) break;
    }
  }
  return {
    partialReliability: partialReliability || extensions.has(CHUNK.forwardTsn),
    reconfiguration: extensions.has(CHUNK.reconfig),
    interleaving: extensions.has(CHUNK.iData) && extensions.has(CHUNK.iForwardTsn),
    padding: extensions.has(CHUNK.pad),
    zeroChecksum,
    cookie,
    unrecognized,
  };
}

/** An answer never grows beyond a packet, whatever the question holds. */
const maxUnrecognized = 4;
const maxUnrecognizedLength = 64;

function writeParameters(init: Init): Parameter[] {
  const parameters: Parameter[] = [];
  if (init.cookie !== undefined) {
    parameters.push({ type: PARAMETER.stateCookie, value: init.cookie });
  }
  const extensions: number[] = [];
  if (init.padding) extensions.push(CHUNK.pad);
  if (init.partialReliability) {
    parameters.push({ type: PARAMETER.forwardTsnSupported, value: new Uint8Array(0) });
    extensions.push(CHUNK.forwardTsn);
  }
  if (init.reconfiguration) extensions.push(CHUNK.reconfig);
  if (init.interleaving) extensions.push(CHUNK.iData, CHUNK.iForwardTsn);
  parameters.push({ type: PARAMETER.supportedExtensions, value: Uint8Array.from(extensions) });
  if (init.zeroChecksum) {
    const method = new Uint8Array(4);
    writeU32(method, 0, methodDtls);
    parameters.push({ type: PARAMETER.zeroChecksumAcceptable, value: method });
  }
  for (const parameter of init.unrecognized) {
    parameters.push({ type: PARAMETER.unrecognized, value: encodeParameters([parameter]) });
  }
  return parameters;
}
