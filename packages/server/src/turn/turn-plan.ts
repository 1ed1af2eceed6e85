import { isIP } from "node:net";
import type { BehaviourAddresses, NodeTurnServerOptions, TurnUsers } from "@tincan/webrtc/node";
import { defaultTurnSettings, type RelayAddress, type TurnSettings } from "@tincan/webrtc/turn";
import { isLoopbackIp, isPrivateIp, type TransportAddress } from "@tincan/webrtc/wire";
import { ServerError } from "../server-error.ts";
import type { OwnAddresses } from "./own-addresses.ts";
import type { ReadTurnOptions } from "./read-turn-options.ts";
import type { TurnOptions } from "./turn-options.ts";

/** What the options come to: all that a server needs but the certificate. */
export interface TurnPlan {
  readonly server: Omit<NodeTurnServerOptions, "tls" | "dtls" | "onEvent" | "engine">;
  readonly wantsTls: boolean;
  readonly wantsDtls: boolean;
  readonly warnings: readonly string[];
}

/** Makes a server's options of what people wrote; throws where it cannot work. */
export function planTurn(options: ReadTurnOptions, own: OwnAddresses): TurnPlan {
  const { values } = options;
  const wantsTls = !values.noTls && values.cert !== undefined;
  const wantsDtls = !values.noDtls && !values.noUdp && values.cert !== undefined;
  checkTogether(options);
  const ips = listeningIps(values, own);
  const relays = planRelays(options, own);
  const at = (...ports: readonly number[]) =>
    ports.flatMap((port) => ips.map((ip): TransportAddress => ({ ip, port })));
  const { listeningPort, tlsListeningPort } = values;
  const isStreaming = wantsTls || !values.noTcp;
  const behaviour = values.rfc5780 ? planBehaviour(options, ips) : undefined;
  return {
    server: {
      udp: values.noUdp ? [] : at(listeningPort, ...(wantsDtls ? [tlsListeningPort] : [])),
      streams: isStreaming ? at(listeningPort, ...(wantsTls ? [tlsListeningPort] : [])) : [],
      plainTcp: !values.noTcp,
      relays,
      users: planUsers(values),
      settings: planSettings(values),
      stun: !values.noStun,
      classic: values.stunBackwardCompatibility,
      ...(behaviour !== undefined && { behaviour }),
    },
    wantsTls,
    wantsDtls,
    warnings: [...privateRelays(relays), ...strayExternals(options, relays)],
  };
}

/** Who may use the server. */
export function planUsers({ user, staticAuthSecret, restApiSeparator }: TurnOptions): TurnUsers {
  return { users: user, secrets: staticAuthSecret, separator: restApiSeparator };
}

/** How it behaves; all but the realm can change while it runs. */
export function planSettings(values: TurnOptions): Partial<TurnSettings> & { realm: string } {
  const { limits } = defaultTurnSettings;
  return {
    realm: values.realm,
    fingerprint: values.fingerprint,
    mobility: values.mobility,
    secureStun: values.secureStun,
    stunOnly: values.stunOnly,
    relayUdp: !values.noUdpRelay,
    relayTcp: !values.noTcpRelay,
    rfc5766Channels: values.rfc5766ChannelNumbers,
    maxLifetimeS: values.maxAllocateLifetime,
    defaultLifetimeS: Math.min(defaultTurnSettings.defaultLifetimeS, values.maxAllocateLifetime),
    channelLifetimeS: values.channelLifetime,
    permissionLifetimeS: values.permissionLifetime,
    nonceLifetimeMs: (values.staleNonce || LONGEST_NONCE_S) * 1000,
    limits: {
      ...limits,
      allocations: values.totalQuota || Number.MAX_SAFE_INTEGER,
      allocationsPerUser: values.userQuota || Number.MAX_SAFE_INTEGER,
      bytesPerSecond: values.maxBps || undefined,
      totalBytesPerSecond: values.bpsCapacity || undefined,
    },
    peers: {
      allow: values.allowedPeerIp,
      deny: values.deniedPeerIp,
      allowLoopback: values.allowLoopbackPeers,
      noMulticast: values.noMulticastPeers,
    },
  };
}

/** A year: nonces are void after a restart anyway. */
const LONGEST_NONCE_S = 31_536_000;

