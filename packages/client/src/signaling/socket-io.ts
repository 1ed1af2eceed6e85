import { PROTOCOL_VERSION } from "@tincan/signaling";
import { io } from "socket.io-client";
import { Backoff } from "../backoff.ts";
import type { SignalingSocket, SignalingSocketHandler } from "./socket.ts";

/** The real transport: socket.io 4 at the server's `/socket.io/`, WebSocket first. */
export function socketIo(
  server: URL,
  { trustAnyCertificate }: { readonly trustAnyCertificate: boolean } = {
    trustAnyCertificate: false,
  },
): SignalingSocket {
  const socket = io(server.origin, {
    auth: { protocol: PROTOCOL_VERSION },
    autoConnect: false,
    forceNew: true,
    // Long polling only where WebSockets fail; the other way round costs each call two round trips.
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    timeout: CONNECT_TIMEOUT_MS,
    reconnectionDelay: FIRST_WAIT_MS,
    reconnectionDelayMax: MOST_WAIT_MS,
    ...(trustAnyCertificate && { rejectUnauthorized: false }),
  });
  const backoff = new Backoff(FIRST_WAIT_MS, MOST_WAIT_MS);
  let again: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  /** socket.io connects again by itself, except when the server spoke: it refused, or hung up. */
  const connectLater = () => {
    clearTimeout(again);
    if (socket.active || closed) return;
    again = setTimeout(() => socket.connect(), backoff.next());
  };

  return {
    get connected() {
      return socket.connected;
    },
    connect(handler: SignalingSocketHandler) {
      socket.on("connect", () => {
        backoff.reset();
        handler.onConnect();
      });
      socket.on("disconnect", (reason) => {
        // Ours; whoever called `reconnect` knows.
        if (reason !== "io client disconnect") connectLater();
        handler.onDisconnect();
      });
      socket.on("connect_error", (error: Error & { readonly data?: unknown }) => {
        connectLater();
        handler.onConnectError(error, error.data);
      });
      socket.onAny((event: string, payload: unknown) => handler.onEvent(event, payload));
      socket.connect();
    },
    reconnect() {
      if (closed) return;
      clearTimeout(again);
      socket.disconnect().connect();
    },
    close() {
      closed = true;
      clearTimeout(again);
      socket.disconnect();
    },
    emit(event, payload) {
      if (socket.connected) socket.emit(event, payload);
    },
    beacon(goodbye) {
      const url = new URL("/bye", server);
      return globalThis.navigator?.sendBeacon?.(url, JSON.stringify(goodbye)) ?? false;
    },
    request(event, payload, timeoutMs, answer) {
      if (!socket.connected) return;
      // The form with a callback: a promise would let events overtake the answer before them.
      socket.timeout(timeoutMs).emit(event, payload, (error: Error | null, value: unknown) => {
        answer(error === null ? value : undefined);
      });
    },
  };
}

const CONNECT_TIMEOUT_MS = 10_000;

/** A seat is kept for 30 s, and a restarted server should be found soon: short waits, for as long as the call. */
const FIRST_WAIT_MS = 250;
const MOST_WAIT_MS = 2_000;
