import { BindingServer, type Endpoint } from "../../stun/index.ts";
import { sameAddress, type TransportAddress } from "../../wire/index.ts";
import type { BehaviourAddresses, NodeTurnServerOptions } from "./turn-server-options.ts";

/** A UDP address to listen on, and which of the four of RFC 5780 it is, if any. */
export interface ListeningEndpoint {
  readonly address: TransportAddress;
  readonly endpoint: Endpoint | undefined;
}

/** Every UDP address that a server listens on, each once. */
export function listeningEndpoints({
  udp = [],
  behaviour,
}: NodeTurnServerOptions): readonly ListeningEndpoint[] {
  const four = behaviour === undefined ? [] : combinations(behaviour);
  const others = udp
    .filter((address) => !four.some((one) => sameAddress(one.address, address)))
    .map((address) => ({ address, endpoint: undefined }));
  return [...four, ...others];
}

/** Who answers the Binding requests that come to them. */
export function bindingServer({
  behaviour,
  classic = false,
  settings,
}: NodeTurnServerOptions): BindingServer {
  const software = settings?.software;
  return new BindingServer({
    classic,
    ...(software !== undefined && { software }),
    ...(behaviour !== undefined && { behaviour: asSeenOutside(behaviour) }),
  });
}

function combinations({ primary, alternate }: BehaviourAddresses): readonly ListeningEndpoint[] {
  const sides = { primary, alternate };
  const names = ["primary", "alternate"] as const;
  return names.flatMap((ip) =>
    names.map((port) => ({
      address: { ip: sides[ip].ip, port: sides[port].port },
      endpoint: { ip, port },
    })),
  );
}

function asSeenOutside(addresses: BehaviourAddresses): {
  readonly primary: TransportAddress;
  readonly alternate: TransportAddress;
} {
  const { primary, alternate, externalPrimaryIp, externalAlternateIp } = addresses;
  return {
    primary: { ip: externalPrimaryIp ?? primary.ip, port: primary.port },
    alternate: { ip: externalAlternateIp ?? alternate.ip, port: alternate.port },
  };
}
