import {
  bindingMethod,
  hasFingerprint,
  type StunMessage,
  UnknownAttributes,
} from "../stun/index.ts";
import type { Instant } from "../wire/index.ts";
import { handleAllocate } from "./allocate.ts";
import { turnAttributeTypes } from "./attributes.ts";
import { authenticate } from "./authenticate.ts";
import { handleChannelBind } from "./channel-bind.ts";
import { relaySend } from "./client-data.ts";
import { handleConnect, handleConnectionBind } from "./connect.ts";
import { handleCreatePermission } from "./create-permission.ts";
import type { FiveTuple } from "./five-tuple.ts";
import {
  allocateMethod,
  channelBindMethod,
  connectionBindMethod,
  connectMethod,
  createPermissionMethod,
  refreshMethod,
  sendMethod,
} from "./methods.ts";
import { handleRefresh } from "./refresh.ts";
import type { ServerState } from "./server-state.ts";
import type { PeerConnection } from "./tcp-relay.ts";
import { refuse, type TurnRequest } from "./turn-request.ts";

/**
 * Brings a STUN message from a client to who answers it; Binding requests go elsewhere. Where a
 * ConnectionBind succeeds, it answers the peer connection that the client's connection belongs to now.
 */
export function dispatch(
  state: ServerState,
  tuple: FiveTuple,
  message: StunMessage,
  now: Instant,
): PeerConnection | undefined {
  if (message.fingerprintAt >= 0 && !hasFingerprint(message)) {
    state.counters.drop("bad-fingerprint");
  } else if (state.settings.stunOnly) {
    state.counters.drop("unexpected-message");
  } else if (message.class === "indication") {
    if (message.method === sendMethod) relaySend(state, tuple, message, now);
    // A Binding indication keeps a NAT's binding alive, and is all of its own meaning (RFC 8489 §2).
    else if (message.method !== bindingMethod) state.counters.drop("unexpected-message");
  } else if (message.class === "request" && requestMethods.has(message.method)) {
    return handleRequest(state, tuple, message, now);
  } else state.counters.drop("unexpected-message");
  return undefined;
}

function handleRequest(
  state: ServerState,
  tuple: FiveTuple,
  message: StunMessage,
  now: Instant,
): PeerConnection | undefined {
  const user = authenticate(state, message, tuple, now);
  if (user === undefined) return undefined;
  const request: TurnRequest = { state, message, tuple, user, now };
  const unknown = message.unknownRequired(turnAttributeTypes);
  if (unknown.length > 0) {
    refuse(request, { code: 420, write: (writer) => writer.add(UnknownAttributes, unknown) });
    return undefined;
  }
  if (message.method === connectionBindMethod) return handleConnectionBind(request);
  handlers.get(message.method)?.(request);
  return undefined;
}

const handlers: ReadonlyMap<number, (request: TurnRequest) => void> = new Map([
  [allocateMethod, handleAllocate],
  [refreshMethod, handleRefresh],
  [createPermissionMethod, handleCreatePermission],
  [channelBindMethod, handleChannelBind],
  [connectMethod, handleConnect],
]);

const requestMethods: ReadonlySet<number> = new Set([...handlers.keys(), connectionBindMethod]);
