import { networkInterfaces } from "node:os";
import {
  type NodeTurnServer,
  type RTCIceServer,
  startTurnServer,
} from "../../packages/webrtc/src/node/index.ts";

/** Our TURN server on this machine, and how peers are told of it. */
export interface OurRelay {
  readonly turn: NodeTurnServer;
  readonly servers: RTCIceServer[];
}

/** Where it relays from. */
export const RELAY_PORTS = { firstPort: 40_000, lastPort: 40_999 } as const;

/** Loopback has many addresses; nothing but relays is at this one. */
const WALLED_IP = "127.0.0.2";

/**
 * Starts a TURN server of ours on a free port, that relays between programs of this machine; one that
 * is walled only from relay to relay, whatever the programs try.
 */
export async function startOurRelay({ isWalled = false } = {}): Promise<OurRelay> {
  const ip = ownIp();
  const peers = isWalled
    ? { allow: [`${WALLED_IP}/32`] }
    : { allowLoopback: true, allow: ["0.0.0.0/0"] };
  const user = { name: "amy", password: "secret" };
  const turn = await startTurnServer({
    udp: [{ ip, port: 0 }],
    relays: [{ ip: isWalled ? WALLED_IP : ip, ...RELAY_PORTS }],
    users: { users: [user] },
    settings: { realm: "interop", peers },
  });
  const [address] = turn.addresses.udp;
  const urls = `turn:${ip}:${address?.port}`;
  return { turn, servers: [{ urls, username: user.name, credential: user.password }] };
}

/** An address of this machine that is not loopback, where it has one: libnice sends nothing from it to loopback. */
function ownIp(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find(({ family, internal }) => family === "IPv4" && !internal);
  return found?.address ?? "127.0.0.1";
}
