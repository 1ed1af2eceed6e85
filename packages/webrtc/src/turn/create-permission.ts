import type { StunMessage } from "../stun/index.ts";
import type { Instant, TransportAddress } from "../wire/index.ts";
import { allValues } from "./all-values.ts";
import type { Allocation } from "./allocation.ts";
import { XorPeerAddress } from "./attributes.ts";
import { familyOf } from "./methods.ts";
import { Permission, peerAccess } from "./permission.ts";
import type { ServerState } from "./server-state.ts";
import {
  isRefusal,
  ownAllocation,
  type Refusal,
  refusal,
  refuse,
  succeed,
  type TurnRequest,
} from "./turn-request.ts";

/** RFC 8656 §10.2: receiving a CreatePermission request. All of its addresses are taken, or none. */
export function handleCreatePermission(request: TurnRequest): void {
  const refused = createPermissions(request);
  if (refused === undefined) succeed(request);
  else refuse(request, refused);
}

/** Installs a permission for an address, or lets it live longer. */
export function permit(
  state: ServerState,
  allocation: Allocation,
  ip: string,
  now: Instant,
): Permission | Refusal {
  const access = peerAccess(state, ip);
  if (access === undefined) return forbidden(ip);
  const expiresAt = now + state.settings.permissionLifetimeS * 1000;
  const existing = allocation.permissions.get(ip);
  if (existing !== undefined) {
    existing.expiresAt = expiresAt;
    existing.access = access;
    // Added again: one that had lapsed under a channel waits for its end no longer.
    state.deadlines.add(existing);
    return existing;
  }
  if (allocation.permissions.size >= state.settings.limits.permissions) return refusal(508);
  const permission = new Permission(allocation, ip, access, expiresAt);
  allocation.permissions.set(ip, permission);
  state.permissionCount += 1;
  state.deadlines.add(permission);
  return permission;
}

/** What keeps a peer's address from being used: another family (443), or the policy (403). */
export function checkPeer(
  state: ServerState,
  allocation: Allocation,
  peer: TransportAddress,
): Refusal | undefined {
  if (!allocation.reaches(familyOf(peer.ip))) return refusal(443);
  return peerAccess(state, peer.ip) === undefined ? forbidden(peer.ip) : undefined;
}

/** The policy refuses this peer (RFC 8656 §10.2); the client hears the code alone, the operator which one. */
export function forbidden(peer: string): Refusal {
  return { code: 403, peer };
}

function createPermissions(request: TurnRequest): Refusal | undefined {
  const { state, message, now } = request;
  const allocation = ownAllocation(request);
  if (isRefusal(allocation)) return allocation;
  const ips = peerIps(message);
  if (ips === undefined) return refusal(400);
  let added = 0;
  for (const ip of ips) {
    const refused = checkPeer(state, allocation, { ip, port: 0 });
    if (refused !== undefined) return refused;
    if (!allocation.permissions.has(ip)) added += 1;
  }
  if (allocation.permissions.size + added > state.settings.limits.permissions) return refusal(508);
  for (const ip of ips) permit(state, allocation, ip, now);
  return undefined;
}

/** The addresses of all XOR-PEER-ADDRESSes; `undefined` where there is none or one makes no sense. */
function peerIps(message: StunMessage): ReadonlySet<string> | undefined {
  const ips = new Set<string>();
  for (const peer of allValues(message, XorPeerAddress)) {
    if (peer === undefined) return undefined;
    ips.add(peer.ip);
  }
  return ips.size > 0 ? ips : undefined;
}
