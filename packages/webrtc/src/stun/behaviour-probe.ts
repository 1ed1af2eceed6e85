import { type Crypto, type Instant, sameAddress, type TransportAddress } from "../wire/index.ts";
import { MappedAddress, XorMappedAddress } from "./attributes.ts";
import { ChangedAddress, OtherAddress } from "./behaviour-attributes.ts";
import { ClientTransaction, type Retransmission } from "./client-transaction.ts";
import { bindingMethod, decodeMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";

/** A datagram of NAT behaviour discovery: by which of the client's two sockets, to or from whom. */
export interface ProbePacket {
  readonly socket: "main" | "second";
  readonly remote: TransportAddress;
  readonly bytes: Uint8Array;
}

/** What came of a test. */
export type Answer =
  | {
      readonly type: "response";
      readonly socket: "main" | "second";
      readonly from: TransportAddress;
      readonly mapped: TransportAddress | undefined;
      readonly other: TransportAddress | undefined;
      /** The address in clear is not the one that was hidden from gateways. */
      readonly isRewritten: boolean;
    }
  /** The request itself came back: the NAT hairpins. */
  | { readonly type: "echo" }
  /** The server does not do what was asked. */
  | { readonly type: "error" }
  | { readonly type: "silence" };

/** How a test is made. */
export interface BehaviourProbeOptions {
  readonly crypto: Crypto;
  readonly socket: "main" | "second";
  readonly to: TransportAddress;
  readonly retransmission: Retransmission;
  readonly write: (writer: MessageWriter) => void;
}

/** One Binding request of NAT behaviour discovery, until anything or nothing came of it. */
export class BehaviourProbe {
  readonly #options: BehaviourProbeOptions;
  readonly #request: Uint8Array;
  readonly #transaction: ClientTransaction;
  #answer: Answer | undefined;

  constructor(options: BehaviourProbeOptions, now: Instant) {
    this.#options = options;
    const writer = new MessageWriter();
    writer.begin(bindingMethod, "request", options.crypto.random(12));
    options.write(writer);
    this.#request = writer.finish();
    this.#transaction = new ClientTransaction(this.#request, options.retransmission, now);
  }

  /** What came of it; `undefined` while it is under way. */
  get answer(): Answer | undefined {
    return this.#answer;
  }

  get deadline(): Instant | undefined {
    return this.#answer === undefined ? this.#transaction.deadline : undefined;
  }

  receive({ socket, remote, bytes }: ProbePacket, _now: Instant): void {
    if (this.#answer !== undefined) return;
    const result = decodeMessage(bytes);
    if (!result.ok) return;
    const message = result.value;
    if (message.class === "request") {
      if (message.isOfSameTransaction(this.#request)) this.#answer = { type: "echo" };
    } else if (this.#transaction.matches(message)) {
      const hidden = message.value(XorMappedAddress);
      const clear = message.value(MappedAddress);
      this.#answer =
        message.class === "error"
          ? { type: "error" }
          : {
              type: "response",
              socket,
              from: remote,
              mapped: hidden ?? clear,
              other: message.value(OtherAddress) ?? message.value(ChangedAddress),
              isRewritten:
                hidden !== undefined && clear !== undefined && !sameAddress(hidden, clear),
            };
    }
  }

  handleTimeout(now: Instant): void {
    if (this.#answer === undefined) this.#transaction.handleTimeout(now);
  }

  /** The datagrams that are to be sent now. */
  takePackets(): readonly ProbePacket[] {
    const packets: ProbePacket[] = [];
    const { socket, to } = this.#options;
    for (;;) {
      const output = this.#transaction.poll();
      if (output === undefined) return packets;
      if (output.type === "packet") packets.push({ socket, remote: to, bytes: output.packet });
      else this.#answer ??= { type: "silence" };
    }
  }
}
