import * as v from "valibot";
import { AskedFor, type KnockInfo, KnockList, RoomState } from "./host-messages.ts";
import { InstanceId, PeerId, PeerName, Verifier } from "./identifiers.ts";

/** The version that this schema describes; counts breaking changes (PROTOCOL.md). */
export const PROTOCOL_VERSION = 1;

/** What a message may measure as JSON, in UTF-8 bytes. */
export const MAX_MESSAGE_BYTES = 65_536;

/** The most seats that a room can have while calls are a mesh. */
export const MAX_CAPACITY = 8;

const Seq: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Sdp: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(MAX_MESSAGE_BYTES),
);

/** A member of a room, as the others see it. `here` is false while its connection is broken. */
export interface PeerInfo {
  readonly id: string;
  readonly name: string;
  readonly instance: string;
  readonly here: boolean;
}

/** Whether a stream has a track of a kind, and whether it is muted. */
export type TrackState = "on" | "off" | "none";

export interface StreamInfo {
  /** The `MediaStream.id` on the sender's side; the receiver's stream has the same one (RFC 8830). */
  readonly id: string;
  readonly source: string;
  readonly audio: TrackState;
  readonly video: TrackState;
}

/** `RTCIceCandidate.toJSON()`. */
export interface CandidateInfo {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

/** What one peer says to another. */
export type Body =
  | { readonly type: "offer"; readonly sdp: string }
  | { readonly type: "answer"; readonly sdp: string }
  | { readonly type: "candidate"; readonly candidate: CandidateInfo }
  | {
      readonly type: "media";
      readonly streams: readonly StreamInfo[];
      /** Whether the sender keeps a recording of the call at the moment. */
      readonly recording?: boolean | undefined;
    }
  | { readonly type: "app"; readonly data: string };

const Track: v.GenericSchema<TrackState> = v.picklist(["on", "off", "none"]);

const BodySchema: v.GenericSchema<unknown, Body> = v.variant("type", [
  v.object({ type: v.literal("offer"), sdp: Sdp }),
  v.object({ type: v.literal("answer"), sdp: Sdp }),
  v.object({
    type: v.literal("candidate"),
    candidate: v.object({
      candidate: v.pipe(v.string(), v.maxLength(4096)),
      sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
      sdpMLineIndex: v.optional(v.nullable(Seq)),
      usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
    }),
  }),
  v.object({
    type: v.literal("media"),
    streams: v.pipe(
      v.array(
        v.object({
          id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
          source: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/)),
          audio: Track,
          video: Track,
        }),
      ),
      v.maxLength(16),
    ),
    recording: v.optional(v.boolean()),
  }),
  v.object({ type: v.literal("app"), data: v.pipe(v.string(), v.maxLength(16_384)) }),
]);

const PeerInfoSchema: v.GenericSchema<unknown, PeerInfo> = v.object({
  id: PeerId,
  name: PeerName,
  instance: InstanceId,
  here: v.boolean(),
});

export const REFUSALS = [
  "malformed",
  "too-large",
  "rate-limited",
  "too-many-connections",
  "too-many-rooms",
  "already-in-room",
  "not-in-room",
  "no-such-peer",
  "out-of-order",
  "bad-room-name",
  "unsupported-protocol",
  "origin-refused",
  "shutting-down",
  "locked",
  "not-admitted",
  "password-needed",
  "wrong-password",
  "removed",
  "not-host",
  "no-such-knock",
  "no-free-seat",
  "too-many-knocks",
] as const;

/** Why the server did not do what was asked. */
export type RefusalCode = (typeof REFUSALS)[number];

