import { TurnError } from "../../turn/index.ts";
import { formatAddress, type TransportAddress } from "../../wire/index.ts";

/** The server could not listen where it was told to; `cause` is the system's error. */
export class TurnBindError extends TurnError {
  readonly transport: "udp" | "tcp";
  readonly address: TransportAddress;

  constructor(transport: "udp" | "tcp", address: TransportAddress, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const where = `${transport === "udp" ? "UDP" : "TCP"} ${formatAddress(address)}`;
    super("bind-failed", `cannot listen on ${where}: ${why}`, { cause });
    this.transport = transport;
    this.address = address;
  }
}
