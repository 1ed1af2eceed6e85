import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { StunError, StunFramer, type StunServer } from "../stun/index.ts";
import { canonicalIp, formatAddress, sameAddress, type TransportAddress } from "../wire/index.ts";
import { localAddressFor, openUdpSocket, sendUdp } from "./udp-socket.ts";

/** A way to one STUN server, whatever carries it. */
export interface StunChannel {
  readonly local: TransportAddress;
  send(message: Uint8Array): void;
  /** Hands over each message that comes, and the error that ends the connection. */
  listen(receive: (message: Uint8Array) => void, fail: (error: StunError) => void): void;
  close(): void;
}

/** What a channel needs besides the address. */
export interface ChannelOptions {
  /** The name that a TLS server's certificate has to show. */
  readonly serverName: string | undefined;
  readonly ca: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Of UDP; 0 for any. */
  readonly localPort: number;
}

/** Opens the way to a STUN server over UDP, TCP or TLS. */
export function openStunChannel(
  transport: StunServer["transport"],
  server: TransportAddress,
  options: ChannelOptions,
): Promise<StunChannel> {
  return transport === "udp" ? openUdp(server, options) : openStream(transport, server, options);
}

async function openUdp(
  server: TransportAddress,
  { localPort }: ChannelOptions,
): Promise<StunChannel> {
  let receive: (message: Uint8Array) => void = () => undefined;
  try {
    const ip = await localAddressFor(server);
    const socket = await openUdpSocket(ip, localPort, (bytes, from) => {
      if (sameAddress(from, server)) receive(bytes);
    });
    return {
      local: { ip, port: socket.address().port },
      send: (message) => sendUdp(socket, message, server),
      listen: (next) => {
        receive = next;
      },
      close: () => socket.close(),
    };
  } catch (cause) {
    throw unreachable(server, cause);
  }
}

async function openStream(
  transport: "tcp" | "tls",
  server: TransportAddress,
  { serverName, ca, signal }: ChannelOptions,
): Promise<StunChannel> {
  const target = { host: server.ip, port: server.port };
  const socket: Socket =
    transport === "tcp"
      ? connectTcp(target)
      : connectTls({
          ...target,
          // RFC 7443 §3.2: the name of STUN over TLS for ports that carry other protocols too.
          ALPNProtocols: ["stun.nat-discovery"],
          ...(serverName !== undefined && { servername: serverName }),
          ...(ca !== undefined && { ca }),
        });
  try {
    await once(socket, transport === "tcp" ? "connect" : "secureConnect", signal && { signal });
  } catch (cause) {
    socket.destroy();
    if (signal?.aborted) throw new StunError("aborted", "given up", { cause });
    throw unreachable(server, cause);
  }
  return {
    local: {
      ip: canonicalIp(socket.localAddress ?? "") ?? "",
      port: socket.localPort ?? 0,
    },
    send: (message) => socket.write(message),
    listen: (receive, fail) => {
      const framer = new StunFramer();
      socket.on("data", (chunk) => {
        const result = framer.push(chunk);
        if (result.ok) for (const message of result.value) receive(message);
        else {
          socket.destroy();
          const text = `${formatAddress(server)} speaks no STUN (${result.fault})`;
          fail(new StunError("bad-response", text));
        }
      });
      socket.on("error", (cause) => fail(unreachable(server, cause)));
      socket.on("close", () => fail(unreachable(server)));
    },
    close: () => socket.destroy(),
  };
}

function unreachable(server: TransportAddress, cause?: unknown): StunError {
  const why = cause instanceof Error ? ` (${cause.message})` : " (the connection was closed)";
  return new StunError("unreachable", `${formatAddress(server)} cannot be reached${why}`, {
    cause,
  });
}
