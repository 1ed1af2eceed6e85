import type { TurnServerEvent } from "@tincan/webrtc/turn";
import { formatAddress } from "@tincan/webrtc/wire";
import type { Logger } from "../log.ts";

/**
 * Writes down what a TURN server tells: what clients do only where somebody wants to read much. Of the
 * peers that the policy forbids the first is told to all, with the option that allows it, and once: browsers
 * ask for the private addresses of the other side in nearly every call, and are right not to get them.
 */
export function logTurnEvent(log: Logger, allowOption: string): (event: TurnServerEvent) => void {
  let hasToldForbidden = false;
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
        const { method, code, username, peer } = event;
        const client = formatAddress(event.client);
        log.debug({ method, code, client, username, peer }, "turn: refused");
        if (peer === undefined || hasToldForbidden) return;
        hasToldForbidden = true;
        log.info(
          `turn: a client may not reach ${peer} through this server (403 Forbidden): it is private, reserved, or denied. Browsers ask for such addresses as a matter of course, and calls do without. If somebody is to be reached there: ${allowOption} ${peer}. Told once`,
        );
        return;
      }
      case "drained":
        return;
    }
  };
}
