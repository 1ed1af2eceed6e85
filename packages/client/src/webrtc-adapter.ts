import { TincanError } from "./error.ts";

/**
 * Makes sure that this browser has the WebRTC that the call is written for, and loads webrtc-adapter
 * where something is missing. It weighs as much as all of this package and does nothing for a
 * browser of today, so only those that need it fetch it.
 */
export async function prepareWebRtc(): Promise<void> {
  if (typeof RTCPeerConnection === "undefined") {
    throw new TincanError("unsupported", "This browser has no WebRTC.");
  }
  if (needsAdapter(RTCPeerConnection)) await import("webrtc-adapter");
}

/**
 * Whether a browser lacks something that the call uses and webrtc-adapter adds: `addTrack`,
 * `connectionState`, or `setLocalDescription` without a description (W3C WebRTC §4.4.2; where that
 * is known its `length` is 0). Asked of features, not of names and versions.
 */
export function needsAdapter(connection: typeof RTCPeerConnection): boolean {
  const { prototype } = connection;
  return (
    !("addTrack" in prototype) ||
    !("connectionState" in prototype) ||
    prototype.setLocalDescription.length > 0
  );
}
