import { type DrivenMachine, driveMachine, nodeCrypto, now } from "@tincan/webrtc/node";
import type { Credentials, StunServer } from "@tincan/webrtc/stun";
import { TurnClient, type TurnClientEvent } from "@tincan/webrtc/turn";
import { type Carrier, type CarrierEnd, openCarrier } from "./turn-carrier.ts";

type Of<Type extends TurnClientEvent["type"]> = Extract<TurnClientEvent, { type: Type }>;

/** One allocation while it is tried out. */
export class TurnSession {
  readonly #client: TurnClient;
  readonly #driven: DrivenMachine<Uint8Array>;
  readonly #carrier: Carrier;
  readonly #listeners = new Set<(event: TurnClientEvent) => void>();
  readonly #failed: Promise<never>;

  constructor(server: StunServer, ip: string, credentials: Credentials, signal: AbortSignal) {
    this.#client = new TurnClient({ crypto: nodeCrypto, credentials, transport: server.transport });
    let fail: (end: CarrierEnd) => void = () => undefined;
    this.#failed = new Promise((_, reject) => {
      fail = (end) => reject(new CarrierEnded(end));
      signal.addEventListener("abort", () => fail({ type: "silent" }), { once: true });
    });
    // Whoever waits hears of it; when nobody does, nothing is lost.
    this.#failed.catch(() => undefined);
    this.#carrier = openCarrier(server, ip, {
      receive: (bytes) => this.#driven.receive(bytes),
      fail,
    });
    this.#driven = driveMachine(this.#client, {
      send: (bytes) => this.#carrier.send(bytes),
      on: (event) => {
        for (const listener of [...this.#listeners]) listener(event);
      },
    });
  }

  allocate(): Promise<Of<"allocated" | "ended">> {
    return this.#after((client) => client.allocate(now()), "allocated", "ended");
  }

  permit(ip: string): Promise<Of<"permitted" | "permission-failed" | "ended">> {
    return this.#after(
      (client) => client.permit([ip], now()),
      "permitted",
      "permission-failed",
      "ended",
    );
  }

  send(...[peer, data]: Parameters<TurnClient["send"]>): void {
    this.#client.send(peer, data);
    this.#driven.drain();
  }

  /** Tells of everything that happens, until the answer is called. */
  listen(listener: (event: TurnClientEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Gives the allocation back without waiting for the answer. */
  close(): void {
    this.#client.release(now());
    this.#driven.drain();
    this.#driven.stop();
    // What was written just now still has to leave.
    setTimeout(() => this.#carrier.close(), LAST_WORDS_MS);
  }

  #after<Type extends TurnClientEvent["type"]>(
    act: (client: TurnClient) => void,
    ...types: readonly Type[]
  ): Promise<Of<Type>> {
    const event = new Promise<Of<Type>>((resolve) => {
      const stop = this.listen((one) => {
        if (!(types as readonly string[]).includes(one.type)) return;
        stop();
        resolve(one as Of<Type>);
      });
    });
    act(this.#client);
    this.#driven.drain();
    return Promise.race([event, this.#failed]);
  }
}

/** The way to the server ended before the answer came. */
export class CarrierEnded extends Error {
  readonly end: CarrierEnd;

  constructor(end: CarrierEnd) {
    super(end.type);
    this.end = end;
  }
}

const LAST_WORDS_MS = 50;
