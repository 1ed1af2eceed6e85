import type { RelaySockets } from "../../turn/index.ts";
import { now } from "../clock.ts";
import type { UdpEngine } from "../udp/udp-engine.ts";
import { openTcpRelay } from "./tcp-relay-port.ts";

/** The sockets that the server relays from; `settle` is told after each thing that happens on them. */
export function relaySockets(engine: UdpEngine, settle: () => void): RelaySockets {
  return {
    canSetDontFragment: engine.canSetDontFragment,
    buffer: (length) => engine.buffer(length),
    openUdp: (address, receiver, opened) => {
      engine.open(address, (outcome) => {
        if (outcome instanceof Error) opened(undefined, now());
        else {
          outcome.start(receiver, settle);
          opened(outcome, now());
        }
        settle();
      });
    },
    openTcp: (address, receiver, opened) => openTcpRelay(address, receiver, settle, opened),
  };
}
