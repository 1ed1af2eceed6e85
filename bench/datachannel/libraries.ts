/** The libraries that are compared, each as far as all of them are alike. */

export interface BenchChannel {
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  binaryType?: string;
  onopen: unknown;
  onmessage: unknown;
  onbufferedamountlow: unknown;
  send(data: Uint8Array): void;
}

export interface BenchPeer {
  onicecandidate: unknown;
  ondatachannel: unknown;
  createDataChannel(label: string): BenchChannel;
  createOffer(): Promise<unknown>;
  createAnswer(): Promise<unknown>;
  setLocalDescription(description: unknown): Promise<unknown>;
  setRemoteDescription(description: unknown): Promise<unknown>;
  addIceCandidate(candidate: unknown): Promise<unknown>;
}

export const libraryNames = ["tincan", "node-datachannel", "@roamhq/wrtc", "werift"] as const;
export type LibraryName = (typeof libraryNames)[number];

/** Those that are named, or all. */
export function chosenLibraries(names: readonly string[]): readonly LibraryName[] {
  const unknown = names.find((name) => !isLibrary(name));
  if (unknown !== undefined) {
    process.stderr.write(`No library "${unknown}" is known here: ${libraryNames.join(", ")}.\n`);
    process.exit(2);
  }
  return names.length > 0 ? names.filter(isLibrary) : libraryNames;
}

function isLibrary(name: string): name is LibraryName {
  return libraryNames.some((known) => known === name);
}

/** Loads the library that is asked for, and no other; answers what makes its peers. Ours keeps to loopback unless it is to go out. */
export async function loadLibrary(
  name: LibraryName,
  goesOut: boolean = false,
): Promise<() => BenchPeer> {
  switch (name) {
    case "tincan": {
      const { RTCPeerConnection } = await import("@tincan/webrtc/node");
      const options = goesOut ? {} : { localAddresses: ["127.0.0.1"] };
      return () => new RTCPeerConnection(options) as unknown as BenchPeer;
    }
    case "node-datachannel": {
      const { RTCPeerConnection } = await import("node-datachannel/polyfill");
      return () => new RTCPeerConnection({ iceServers: [] }) as unknown as BenchPeer;
    }
    case "@roamhq/wrtc": {
      const { default: wrtc } = await import("@roamhq/wrtc");
      return () => new wrtc.RTCPeerConnection() as unknown as BenchPeer;
    }
    case "werift": {
      const { RTCPeerConnection } = await import("werift");
      return () => new RTCPeerConnection({ iceServers: [] }) as unknown as BenchPeer;
    }
  }
}
