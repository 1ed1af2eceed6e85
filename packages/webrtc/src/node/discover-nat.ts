import type { Socket } from "node:dgram";
import {
  NatBehaviour,
  type NatReport,
  type ProbePacket,
  type Retransmission,
  StunError,
} from "../stun/index.ts";
import { formatAddress, type TransportAddress } from "../wire/index.ts";
import { now } from "./clock.ts";
import { nodeCrypto } from "./crypto.ts";
import { driveMachine } from "./drive-machine.ts";
import { localAddressFor, openUdpSocket, sendUdp } from "./udp-socket.ts";

/** How the behaviour of a NAT is found out. */
export interface DiscoverNatOptions {
  /** Measure the lifetime of bindings, up to so long; takes several times as long. */
  readonly lifetimeUpToMs?: number;
  readonly retransmission?: Retransmission;
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal;
}

/** Finds out, from two UDP sockets and a STUN server, how the NATs between here and there behave. */
export async function discoverNat(
  server: TransportAddress,
  options: DiscoverNatOptions = {},
): Promise<NatReport> {
  const { signal, ...rest } = options;
  signal?.throwIfAborted();
  let take: (packet: ProbePacket) => void = () => undefined;
  const open = (socket: "main" | "second", ip: string): Promise<Socket> =>
    openUdpSocket(ip, 0, (bytes, remote) => take({ socket, remote, bytes }));

  const sockets: Socket[] = [];
  try {
    const ip = await localAddressFor(server).catch((cause) => {
      const text = `there is no way from here to ${formatAddress(server)}`;
      throw new StunError("unreachable", text, { cause });
    });
    const main = await open("main", ip);
    sockets.push(main);
    const second = await open("second", ip);
    sockets.push(second);
    const local = { ip, port: main.address().port };
    const machine = new NatBehaviour({ crypto: nodeCrypto, server, local, ...rest }, now());
    return await new Promise<NatReport>((resolve, reject) => {
      const driven = driveMachine(machine, {
        send: ({ socket, remote, bytes }) =>
          sendUdp(socket === "main" ? main : second, bytes, remote),
        on: ({ report }) => {
          signal?.removeEventListener("abort", abort);
          resolve(report);
        },
      });
      const abort = (): void => {
        driven.stop();
        reject(new StunError("aborted", "given up", { cause: signal?.reason }));
      };
      signal?.addEventListener("abort", abort, { once: true });
      take = (packet) => driven.receive(packet);
    });
  } finally {
    for (const socket of sockets) socket.close();
  }
}
