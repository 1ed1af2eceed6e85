import type {
  RTCIceCandidateInit,
  RTCIceServer,
  RTCSessionDescriptionInit,
} from "../../packages/webrtc/src/node/index.ts";
import type { OtherPeer, OtherPeerOptions } from "./other-peer.ts";

/** As much of a channel of theirs as is needed here. */
interface ForeignChannel {
  readonly readyState: string;
  binaryType?: string;
  onmessage: ((event: { data: unknown }) => void) | null | undefined;
  onclose: ((event: never) => void) | null | undefined;
  send(data: unknown): void;
  close(): void;
}

/** As much of a connection of theirs as is needed here. */
export interface ForeignConnection {
  onicecandidate: ((event: { candidate?: unknown }) => void) | null | undefined;
  ondatachannel: ((event: { channel: ForeignChannel }) => void) | null | undefined;
  createDataChannel(label: string): ForeignChannel;
  createOffer(options?: object): Promise<unknown>;
  createAnswer(): Promise<unknown>;
  setLocalDescription(description: unknown): Promise<unknown>;
  setRemoteDescription(description: unknown): Promise<unknown>;
  addIceCandidate(candidate: unknown): Promise<unknown>;
  close(): unknown;
}

export interface ForeignConfiguration {
  readonly iceServers: RTCIceServer[];
  readonly iceTransportPolicy: "all" | "relay";
}

/** A peer of another library for Node, in this process. */
export class LibraryPeer implements OtherPeer {
  readonly #pc: ForeignConnection;
  #channel: ForeignChannel | undefined;
  #onClosed: () => void = () => {};
  readonly #closed = new Promise<void>((resolve) => {
    this.#onClosed = resolve;
  });

  constructor(make: (given: ForeignConfiguration) => unknown, options: OtherPeerOptions) {
    const { servers, isRelayed, onCandidate } = options;
    this.#pc = make({
      iceServers: [...servers],
      iceTransportPolicy: isRelayed ? "relay" : "all",
    }) as ForeignConnection;
    this.#pc.ondatachannel = ({ channel }) => this.#use(channel);
    this.#pc.onicecandidate = ({ candidate }) => {
      if (candidate) onCandidate(candidate as RTCIceCandidateInit);
    };
  }

  createChannel(label: string): void {
    this.#use(this.#pc.createDataChannel(label));
  }

  async offer({ restart }: { readonly restart: boolean }): Promise<RTCSessionDescriptionInit> {
    const offer = await this.#pc.createOffer({ iceRestart: restart });
    await this.#pc.setLocalDescription(offer);
    return plain(offer);
  }

  async answer(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    await this.#pc.setRemoteDescription(offer);
    const answer = await this.#pc.createAnswer();
    await this.#pc.setLocalDescription(answer);
    return plain(answer);
  }

  accept(answer: RTCSessionDescriptionInit): Promise<unknown> {
    return this.#pc.setRemoteDescription(answer);
  }

  addCandidate(candidate: RTCIceCandidateInit): Promise<unknown> {
    return this.#pc.addIceCandidate(candidate);
  }

  closeChannel(): void {
    this.#channel?.close();
  }

  channelClosed(): Promise<void> {
    return this.#closed;
  }

  close(): unknown {
    return this.#pc.close();
  }

  dispose(): unknown {
    return this.#pc.close();
  }

  #use(channel: ForeignChannel): void {
    this.#channel ??= channel;
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => channel.send(data);
    channel.onclose = () => this.#onClosed();
  }
}

function plain(description: unknown): RTCSessionDescriptionInit {
  const { type, sdp } = description as RTCSessionDescriptionInit;
  return { type, ...(sdp !== undefined && { sdp }) };
}
