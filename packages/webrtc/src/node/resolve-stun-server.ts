import { promises as dns, type SrvRecord } from "node:dns";
import { StunError, type StunServer } from "../stun/index.ts";
import { canonicalIp, type TransportAddress } from "../wire/index.ts";

/**
 * The addresses of a STUN server, to be tried in this order (RFC 8489 §8.1). A name without a port is
 * asked for its SRV record; where there is none, or nobody answers soon, its own address counts.
 */
export async function resolveStunServer(
  server: StunServer,
): Promise<readonly [TransportAddress, ...TransportAddress[]]> {
  const ip = canonicalIp(server.host);
  if (ip !== undefined) return [{ ip, port: server.port }];
  const targets = server.isDefaultPort ? await serviceTargets(server) : [];
  const addresses: TransportAddress[] = [];
  for (const { name, port } of [...targets, { name: server.host, port: server.port }]) {
    if (addresses.length > 0) break;
    addresses.push(...(await addressesOf(name, port)));
  }
  const [first, ...rest] = addresses;
  if (first === undefined) {
    throw new StunError("unresolved", `no address is known for ${server.host}`);
  }
  return [first, ...rest];
}

/** The service names of RFC 8489 §8.1: `_stun._udp`, `_stun._tcp`, `_stuns._tcp`. */
async function serviceTargets({ host, transport }: StunServer): Promise<readonly SrvRecord[]> {
  const service = transport === "tls" ? "_stuns._tcp" : `_stun._${transport}`;
  const resolver = new dns.Resolver({ timeout: srvTimeoutMs, tries: 1 });
  try {
    const records = await resolver.resolveSrv(`${service}.${host}`);
    return records.sort((a, b) => a.priority - b.priority || b.weight - a.weight);
  } catch {
    return [];
  }
}

async function addressesOf(name: string, port: number): Promise<readonly TransportAddress[]> {
  try {
    const found = await dns.lookup(name, { all: true });
    return found.map(({ address }) => ({ ip: canonicalIp(address) ?? address, port }));
  } catch {
    return [];
  }
}

/** Most names have no SRV record; the search for one must not hold up the rest. */
const srvTimeoutMs = 1_000;
