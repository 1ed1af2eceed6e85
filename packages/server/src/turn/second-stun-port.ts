import { type BindingListener, listenForBindings } from "@tincan/webrtc/node";
import { freePort } from "./open-turn.ts";

/** STUN on another port of the same addresses: by two ports a visitor sees what kind of NAT is in the way. */
export interface SecondStunPort {
  readonly port: number;
  close(): void;
}

/**
 * Listens on the port after `port`, where RFC 5780 servers have their alternate one, or on any where `isAny`.
 * Calls do without it: `undefined` where another program has it.
 */
export async function openSecondStunPort(
  ips: readonly string[],
  port: number,
  isAny: boolean,
): Promise<SecondStunPort | undefined> {
  const second = isAny ? await freePort() : port + 1;
  if (second > 65_535) return undefined;
  const listeners: BindingListener[] = [];
  const close = (): void => {
    for (const listener of listeners) listener.close();
  };
  try {
    for (const ip of ips) {
      listeners.push(await listenForBindings({ primary: { ip, port: second } }));
    }
    return { port: second, close };
  } catch {
    close();
    return undefined;
  }
}
