import {
  type BindingServer,
  bindingMethod,
  type Endpoint,
  hasFingerprint,
  primaryEndpoint,
  type StunMessage,
  XorMappedAddress,
} from "../stun/index.ts";
import type { Instant } from "../wire/index.ts";
import { authenticate } from "./authenticate.ts";
import type { FiveTuple } from "./five-tuple.ts";
import type { DatagramSocket } from "./ports.ts";
import type { ServerState } from "./server-state.ts";
import { succeed } from "./turn-request.ts";

/** The STUN side of the server: Binding requests, and the sockets whose addresses RFC 5780 compares. */
export class Binding {
  readonly #state: ServerState;
  readonly #server: BindingServer | undefined;
  readonly #sockets = new Map<string, DatagramSocket>();

  /** Without a server Binding requests are not answered (coturn's `no-stun`). */
  constructor(state: ServerState, server: BindingServer | undefined) {
    this.#state = state;
    this.#server = server;
  }

  /** Makes a socket one of the four that RFC 5780 §6 tells apart. */
  addEndpoint(endpoint: Endpoint, socket: DatagramSocket): void {
    this.#sockets.set(endpointKey(endpoint), socket);
  }

  /** Answers a Binding request; tells whether the message was one. */
  handle(
    tuple: FiveTuple,
    message: StunMessage,
    now: Instant,
    endpoint: Endpoint = primaryEndpoint,
  ): boolean {
    if (message.method !== bindingMethod || message.class !== "request") return false;
    const isBroken = message.fingerprintAt >= 0 && !hasFingerprint(message);
    if (isBroken) this.#state.counters.drop("bad-fingerprint");
    else if (this.#server !== undefined && this.#state.settings.secureStun) {
      this.#answerUser(tuple, message, now);
    } else this.#answer(tuple, message, endpoint);
    return true;
  }

  #answer(tuple: FiveTuple, message: StunMessage, endpoint: Endpoint): void {
    const { writer } = this.#state;
    const route = this.#server?.answer(message, tuple.remote, writer, endpoint);
    if (route === undefined) return;
    const bytes = writer.finishCopy();
    const isBack = route.to === tuple.remote && endpointKey(route.via) === endpointKey(endpoint);
    if (isBack) tuple.send(bytes, 0, bytes.length);
    else if (tuple.transport === "udp") {
      this.#sockets.get(endpointKey(route.via))?.send(bytes, 0, bytes.length, route.to);
    }
  }

  /** With credentials, the answer is signed like any other. */
  #answerUser(tuple: FiveTuple, message: StunMessage, now: Instant): void {
    const user = authenticate(this.#state, message, tuple, now);
    if (user === undefined) return;
    const request = { state: this.#state, message, tuple, user, now };
    succeed(request, (writer) => writer.add(XorMappedAddress, tuple.remote));
  }
}

function endpointKey({ ip, port }: Endpoint): string {
  return `${ip} ${port}`;
}