export interface Refused {
  readonly type: "refused";
  readonly code: RefusalCode;
  /** One sentence for people. */
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

const RefusedSchema = v.object({
  type: v.literal("refused"),
  code: v.picklist(REFUSALS),
  message: v.string(),
  retryAfterMs: v.optional(v.number()),
});

/** Longer than any name of a room, and than any token. */
const RoomName = v.pipe(v.string(), v.maxLength(256));
const ResumeToken = v.pipe(v.string(), v.maxLength(512));

/** `create or join` */
export interface JoinRequest {
  readonly room: string;
  readonly name?: string | undefined;
  readonly instance: string;
  readonly resume?: string | undefined;
  readonly received?: number | undefined;
  /** The verifier of the room's password; in a new room it becomes that. */
  readonly password?: string | undefined;
  /** Whether to wait for the host's word where the room is locked. */
  readonly knock?: boolean | undefined;
  /** Whether a new room is locked from the start. */
  readonly locked?: boolean | undefined;
}

export const JoinRequest: v.GenericSchema<unknown, JoinRequest> = v.object({
  room: RoomName,
  name: v.optional(PeerName),
  instance: InstanceId,
  resume: v.optional(ResumeToken),
  received: v.optional(Seq),
  password: v.optional(Verifier),
  knock: v.optional(v.boolean()),
  locked: v.optional(v.boolean()),
});

/** What `/bye` is told: the last word of a page that goes and has no time for its socket. */
export interface Goodbye {
  readonly room: string;
  readonly resume: string;
}

export const Goodbye: v.GenericSchema<unknown, Goodbye> = v.object({
  room: RoomName,
  resume: ResumeToken,
});

/** `RTCIceServer`: a STUN or TURN server that the browsers of this room may use. */
export interface IceServerInfo {
  readonly urls: readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

const IceServerInfoSchema: v.GenericSchema<unknown, IceServerInfo> = v.object({
  urls: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(512), v.regex(/^(stuns?|turns?):/))),
    v.minLength(1),
    v.maxLength(16),
  ),
  username: v.optional(v.pipe(v.string(), v.maxLength(512))),
  credential: v.optional(v.pipe(v.string(), v.maxLength(512))),
});

/** What a seat comes with. */
export interface Seated {
  readonly type: "created" | "joined" | "resumed";
  readonly room: string;
  readonly capacity: number;
  readonly self: PeerInfo;
  readonly peers: readonly PeerInfo[];
  readonly resume: string;
  readonly received: number;
  /** Servers of the first days do not say it. */
  readonly state?: RoomState | undefined;
  /** Who waits, where we are the host. */
  readonly knocks?: readonly KnockInfo[] | undefined;
  readonly iceServers?: readonly IceServerInfo[] | undefined;
}

export type JoinAnswer =
  | Seated
  | { readonly type: "full"; readonly room: string; readonly capacity: number }
  /** The host is asked; what it says comes as the event `create or join`. */
  | { readonly type: "waiting"; readonly withinMs: number }
  | Refused;

export const JoinAnswer: v.GenericSchema<unknown, JoinAnswer> = v.variant("type", [
  v.object({
    type: v.picklist(["created", "joined", "resumed"]),
    room: v.string(),
    capacity: v.number(),
    self: PeerInfoSchema,
    peers: v.array(PeerInfoSchema),
    resume: v.string(),
    received: Seq,
    state: v.optional(RoomState),
    knocks: v.optional(KnockList),
    iceServers: v.optional(v.pipe(v.array(IceServerInfoSchema), v.maxLength(16))),
  }),
  v.object({ type: v.literal("full"), room: v.string(), capacity: v.number() }),
  v.object({ type: v.literal("waiting"), withinMs: v.number() }),
  RefusedSchema,
]);

/** `message`, from a client. */
export interface Message {
  readonly seq: number;
  readonly to: string;
  readonly instance: string;
  readonly body: Body;
}

export const Message: v.GenericSchema<unknown, Message> = v.object({
  seq: v.pipe(Seq, v.minValue(1)),
  to: PeerId,
  instance: InstanceId,
  body: BodySchema,
});

/** `received`, from a client. */
export interface Received {
  readonly seq: number;
}

