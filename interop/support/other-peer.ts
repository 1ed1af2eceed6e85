import type {
  RTCIceCandidateInit,
  RTCIceServer,
  RTCSessionDescriptionInit,
} from "../../packages/webrtc/src/node/index.ts";

/** The other side of a connection. What comes on its channels it sends back. */
export interface OtherPeer {
  /** Opens a channel of its own, before it offers. */
  createChannel(label: string): unknown;
  offer(options: { readonly restart: boolean }): Promise<RTCSessionDescriptionInit>;
  answer(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit>;
  accept(answer: RTCSessionDescriptionInit): Promise<unknown>;
  /** Left out where candidates can only be told within descriptions. */
  addCandidate?(candidate: RTCIceCandidateInit): unknown;
  /** Sends that many bytes "x" on its first channel. */
  send?(size: number): unknown;
  closeChannel(): unknown;
  /** Waits until its first channel is closed. */
  channelClosed(): Promise<unknown>;
  /** Ends the connection. */
  close(): unknown;
  /** Gives back all that it took, the connection included. */
  dispose(): unknown;
}

export interface OtherPeerOptions {
  readonly servers: readonly RTCIceServer[];
  /** Whether it shall tell candidates of relays alone. */
  readonly isRelayed: boolean;
  /** Told each of its candidates that is not within its description. */
  readonly onCandidate: (candidate: RTCIceCandidateInit) => void;
}

/** What is tested against, and what it can do. */
export interface Counterpart {
  readonly name: string;
  /** What it is made of, as `tools/packages.ts` knows it. */
  readonly needs?: readonly string[];
  /** What takes long and is done once. */
  start?(): Promise<unknown>;
  make(options: OtherPeerOptions): OtherPeer | Promise<OtherPeer>;
  /** The largest message that it says it takes; 256 KiB where left out. */
  readonly maxMessageSize?: number;
  /** Whether it sends up to the 256 KiB that we take where it takes less itself. */
  readonly sendsLarger?: boolean;
  /** Whether it has to have sent all that it was given now and then: werift ends no `send` before, and each waiting one costs. */
  readonly rests?: boolean;
  /** Whether it ends without a word, so that only the loss of consent tells. */
  readonly endsSilently?: boolean;
  /** Who can begin an ICE restart so that the other side follows. */
  readonly restarts: readonly ("we" | "they")[];
  /** On whose side only candidates of our TURN server may be used. */
  readonly relays: readonly ("ours" | "both sides")[];
  /** Whether it checks from its own sockets as well when it is told to use relays alone; a relay that is walled stops it. */
  readonly strays?: boolean;
}
