import type { TurnServerEvent } from "@tincan/webrtc/turn";
import { formatAddress } from "@tincan/webrtc/wire";
import type { Logger } from "../log.ts";

/** Writes down what a TURN server tells: what clients do only where somebody wants to read much. */
export function logTurnEvent(log: Logger): (event: TurnServerEvent) => void {
  return (event) => {
    switch (event.type) {
      case "allocated": {
        const { id, username, transport } = event;
        const relayed = event.relayed.map(formatAddress);
        const client = formatAddress(event.client);
        log.debug({ id, username, transport, client, relayed }, "turn: allocated");
        return;
      }
      case "moved": {
        const { id, username } = event;
        log.debug({ id, username, client: formatAddress(event.client) }, "turn: moved");
        return;
      }
      case "ended": {
        const { id, username, reason } = event;
        const { packets, bytes } = event.traffic;
        log.debug({ id, username, reason, packets, bytes }, "turn: ended");
        return;
      }
      case "refused": {
        const { method, code, username } = event;
        const client = formatAddress(event.client);
        log.debug({ method, code, client, username }, "turn: refused");
        return;
      }
      case "drained":
        return;
    }
  };
}
