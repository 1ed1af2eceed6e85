import type { MediaKind } from "../call/publication.ts";
import type { PeerConnectionState } from "../peer/peer.ts";
import type { Quality } from "./quality.ts";

/** A codec as the session description has it. */
export interface CodecSnapshot {
  /** `audio/opus`, `video/VP9`. */
  readonly mimeType: string;
  readonly payloadType: number | undefined;
  readonly clockRate: number | undefined;
  readonly channels: number | undefined;
  /** The line of parameters, as `minptime=10;useinbandfec=1`. */
  readonly parameters: string | undefined;
}

interface TrackSnapshot {
  /** Of the RTP stream in the report: stays as long as the stream. */
  readonly id: string;
  readonly kind: MediaKind;
  /** `MediaStreamTrack.id` at this side. */
  readonly trackId: string | undefined;
  /** What the stream shows, as it was published: `camera`, `screen`. */
  readonly source: string | undefined;
  readonly mid: string | undefined;
  readonly ssrc: number | undefined;
  readonly codec: CodecSnapshot | undefined;
  /** Bits a second of media since the sample before, without headers. */
  readonly bitrateBps: number | undefined;
  readonly bytes: number | undefined;
  readonly packets: number | undefined;
  /** Of the whole connection, as the receiver counts; negative when packets came twice. */
  readonly packetsLost: number | undefined;
  /** 0 to 1 since the sample before. */
  readonly lossRatio: number | undefined;
  readonly jitterMs: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** Frames a second. */
  readonly fps: number | undefined;
  readonly keyFrames: number | undefined;
  readonly nackCount: number | undefined;
  readonly pliCount: number | undefined;
  /** Whether hardware does it, where the browser tells. */
  readonly powerEfficient: boolean | undefined;
  /** 0 to 1, linear, of audio. */
  readonly audioLevel: number | undefined;
}

/** A track that we send to one peer. */
export interface SentTrack extends TrackSnapshot {
  readonly direction: "sent";
  /** libvpx, OpenH264, ExternalEncoder and so on. */
  readonly encoder: string | undefined;
  /** What the browser means to spend. */
  readonly targetBitrateBps: number | undefined;
  readonly framesSent: number | undefined;
  readonly retransmittedPackets: number | undefined;
  /** As RTCP reports it. */
  readonly rttMs: number | undefined;
  /** What keeps the picture from being better at the moment. */
  readonly qualityLimitation: "none" | "cpu" | "bandwidth" | "other" | undefined;
  /** Of the camera or screen, before it is made smaller for sending. */
  readonly sourceHeight: number | undefined;
  readonly sourceFps: number | undefined;
  /** False while it is kept from this peer. */
  readonly active: boolean | undefined;
  readonly echoReturnLossDb: number | undefined;
  readonly echoReturnLossEnhancementDb: number | undefined;
}

/** A track that comes from a peer. */
export interface ReceivedTrack extends TrackSnapshot {
  readonly direction: "received";
  readonly decoder: string | undefined;
  readonly framesDecoded: number | undefined;
  readonly framesDropped: number | undefined;
  /** How long packets waited to be played, on average since the sample before. */
  readonly jitterBufferDelayMs: number | undefined;
  /** Of audio: the part that was made up for what had not come, 0 to 1 since the sample before. */
  readonly concealedRatio: number | undefined;
  readonly concealedSamples: number | undefined;
  readonly freezeCount: number | undefined;
  /** The part of the time since the sample before in which the picture stood still, 0 to 1. */
  readonly frozenRatio: number | undefined;
  /** Nothing has come since the sample before: it is muted, or kept from us on a weak link. */
  readonly idle: boolean;
}

/** One end of the way that media takes. */
export interface CandidateSnapshot {
  readonly type: "host" | "srflx" | "prflx" | "relay" | undefined;
  /** `udp` or `tcp`. */
  readonly protocol: string | undefined;
  /** Of the way to our own relay: `udp`, `tcp` or `tls`. */
  readonly relayProtocol: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** `wifi`, `ethernet`, `cellular` and so on, where the browser tells. */
  readonly networkType: string | undefined;
  /** The server that it was got from. */
  readonly url: string | undefined;
}

/** The transport to one peer, and the pair of candidates that it uses. */
export interface ConnectionSnapshot {
  readonly local: CandidateSnapshot | undefined;
  readonly remote: CandidateSnapshot | undefined;
  /** Who relays: nobody, our relay, theirs, or both. */
  readonly relay: "none" | "ours" | "theirs" | "both" | undefined;
  readonly rttMs: number | undefined;
  /** What the browser thinks that the way out can carry. */
  readonly availableOutgoingBps: number | undefined;
  /** Bits a second on the wire, everything counted, since the sample before. */
  readonly sentBps: number | undefined;
  readonly receivedBps: number | undefined;
  readonly dtlsState: string | undefined;
  /** `FEFD` is DTLS 1.2, `FEFC` DTLS 1.3. */
  readonly tlsVersion: string | undefined;
  readonly dtlsCipher: string | undefined;
  readonly srtpCipher: string | undefined;
}

/** What `getStats` says of one peer, in the same words for every browser; undefined where one is silent. */
export interface PeerSnapshot {
  readonly peerId: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly state: PeerConnectionState;
  readonly connection: ConnectionSnapshot | undefined;
  readonly sent: readonly SentTrack[];
  readonly received: readonly ReceivedTrack[];
  readonly quality: Quality;
}
