import { createSocket } from "node:dgram";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { StunServer } from "@tincan/webrtc/stun";
import { systemCode } from "../../server-error.ts";

/** A way to a TURN server over UDP, TCP or TLS. */
export interface Carrier {
  send(bytes: Uint8Array): void;
  close(): void;
}

/** Why there is no way, or no longer one. */
export type CarrierEnd =
  | { readonly type: "refused" | "silent" }
  | { readonly type: "certificate"; readonly why: string };

export interface CarrierHandlers {
  readonly receive: (bytes: Uint8Array) => void;
  readonly fail: (end: CarrierEnd) => void;
}

/** Opens the way; what cannot be sent yet is kept by the socket. The certificate has to be right: browsers take no exceptions here. */
export function openCarrier(server: StunServer, ip: string, handlers: CarrierHandlers): Carrier {
  if (server.transport === "udp") return openUdp(ip, server.port, handlers);
  const target = { host: ip, port: server.port };
  const socket =
    server.transport === "tcp"
      ? connectTcp(target)
      : // No ALPN, as browsers do.
        connectTls({ ...target, ...(isIP(server.host) === 0 && { servername: server.host }) });
  return streamCarrier(socket, handlers);
}

function openUdp(ip: string, port: number, { receive, fail }: CarrierHandlers): Carrier {
  const socket = createSocket(isIP(ip) === 6 ? "udp6" : "udp4");
  const waiting: Uint8Array[] = [];
  let state: "opening" | "open" | "closed" = "opening";
  const end = (error: Error): void => {
    fail({ type: systemCode(error) === "ECONNREFUSED" ? "refused" : "silent" });
  };
  socket.on("message", receive);
  socket.on("error", end);
  // Only a connected socket is told that nobody listens (ICMP port unreachable).
  socket.connect(port, ip, () => {
    if (state === "closed") return;
    state = "open";
    for (const bytes of waiting) socket.send(bytes);
  });
  return {
    send(bytes) {
      if (state === "open") socket.send(bytes, (error) => error && end(error));
      else waiting.push(bytes);
    },
    close() {
      if (state === "closed") return;
      state = "closed";
      socket.close();
    },
  };
}

function streamCarrier(socket: Socket, { receive, fail }: CarrierHandlers): Carrier {
  socket.on("data", receive);
  socket.on("error", (error) => fail(endOf(error)));
  socket.on("close", () => fail({ type: "silent" }));
  return {
    send: (bytes) => void socket.write(bytes),
    close: () => socket.destroy(),
  };
}

function endOf(error: Error): CarrierEnd {
  const code = systemCode(error) ?? "";
  if (code === "ECONNREFUSED") return { type: "refused" };
  // OpenSSL's verdicts on chains, and Node's on names.
  if (/CERT|SELF_SIGNED|UNABLE_TO|ISSUER|ALTNAME/.test(code)) {
    return { type: "certificate", why: code };
  }
  return { type: "silent" };
}