function checkTogether({ values, placeOf, isSet }: ReadTurnOptions): void {
  const fail = (name: keyof TurnOptions, sentence: string): never => {
    throw new ServerError("bad-value", `${placeOf(name)}: ${sentence}`);
  };
  const { cert, pkey, user, staticAuthSecret, stunOnly } = values;
  if (values.minPort > values.maxPort) {
    fail(
      "maxPort",
      `the ports from ${values.minPort} to ${values.maxPort} are none; give max-port at least min-port`,
    );
  }
  if (values.noUdpRelay && values.noTcpRelay && !stunOnly) {
    fail(
      "noTcpRelay",
      "with no-udp-relay nothing is relayed; leave one of them out, or give stun-only",
    );
  }
  if ((cert === undefined) !== (pkey === undefined)) {
    const [there, missing] =
      cert === undefined ? (["pkey", "cert"] as const) : (["cert", "pkey"] as const);
    fail(there, `needs ${missing} too; give both or neither`);
  }
  if (values.noUdp && values.noTcp && (values.noTls || cert === undefined)) {
    fail(
      "noTcp",
      "with no-udp, and without TLS, there is nothing to listen on; leave one of them out",
    );
  }
  if (user.length + staticAuthSecret.length > 0 || stunOnly) return;
  if (isSet("useAuthSecret") && values.useAuthSecret) {
    fail("useAuthSecret", "needs a secret; give static-auth-secret");
  }
  throw new ServerError(
    "missing-value",
    "nobody could use this server, since there is no anonymous relay; give user=NAME:PASSWORD or static-auth-secret=SECRET in a file (-c FILE) or as flags, or --stun-only",
  );
}

function listeningIps({ listeningIp }: TurnOptions, own: OwnAddresses): readonly string[] {
  const all = [...own.network, ...own.loopback];
  if (listeningIp.length === 0) return all;
  // A socket on "any" would answer from another address than it was asked at.
  const ofFamily = (family: number): readonly string[] => all.filter((ip) => isIP(ip) === family);
  const spelledOut = listeningIp.flatMap((ip) =>
    ip === "0.0.0.0" ? ofFamily(4) : ip === "::" ? ofFamily(6) : [ip],
  );
  return [...new Set(spelledOut)];
}

function planRelays(options: ReadTurnOptions, own: OwnAddresses): readonly RelayAddress[] {
  const { values, placeOf } = options;
  const { relayIp, listeningIp, externalIp, minPort, maxPort } = values;
  const given =
    relayIp.length > 0 ? relayIp : listeningIp.length > 0 ? listeningIps(values, own) : [];
  const ips = given.length > 0 ? given : own.network.length > 0 ? own.network : own.loopback;
  const forAll = externalIp.filter(({ internal }) => internal === undefined);
  for (const family of [4, 6]) {
    if (forAll.filter(({ external }) => isIP(external) === family).length > 1) {
      throw new ServerError(
        "bad-value",
        `${placeOf("externalIp")}: two addresses of one family; say which is whose: external-ip=PUBLIC/PRIVATE`,
      );
    }
  }
  return ips.map((ip) => {
    const mapped =
      externalIp.find(({ internal }) => internal === ip) ??
      (isLoopbackIp(ip) ? undefined : forAll.find(({ external }) => isIP(external) === isIP(ip)));
    return {
      ip,
      firstPort: minPort,
      lastPort: maxPort,
      ...(mapped !== undefined && { externalIp: mapped.external }),
    };
  });
}

function planBehaviour(options: ReadTurnOptions, ips: readonly string[]): BehaviourAddresses {
  const { values, placeOf } = options;
  const outward = ips.filter((ip) => !isLoopbackIp(ip));
  const usable = outward.length > 1 ? outward : ips;
  const first = usable.find((ip) =>
    usable.some((other) => other !== ip && isIP(other) === isIP(ip)),
  );
  const second = usable.find((ip) => ip !== first && isIP(ip) === isIP(first ?? ""));
  if (first === undefined || second === undefined) {
    throw new ServerError(
      "bad-value",
      `${placeOf("rfc5780")}: needs two addresses of one family; give listening-ip twice, or leave rfc5780 out`,
    );
  }
  const external = (ip: string): string | undefined =>
    values.externalIp.find(({ internal }) => internal === ip)?.external;
  const [outer, otherOuter] = [external(first), external(second)];
  const port = values.listeningPort;
  return {
    primary: { ip: first, port },
    alternate: { ip: second, port: values.altListeningPort || port + 1 },
    ...(outer !== undefined && { externalPrimaryIp: outer }),
    ...(otherOuter !== undefined && { externalAlternateIp: otherOuter }),
  };
}

/** The commonest mistake with TURN: everything seems to run, and no call comes through. */
function privateRelays(relays: readonly RelayAddress[]): readonly string[] {
  const hidden = relays.filter(({ ip, externalIp }) => isPrivateIp(externalIp ?? ip));
  if (hidden.length === 0 || relays.some((relay) => !hidden.includes(relay))) return [];
  const ips = hidden.map(({ ip, externalIp }) => externalIp ?? ip).join(" and ");
  return [
    `clients are told to send to ${ips}, which nobody outside this network can reach: if they come from outside, give external-ip=PUBLIC and forward the relay ports to this machine`,
  ];
}

function strayExternals(
  { values, placeOf }: ReadTurnOptions,
  relays: readonly RelayAddress[],
): readonly string[] {
  return values.externalIp.flatMap(({ external, internal }) =>
    internal === undefined || relays.some(({ ip }) => ip === internal)
      ? []
      : [
          `${placeOf("externalIp", `${external}/${internal}`)} stands for ${internal}, which nothing relays from`,
        ],
  );
}
