import { ConnectionId, XorPeerAddress } from "./attributes.ts";
import { checkPeer, forbidden } from "./create-permission.ts";
import type { ConnectionTuple } from "./five-tuple.ts";
import type { PeerConnection } from "./tcp-relay.ts";
import {
  copyOf,
  isRefusal,
  ownAllocation,
  type Refusal,
  refusal,
  refuse,
  succeed,
  type TurnRequest,
} from "./turn-request.ts";

/** RFC 6062 §5.2: receiving a Connect request. */
export function handleConnect(request: TurnRequest): void {
  const refused = connect(request);
  if (refused !== undefined) refuse(request, refused);
}

/** RFC 6062 §5.4: receiving a ConnectionBind request; answers the connection that was bound. */
export function handleConnectionBind(request: TurnRequest): PeerConnection | undefined {
  const connection = findPending(request);
  if (isRefusal(connection)) {
    refuse(request, connection);
    return undefined;
  }
  succeed(request, (writer) => writer.add(ConnectionId, connection.id));
  connection.bind((request.tuple as ConnectionTuple).socket);
  return connection;
}

function connect(request: TurnRequest): Refusal | undefined {
  const { state, message, now } = request;
  const allocation = ownAllocation(request);
  if (isRefusal(allocation)) return allocation;

  // Step 1: a TCP allocation, and a peer.
  const { tcpRelay } = allocation;
  const peer = message.value(XorPeerAddress);
  if (tcpRelay === undefined || peer === undefined || peer.port === 0) return refusal(400);

  // Step 2: no connection with this peer yet, nor one under way.
  if (tcpRelay.connectionWith(peer) !== undefined) return refusal(446);

  // Step 3: the policy. At our own address only relays are reached, not what else listens there.
  const refused = checkPeer(state, allocation, peer);
  if (refused !== undefined) return refused;
  const own = state.addresses.tcpAt(peer.ip, peer.port);
  if (own === undefined && !state.policy.allows(peer.ip)) return forbidden(peer.ip);

  // Step 4: the caps, and the connection; the answer follows when the peer has answered.
  if (!tcpRelay.hasRoom) return refusal(486);
  const kept = { ...request, message: copyOf(message) };
  tcpRelay.connect(
    peer,
    own ?? peer,
    (connection) => {
      if (connection === undefined) refuse(kept, refusal(447));
      else succeed(kept, (writer) => writer.add(ConnectionId, connection.id));
    },
    now,
  );
  return undefined;
}

/** The peer connection that waits for this request: of the same user, and not on an allocation's own connection. */
function findPending({ state, message, tuple, user }: TurnRequest): PeerConnection | Refusal {
  const id = message.value(ConnectionId);
  if (!tuple.isStream || tuple.allocation !== undefined || id === undefined) return refusal(400);
  const connection = state.peerConnections.get(id);
  if (connection === undefined || connection.isBound || !connection.isConnected)
    return refusal(400);
  const { owner } = connection.relay.allocation;
  return owner.username === user.username ? connection : refusal(400);
}
