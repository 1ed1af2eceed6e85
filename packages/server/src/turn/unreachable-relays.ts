import { existsSync } from "node:fs";
import type { RelayAddress } from "@tincan/webrtc/turn";
import { isLoopbackIp, isPrivateIp } from "@tincan/webrtc/wire";

/** What tells whether private addresses will do. */
export interface Surroundings {
  /** Whether people come from the internet. */
  readonly isPublic: boolean;
  /** Whether this runs in a container, whose network is its engine's alone unless it has the host's. */
  readonly isContainer: boolean;
}

/** The warning that those who call through TURN are told to send where they cannot; `undefined` where they can. */
export function unreachableRelays(
  relays: readonly RelayAddress[],
  { isPublic, isContainer }: Surroundings,
): string | undefined {
  const told = relays.map(({ ip, externalIp }) => externalIp ?? ip);
  if (!told.every(isPrivateIp)) return undefined;
  const places = told.join(" and ");
  if (isPublic) {
    return `calls through TURN are told to send to ${places}, which nobody outside this network can reach: give --external-ip PUBLIC, and forward the ports of --relay-ports to this machine`;
  }
  if (!isContainer || told.every(isLoopbackIp)) return undefined;
  return `calls through TURN are told to send to ${places}; unless this container has the network of its host (--network host), nobody else can reach that: give it, or --external-ip with the host's address`;
}

/** Whether Docker or Podman, or Kubernetes, started this. */
export function isInContainer(): boolean {
  return (
    existsSync("/.dockerenv") ||
    existsSync("/run/.containerenv") ||
    process.env.KUBERNETES_SERVICE_HOST !== undefined
  );
}
