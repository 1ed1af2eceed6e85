import { isIP } from "node:net";
import {
  bindingMethod,
  ClientRequest,
  type Credentials,
  LongTermClient,
  MappedAddress,
  type RequestEvent,
  type Retransmission,
  StunError,
  type StunServer,
  udpRetransmission,
  XorMappedAddress,
} from "../stun/index.ts";
import { formatAddress, type TransportAddress } from "../wire/index.ts";
import { now } from "./clock.ts";
import { nodeCrypto } from "./crypto.ts";
import { driveMachine } from "./drive-machine.ts";
import { resolveStunServer } from "./resolve-stun-server.ts";
import { openStunChannel, type StunChannel } from "./stun-channel.ts";

/** How a Binding request is made. */
export interface BindingOptions {
  readonly credentials?: Credentials;
  /** How often and how long it is repeated over UDP; as RFC 8489 §6.2.1 proposes by default. */
  readonly retransmission?: Retransmission;
  /** Gives up when it aborts, as `AbortSignal.timeout` does. */
  readonly signal?: AbortSignal;
  /** The port to ask from over UDP: that of another question shows whether a NAT maps both alike (RFC 4787 §4.1). */
  readonly localPort?: number;
  /** PEM of the authorities that a TLS server's certificate may come from, besides the usual ones. */
  readonly ca?: string;
}

/** What a STUN server says of us. */
export interface BindingResult {
  /** Our address as the server sees it. */
  readonly mapped: TransportAddress;
  /** Our own address on this machine. */
  readonly local: TransportAddress;
  /** Which server answered in the end. */
  readonly server: TransportAddress;
}

/** Asks a STUN server over UDP, TCP or TLS for our address as it sees it (RFC 8489 §2). */
export async function askBinding(
  server: StunServer,
  options: BindingOptions = {},
): Promise<BindingResult> {
  const [resolved] = await resolveStunServer(server);
  let address: TransportAddress = resolved;
  let name = server.host;
  // RFC 8489 §10: a server that has been asked already is not asked again.
  for (const asked = new Set<string>(); asked.size < maxServers; ) {
    if (asked.has(formatAddress(address))) break;
    asked.add(formatAddress(address));
    const outcome = await askOnce(server, address, name, options);
    if (outcome.type === "bound") return outcome.result;
    address = outcome.server;
    name = outcome.domain ?? name;
  }
  throw new StunError("too-many-redirects", `${server.host} sends us round in circles`);
}

type Outcome =
  | { readonly type: "bound"; readonly result: BindingResult }
  | Extract<RequestEvent, { readonly type: "alternate" }>;

/** A client that is sent on and on is being played with. */
const maxServers = 4;

async function askOnce(
  server: StunServer,
  address: TransportAddress,
  name: string,
  options: BindingOptions,
): Promise<Outcome> {
  const { signal, credentials, ca, localPort = 0 } = options;
  const serverName = isIP(name) === 0 ? name : undefined;
  const how = { serverName, ca, signal, localPort };
  const channel = await openStunChannel(server.transport, address, how);
  try {
    const event = await request(channel, server, options, credentials);
    return outcomeOf(event, channel, address);
  } finally {
    channel.close();
  }
}

function request(
  channel: StunChannel,
  server: StunServer,
  { retransmission = udpRetransmission, signal }: BindingOptions,
  credentials: Credentials | undefined,
): Promise<RequestEvent> {
  return new Promise((resolve, reject) => {
    const machine = new ClientRequest(
      {
        crypto: nodeCrypto,
        method: bindingMethod,
        retransmission: server.transport === "udp" ? retransmission : undefined,
        ...(credentials && { longTerm: new LongTermClient(nodeCrypto, credentials) }),
      },
      now(),
    );
    const end = (settle: () => void): void => {
      driven.stop();
      signal?.removeEventListener("abort", abort);
      settle();
    };
    const abort = (): void =>
      end(() => reject(new StunError("aborted", "given up", { cause: signal?.reason })));
    const driven = driveMachine(machine, {
      send: (packet) => channel.send(packet),
      on: (event) => end(() => resolve(event)),
    });
    channel.listen(
      (packet) => driven.receive(packet),
      (error) => end(() => reject(error)),
    );
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

function outcomeOf(event: RequestEvent, channel: StunChannel, server: TransportAddress): Outcome {
  const where = formatAddress(server);
  switch (event.type) {
    case "success": {
      const mapped = event.response.value(XorMappedAddress) ?? event.response.value(MappedAddress);
      if (mapped === undefined) throw new StunError("bad-response", `${where} names no address`);
      return { type: "bound", result: { mapped, local: channel.local, server } };
    }
    case "alternate":
      return event;
    case "timeout":
      throw new StunError("timeout", `${where} does not answer`);
    case "unauthorized":
      throw new StunError("unauthorized", `${where} wants other credentials (${event.why})`);
    case "error":
      throw new StunError("refused", `${where} refuses: ${event.code} ${event.reason}`.trim());
    case "bad-response":
      throw new StunError("bad-response", `${where} answers what makes no sense`);
  }
}
