import { decodeMessage, type Endpoint } from "../stun/index.ts";
import type { Instant } from "../wire/index.ts";
import type { Binding } from "./binding.ts";
import { isChannelData } from "./channel-data.ts";
import { relayChannelData } from "./client-data.ts";
import { dispatch } from "./dispatch.ts";
import { TupleTable, UdpTuple } from "./five-tuple.ts";
import type { DatagramReceiver, DatagramSocket } from "./ports.ts";
import type { ServerState } from "./server-state.ts";

/** A UDP address that clients come to. */
export class UdpListener implements DatagramReceiver {
  readonly #state: ServerState;
  readonly #binding: Binding;
  readonly #socket: DatagramSocket;
  readonly #endpoint: Endpoint | undefined;
  readonly #tuples = new TupleTable();
  readonly #decode: { readonly classic: boolean };

  constructor(
    state: ServerState,
    binding: Binding,
    socket: DatagramSocket,
    endpoint: Endpoint | undefined,
    classic: boolean,
  ) {
    this.#state = state;
    this.#binding = binding;
    this.#socket = socket;
    this.#endpoint = endpoint;
    this.#decode = { classic };
  }

  receive(
    bytes: Uint8Array,
    start: number,
    end: number,
    ip: string,
    port: number,
    now: Instant,
  ): void {
    const state = this.#state;
    const known = this.#tuples.find(ip, port);
    if (end > start && isChannelData(bytes[start] as number)) {
      if (known === undefined) state.counters.drop("no-allocation");
      else relayChannelData(state, known, bytes, start, end, now);
      return;
    }
    const isWhole = start === 0 && end === bytes.length;
    const decoded = decodeMessage(isWhole ? bytes : bytes.subarray(start, end), this.#decode);
    if (!decoded.ok) {
      state.counters.drop(decoded.fault);
      return;
    }
    const tuple = known ?? new UdpTuple(this.#socket, this.#tuples, { ip, port });
    if (!this.#binding.handle(tuple, decoded.value, now, this.#endpoint)) {
      dispatch(state, tuple, decoded.value, now);
    }
  }
}
