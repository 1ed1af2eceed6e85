import type { Call } from "../call/call.ts";
import type { Peer } from "../peer/peer.ts";

/** A sender to one peer, and what it shows. */
export interface PublishedSender {
  readonly sender: RTCRtpSender;
  readonly source: string;
  readonly kind: string;
}

/** What we send to a peer at the moment. */
export function sendersTo(call: Call, peer: Peer): readonly PublishedSender[] {
  return peer.pc.getSenders().flatMap((sender) => {
    const { track } = sender;
    if (track === null) return [];
    const publication = call.publications.find(({ stream }) => stream.getTracks().includes(track));
    return publication === undefined
      ? []
      : [{ sender, source: publication.source, kind: track.kind }];
  });
}

/**
 * Changes how a sender encodes, one change after the other: a browser takes parameters only while
 * they are the last ones that it gave (WebRTC §5.2.2). False when it does not take them, as while
 * nothing is negotiated yet.
 */
export function changeParameters(
  sender: RTCRtpSender,
  change: (parameters: RTCRtpSendParameters) => void,
): Promise<boolean> {
  const changed = (pending.get(sender) ?? Promise.resolve(true)).then(async () => {
    try {
      const parameters = sender.getParameters();
      if (parameters.encodings.length === 0) return false;
      change(parameters);
      await sender.setParameters(parameters);
      return true;
    } catch {
      return false;
    }
  });
  pending.set(sender, changed);
  return changed;
}

const pending = new WeakMap<RTCRtpSender, Promise<boolean>>();
