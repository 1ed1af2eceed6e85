import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { io, type Socket } from "socket.io-client";
import { expect, vi } from "vitest";
import { type SignalingOptions, SignalingServer } from "../signaling/signaling-server.ts";

/** Long enough for a machine that does other things too. */
export const WAIT = { interval: 5, timeout: 4000 };

/** A server of signaling with a port of its own. */
export interface House {
  readonly signaling: SignalingServer;
  readonly http: Server;
  readonly url: string;
}

/** What a guest heard: the name of the event with its payload. */
export interface Heard {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A client that does not come back by itself, and notes all that it hears. */
export interface Guest {
  readonly socket: Socket;
  readonly heard: Heard[];
  ask<Answer = { type: string; code?: string; retryAfterMs?: number }>(
    event: string,
    payload?: unknown,
  ): Promise<Answer>;
}

/** Servers and guests of one test; `end` is to be called after it. */
export class SignalingRig {
  readonly #ends: (() => Promise<void> | void)[] = [];

  async open(options: Partial<SignalingOptions> = {}, port = 0): Promise<House> {
    const signaling = new SignalingServer({
      capacity: 2,
      allowedOrigins: [],
      resumeKey: new Uint8Array(32).fill(7),
      log: pino({ level: "silent" }),
      ...options,
    });
    return this.listen(signaling, port);
  }

  /** Gives a server a port, the first one or one more. */
  async listen(signaling: SignalingServer, port = 0): Promise<House> {
    const http = createServer();
    signaling.attach(http);
    await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
    const { port: found } = http.address() as AddressInfo;
    const house = { signaling, http, url: `http://127.0.0.1:${found}` };
    this.#ends.push(() => shut(house));
    return house;
  }

  visit(url: string, options: Parameters<typeof io>[1] = {}): Guest {
    const socket = io(url, {
      auth: { protocol: 1 },
      forceNew: true,
      reconnection: false,
      transports: ["websocket"],
      ...options,
    });
    const heard: Heard[] = [];
    socket.onAny((type: string, payload: object) => heard.push({ payload, ...payload, type }));
    socket.on("connect_error", (error) => {
      heard.push({ type: "connect_error", ...(error as { data?: object }).data });
    });
    socket.on("disconnect", (reason) => heard.push({ type: "disconnect", reason }));
    this.#ends.push(() => {
      socket.disconnect();
    });
    return {
      socket,
      heard,
      ask: (event, payload) =>
        payload === undefined ? socket.emitWithAck(event) : socket.emitWithAck(event, payload),
    };
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}

/** Ends a server, and frees its port. */
export async function shut({ signaling, http }: House): Promise<void> {
  await signaling.close();
  http.closeAllConnections();
  if (http.listening) await new Promise((resolve) => http.close(resolve));
}

/** Waits until a guest has heard so much, and no more. */
export function hears(guest: Pick<Guest, "heard">, ...expected: object[]): Promise<void> {
  return vi.waitFor(() => expect(guest.heard).toMatchObject(expected), WAIT);
}

/** A refusal for a machine and for a person. */
export function refused(code: string): object {
  return { type: "refused", code, message: expect.stringMatching(/^[A-Z].*\.$/) };
}
