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

/** Starts a TURN server of ours on a free port, that relays between programs of this machine. */
export async function startOurRelay(): Promise<OurRelay> {
  const ip = ownIp();
  const user = { name: "amy", password: "secret" };
  const turn = await startTurnServer({
    udp: [{ ip, port: 0 }],
    relays: [{ ip, ...RELAY_PORTS }],
    users: { users: [user] },
    settings: { realm: "interop", peers: { allowLoopback: true, allow: ["0.0.0.0/0"] } },
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
