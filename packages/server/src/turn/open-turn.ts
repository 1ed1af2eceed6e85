import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import {
  type NodeTurnServer,
  type NodeTurnServerOptions,
  startTurnServer,
  TurnBindError,
} from "@tincan/webrtc/node";
import { sameAddress, type TransportAddress } from "@tincan/webrtc/wire";
import { systemCode } from "../server-error.ts";

/**
 * Starts a TURN server; port 0 becomes one port that is free for UDP and TCP. An address that has gone
 * since it was listed, or is not ready yet, is passed over unless `isWanted` says that somebody asked for it.
 */
export async function openTurn(
  options: NodeTurnServerOptions,
  isWanted: (ip: string) => boolean,
): Promise<NodeTurnServer> {
  for (let left = options; ; ) {
    const { udp = [], streams = [] } = left;
    const isOpen = [...udp, ...streams].some(({ port }) => port === 0);
    const port = isOpen ? await freePort() : 0;
    const filled = (all: readonly TransportAddress[]): readonly TransportAddress[] =>
      distinct(all.map((address) => (address.port === 0 ? { ...address, port } : address)));
    try {
      return await startTurnServer({ ...left, udp: filled(udp), streams: filled(streams) });
    } catch (error) {
      if (!(error instanceof TurnBindError)) throw error;
      const { ip } = error.address;
      const code = systemCode(error.cause);
      if (code === "EADDRINUSE" && isOpen) continue;
      if (code !== "EADDRNOTAVAIL" || isWanted(ip)) throw error;
      const others = <Address extends { readonly ip: string }>(all: readonly Address[]) =>
        all.filter((one) => one.ip !== ip);
      left = { ...left, udp: others(udp), streams: others(streams), relays: others(left.relays) };
      if (left.udp?.length === 0 && left.streams?.length === 0) throw error;
    }
  }
}

/** Two ports that were any became one. */
function distinct(addresses: readonly TransportAddress[]): readonly TransportAddress[] {
  return addresses.filter(
    (one, i) => addresses.findIndex((other) => sameAddress(one, other)) === i,
  );
}

/** A port that nobody listens on, neither by UDP nor by TCP. */
export async function freePort(): Promise<number> {
  for (;;) {
    const tcp = createServer();
    await new Promise<void>((resolve, reject) => {
      tcp.once("error", reject).listen(0, "0.0.0.0", resolve);
    });
    const { port } = tcp.address() as { readonly port: number };
    const udp = createSocket("udp4");
    const isFree = await new Promise<boolean>((resolve) => {
      udp.once("error", () => resolve(false)).bind(port, "0.0.0.0", () => resolve(true));
    });
    udp.close();
    await new Promise((resolve) => tcp.close(resolve));
    if (isFree) return port;
  }
}
