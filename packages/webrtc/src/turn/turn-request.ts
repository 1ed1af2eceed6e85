import {
  bindingMethod,
  decodeMessage,
  ErrorCode,
  type MessageWriter,
  Software,
  type StunMessage,
} from "../stun/index.ts";
import type { Instant } from "../wire/index.ts";
import type { Allocation, AllocationOwner } from "./allocation.ts";
import type { FiveTuple } from "./five-tuple.ts";
import { reasonPhrases, type TurnErrorNumber } from "./methods.ts";
import type { ServerState } from "./server-state.ts";

/** A request whose sender is known. */
export interface TurnRequest {
  readonly state: ServerState;
  readonly message: StunMessage;
  readonly tuple: FiveTuple;
  readonly user: AllocationOwner;
  readonly now: Instant;
}

/** Why a request is refused, and what the error response says beside the code. */
export interface Refusal {
  readonly code: TurnErrorNumber;
  readonly write?: (writer: MessageWriter) => void;
  /** The peer's address that may not be reached (403). */
  readonly peer?: string;
}

/** A refusal with nothing but its code. */
export function refusal(code: TurnErrorNumber): Refusal {
  return { code };
}

/** Answers a request with success; tells the bytes, for a retransmission. */
export function succeed(
  request: TurnRequest,
  write: (writer: MessageWriter) => void = () => {},
): Uint8Array {
  const { writer, settings } = request.state;
  writer.beginResponse(request.message, "success");
  write(writer);
  if (settings.software !== undefined) writer.add(Software, settings.software);
  return finish(request, writer);
}

/** Answers a request of a known user with an error. */
export function refuse(request: TurnRequest, { code, write, peer }: Refusal): void {
  const { state, message, tuple, user } = request;
  const { writer } = state;
  countRefusal(state, message, tuple, code, user.username, peer);
  writer.beginResponse(message, "error").add(ErrorCode, { code, reason: reasonPhrases[code] });
  write?.(writer);
  finish(request, writer);
}

/** Counts an error response and tells of it. */
export function countRefusal(
  state: ServerState,
  message: StunMessage,
  tuple: FiveTuple,
  code: TurnErrorNumber,
  username?: string,
  peer?: string,
): void {
  state.counters.refuse(code);
  const { method } = message;
  if (method === bindingMethod) return;
  state.events.event({ type: "refused", method, code, client: tuple.remote, username, peer });
}

/** The sender's allocation, which has to be there (437) and the sender's own (441, RFC 8656 §5). */
export function ownAllocation(request: TurnRequest): Allocation | Refusal {
  const { allocation } = request.tuple;
  if (allocation === undefined || !allocation.isOpen) return refusal(437);
  if (allocation.owner.username !== request.user.username) return refusal(441);
  allocation.response = undefined;
  if (allocation.previousTuple !== undefined && allocation.tuple === request.tuple) {
    allocation.forgetPreviousTuple();
  }
  return allocation;
}

/** A message on bytes of its own: what waits for a socket must not stand on a packet that is used again. */
export function copyOf(message: StunMessage): StunMessage {
  const copy = decodeMessage(message.bytes.slice());
  return copy.ok ? copy.value : message;
}

/** Whether something is the reason for a refusal. */
export function isRefusal(value: object): value is Refusal {
  return "code" in value;
}

function finish(request: TurnRequest, writer: MessageWriter): Uint8Array {
  const { state, message, tuple, user } = request;
  if (user.integrity === "sha256") writer.addIntegritySha256(state.crypto, user.key);
  else writer.addIntegrity(state.crypto, user.key);
  if (state.settings.fingerprint || message.fingerprintAt >= 0) writer.addFingerprint();
  const bytes = writer.finishCopy();
  tuple.send(bytes.slice(), 0, bytes.length);
  return bytes;
}