export const Received: v.GenericSchema<unknown, Received> = v.object({ seq: Seq });

/** Where a candidate came from (RFC 8445 §5.1.1), or `prflx` (§7.2.5.3.1). */
export type CandidateKind = "host" | "srflx" | "prflx" | "relay";

/** `report`, from a client: how connecting to one peer went, in words of closed lists and one duration. */
export type Report =
  | {
      readonly outcome: "connected";
      /** From the moment at which both were in the room to the first connected candidate pair. */
      readonly setupMs: number;
      readonly local: CandidateKind;
      readonly remote: CandidateKind;
      readonly protocol: "udp" | "tcp";
      /** How the local relay is reached, where there is one. */
      readonly relay?: "udp" | "tcp" | "tls" | undefined;
    }
  | { readonly outcome: "failed" };

const Kind: v.GenericSchema<CandidateKind> = v.picklist(["host", "srflx", "prflx", "relay"]);

export const Report: v.GenericSchema<unknown, Report> = v.variant("outcome", [
  v.object({
    outcome: v.literal("connected"),
    setupMs: v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)),
    local: Kind,
    remote: Kind,
    protocol: v.picklist(["udp", "tcp"]),
    relay: v.optional(v.picklist(["udp", "tcp", "tls"])),
  }),
  v.object({ outcome: v.literal("failed") }),
]);

export type Answer = { readonly type: "ok" } | Refused;

export const Answer: v.GenericSchema<unknown, Answer> = v.variant("type", [
  v.object({ type: v.literal("ok") }),
  RefusedSchema,
]);

/** Why a peer gave up its seat. */
export type ByeReason = "left" | "lost";

/** What the server tells a seat; sent as the event `type`, with `seq` beside the other fields. */
export type RoomEvent =
  | { readonly type: "ready"; readonly peer: PeerInfo }
  | { readonly type: "message"; readonly from: string; readonly body: Body }
  | { readonly type: "peer-reconnecting"; readonly peer: string }
  | { readonly type: "peer-back"; readonly peer: PeerInfo }
  | {
      readonly type: "bye";
      readonly peer: string;
      readonly reason: ByeReason;
      /** The host took its seat. */
      readonly removed?: boolean | undefined;
    }
  | { readonly type: "room"; readonly state: RoomState }
  | { readonly type: "asked"; readonly from: string; readonly what: AskedFor };

export type Numbered<Event> = Event & { readonly seq: number };

const seq = v.pipe(Seq, v.minValue(1));

export const RoomEvent: v.GenericSchema<unknown, Numbered<RoomEvent>> = v.variant("type", [
  v.object({ type: v.literal("ready"), seq, peer: PeerInfoSchema }),
  v.object({ type: v.literal("message"), seq, from: PeerId, body: BodySchema }),
  v.object({ type: v.literal("peer-reconnecting"), seq, peer: PeerId }),
  v.object({ type: v.literal("peer-back"), seq, peer: PeerInfoSchema }),
  v.object({
    type: v.literal("bye"),
    seq,
    peer: PeerId,
    reason: v.picklist(["left", "lost"]),
    removed: v.optional(v.boolean()),
  }),
  v.object({ type: v.literal("room"), seq, state: RoomState }),
  v.object({ type: v.literal("asked"), seq, from: PeerId, what: AskedFor }),
]);

/** `draining`: the server ends soon and takes nobody new; whoever is in a room stays. */
export interface Draining {
  /** How long the server waits at most. */
  readonly withinMs: number;
}

export const Draining: v.GenericSchema<unknown, Draining> = v.object({ withinMs: v.number() });

/** Why the server closes a connection. */
export interface Closing {
  readonly reason: "shutdown" | "replaced" | "removed" | "handshake-timeout";
}

export const Closing: v.GenericSchema<unknown, Closing> = v.object({
  reason: v.picklist(["shutdown", "replaced", "removed", "handshake-timeout"]),
});
