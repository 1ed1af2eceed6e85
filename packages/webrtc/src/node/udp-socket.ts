import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { canonicalIp, type TransportAddress } from "../wire/index.ts";

/** A UDP socket on an address of this machine; `port` 0 is any free one. */
export async function openUdpSocket(
  ip: string,
  port: number,
  receive: (bytes: Uint8Array, from: TransportAddress) => void,
): Promise<Socket> {
  // An IPv6 socket that took IPv4 too would show its clients addresses that are not theirs.
  const socket = isIPv6(ip)
    ? createSocket({ type: "udp6", ipv6Only: true })
    : createSocket({ type: "udp4" });
  socket.on("message", (bytes, { address, port }) =>
    receive(bytes, { ip: canonicalIp(address) ?? address, port }),
  );
  const listening = once(socket, "listening");
  socket.bind(port, ip);
  try {
    await listening;
  } catch (error) {
    socket.close();
    throw error;
  }
  // A datagram that cannot leave is a lost one: whoever sent it has a timeout for that.
  socket.on("error", () => undefined);
  return socket;
}

/** Sends a datagram; what the network does with it, the sender learns by silence. */
export function sendUdp(socket: Socket, bytes: Uint8Array, to: TransportAddress): void {
  try {
    socket.send(bytes, to.port, to.ip, () => undefined);
  } catch {
    // Closed meanwhile, or an address family that this socket does not have: as good as lost.
  }
}

/** The address of this machine from which packets to `remote` leave; it sends none to find out. */
export async function localAddressFor(remote: TransportAddress): Promise<string> {
  const socket = createSocket({ type: isIPv6(remote.ip) ? "udp6" : "udp4" });
  try {
    const connected = once(socket, "connect");
    socket.connect(remote.port, remote.ip);
    await connected;
    const { address } = socket.address();
    return canonicalIp(address) ?? address;
  } finally {
    socket.close();
  }
}
