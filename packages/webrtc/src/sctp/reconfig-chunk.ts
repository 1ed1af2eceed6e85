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

/** What a RE-CONFIG chunk asks or answers (RFC 6525 §4). */
export type Reconfiguration =
  | {
      readonly type: "outgoing-reset";
      readonly request: number;
      readonly response: number;
      readonly lastTsn: number;
      /** None stand for all streams. */
      readonly streamIds: readonly number[];
    }
  | {
      readonly type: "incoming-reset";
      readonly request: number;
      readonly streamIds: readonly number[];
    }
  | { readonly type: "tsn-reset"; readonly request: number }
  | { readonly type: "add-outgoing-streams"; readonly request: number; readonly count: number }
  | { readonly type: "add-incoming-streams"; readonly request: number; readonly count: number }
  | { readonly type: "response"; readonly request: number; readonly result: number };

/** The results of a request (RFC 6525 §4.4). */
export const RESULT = {
  nothingToDo: 0,
  performed: 1,
  denied: 2,
  wrongStream: 3,
  alreadyInProgress: 4,
  badSequenceNumber: 5,
  inProgress: 6,
} as const;

export type ReconfigFault = "bad-reconfig";

/** One or two of the six parameters that may stand together (RFC 6525 §3.1). */
export function decodeReconfig(
  bytes: Uint8Array,
  at: number,
  length: number,
): Decoded<readonly Reconfiguration[], ReconfigFault> {
  const parameters = decodeParameters(bytes, at + chunkHeaderLength, at + length);
  if (parameters === undefined || parameters.length === 0 || parameters.length > 2) {
    return fault("bad-reconfig");
  }
  const all: Reconfiguration[] = [];
  for (const parameter of parameters) {
    const one = decodeOne(parameter);
    if (one === undefined) return fault("bad-reconfig");
    all.push(one);
  }
  return decoded(all);
}

/** A RE-CONFIG chunk of one or two parameters. */
export function encodeReconfig(...all: readonly Reconfiguration[]): Uint8Array {
  return encodeChunk(CHUNK.reconfig, 0, encodeParameters(all.map(encodeOne)));
}

/** RFC 6525 §4.1 to §4.6 */
const PARAMETER = {
  outgoingReset: 13,
  incomingReset: 14,
  tsnReset: 15,
  response: 16,
  addOutgoing: 17,
  addIncoming: 18,
} as const;

function decodeOne({ type, value }: Parameter): Reconfiguration | undefined {
  if (value.length < 4) return undefined;
  const request = readU32(value, 0);
  switch (type) {
    case PARAMETER.outgoingReset: {
      if (value.length < 12) return undefined;
      const streamIds = readStreamIds(value, 12);
      const [response, lastTsn] = [readU32(value, 4), readU32(value, 8)];
      return { type: "outgoing-reset", request, response, lastTsn, streamIds };
    }
    case PARAMETER.incomingReset:
      return { type: "incoming-reset", request, streamIds: readStreamIds(value, 4) };
    case PARAMETER.tsnReset:
      return { type: "tsn-reset", request };
    case PARAMETER.response:
      if (value.length < 8) return undefined;
      return { type: "response", request, result: readU32(value, 4) };
    case PARAMETER.addOutgoing:
    case PARAMETER.addIncoming: {
      if (value.length < 8) return undefined;
      const outgoing = type === PARAMETER.addOutgoing;
      const count = readU16(value, 4);
      return {
        type: outgoing ? "add-outgoing-streams" : "add-incoming-streams",
        request,
        count,
      };
    }
    default:
      return undefined;
  }
}

function readStreamIds(value: Uint8Array, from: number): readonly number[] {
  const ids: number[] = [];
  for (let at = from; at + 2 <= value.length; at += 2) ids.push(readU16(value, at));
  return ids;
}

function encodeOne(one: Reconfiguration): Parameter {
  switch (one.type) {
    case "outgoing-reset": {
      const value = new Uint8Array(12 + 2 * one.streamIds.length);
      writeU32(value, 0, one.request);
      writeU32(value, 4, one.response);
      writeU32(value, 8, one.lastTsn);
      writeStreamIds(value, 12, one.streamIds);
      return { type: PARAMETER.outgoingReset, value };
    }
    case "incoming-reset": {
      const value = new Uint8Array(4 + 2 * one.streamIds.length);
      writeU32(value, 0, one.request);
      writeStreamIds(value, 4, one.streamIds);
      return { type: PARAMETER.incomingReset, value };
    }
    case "tsn-reset":
      return { type: PARAMETER.tsnReset, value: twoWords(one.request, 0).subarray(0, 4) };
    case "response":
      return { type: PARAMETER.response, value: twoWords(one.request, one.result) };
    case "add-outgoing-streams":
      return { type: PARAMETER.addOutgoing, value: twoWords(one.request, one.count << 16) };
    case "add-incoming-streams":
      return { type: PARAMETER.addIncoming, value: twoWords(one.request, one.count << 16) };
  }
}

function writeStreamIds(value: Uint8Array, from: number, ids: readonly number[]): void {
  for (const [i, id] of ids.entries()) writeU16(value, from + 2 * i, id);
}

function twoWords(first: number, second: number): Uint8Array {
  const value = new Uint8Array(8);
  writeU32(value, 0, first);
  writeU32(value, 4, second);
  return value;
}
