import type { Socket } from "node:dgram";
import {
  BindingServer,
  type BindingServerOptions,
  decodeMessage,
  type Endpoint,
  MessageWriter,
  primaryEndpoint,
} from "../stun/index.ts";
import type { TransportAddress } from "../wire/index.ts";
import { openUdpSocket, sendUdp } from "./udp-socket.ts";

/** Where a plain STUN server listens, and how it answers. */
export interface BindingListenerOptions extends Pick<BindingServerOptions, "classic" | "software"> {
  readonly primary: TransportAddress;
  /** Another IP and another port of this machine: turns on RFC 5780, on all four combinations. */
  readonly alternate?: TransportAddress;
}

/** A STUN server over UDP that answers Binding requests and nothing else. */
export interface BindingListener {
  close(): void;
}

/** Opens a plain STUN server; a TURN server brings its own. */
export async function listenForBindings(options: BindingListenerOptions): Promise<BindingListener> {
  const { primary, alternate, ...rest } = options;
  const server = new BindingServer(
    alternate ? { ...rest, behaviour: { primary, alternate } } : rest,
  );
  const writer = new MessageWriter();
  const sockets = new Map<string, Socket>();

  const open = async (endpoint: Endpoint, address: TransportAddress): Promise<void> => {
    const socket = await openUdpSocket(address.ip, address.port, (bytes, from) => {
      const result = decodeMessage(bytes, { classic: rest.classic === true });
      if (!result.ok) return;
      const route = server.answer(result.value, from, writer, endpoint);
      const via = route && sockets.get(keyOf(route.via));
      if (route !== undefined && via !== undefined) sendUdp(via, writer.finishCopy(), route.to);
    });
    sockets.set(keyOf(endpoint), socket);
  };
  const close = (): void => {
    for (const socket of sockets.values()) socket.close();
  };

  try {
    if (alternate === undefined) await open(primaryEndpoint, primary);
    else {
      const sides = { primary, alternate };
      for (const ip of ["primary", "alternate"] as const) {
        for (const port of ["primary", "alternate"] as const) {
          await open({ ip, port }, { ip: sides[ip].ip, port: sides[port].port });
        }
      }
    }
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

function keyOf({ ip, port }: Endpoint): string {
  return `${ip} ${port}`;
}
