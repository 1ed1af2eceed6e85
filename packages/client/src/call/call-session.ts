import "../disposable.ts";
import type { HostMessage, IceServerInfo, PeerInfo, Seated } from "@tincan/signaling";
import { CallChannel } from "../channel/call-channel.ts";
import type { Channel, ChannelOptions } from "../channel/channel.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import { TincanError } from "../error.ts";
import { onNetworkChange } from "../network-change.ts";
import type { CodecPreferences } from "../peer/codec-preferences.ts";
import type { Peer } from "../peer/peer.ts";
import { RemotePeer } from "../peer/remote-peer.ts";
import type { Letter } from "../signaling/outbox.ts";
import type {
  LeaveOptions,
  SeatEvent,
  SignalingConnection,
} from "../signaling/signaling-connection.ts";
import type { Call, CallEvents, CallState, EndReason } from "./call.ts";
import { CallRoom, type Knock } from "./call-room.ts";
import { ConnectionReports } from "./connection-reports.ts";
import { LocalPublication, type MediaKind, type Publication } from "./publication.ts";

export interface CallSessionOptions {
  readonly signaling: SignalingConnection;
  readonly seated: Seated;
  /** The verifier that the seat was taken with. */
  readonly password: string | undefined;
  /** Laid over what the server says. */
  readonly rtc: RTCConfiguration;
  readonly createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  readonly codecs: CodecPreferences;
  /** Whether the server is told how connecting went. */
  readonly reports: boolean;
}

/** The call: keeps the list of peers as the server tells it, and gives everybody what is published. */
export class CallSession implements Call {
  readonly #signaling: SignalingConnection;
  readonly #options: CallSessionOptions;
  readonly #events = new Emitter<CallEvents>();
  readonly #peers = new Map<string, RemotePeer>();
  readonly #offNetworkChange: () => void;
  readonly #reports: ConnectionReports;
  readonly #room: CallRoom;
  #publications: readonly LocalPublication[] = [];
  #channels: readonly CallChannel[] = [];
  #seated: Seated;
  #configuration: RTCConfiguration;
  #state: CallState = "connected";
  #recording = false;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;
  #leaving: Promise<void> | undefined;

  constructor(options: CallSessionOptions) {
    const { signaling, seated, rtc } = options;
    this.#options = options;
    this.#signaling = signaling;
    this.#seated = seated;
    this.#configuration = configurationOf(seated.iceServers, rtc);
    this.#reports = new ConnectionReports((report) => {
      if (options.reports) signaling.report(report);
    });
    this.#room = new CallRoom({
      seated,
      password: options.password,
      command: (message) => this.#command(message),
      remember: (door) => signaling.remember(door),
      emit: (name, detail) => this.#events.emit(name, detail),
    });
    signaling.on("state", (state) => this.#stateChanged(state));
    signaling.on("resumed", (again) => {
      this.#takeSeat(again);
      this.#room.resumed(again);
      for (const peer of this.#peers.values()) peer.resumed();
    });
    signaling.on("reseated", ({ seated: again, unsent }) => this.#reseated(again, unsent));
    signaling.on("event", (event) => this.#receive(event));
    signaling.on("draining", (draining) => this.#events.emit("draining", draining));
    signaling.on("undelivered", ({ to, instance }) => {
      const peer = this.#peers.get(to);
      if (peer?.instance === instance) peer.undelivered();
    });
    signaling.on("fault", (error) => this.#events.emit("fault", error));
    signaling.on("ended", ({ reason, error }) => {
      if (error !== undefined) this.#events.emit("fault", error);
      this.#end(reason);
    });
    this.#offNetworkChange = onNetworkChange(() => {
      signaling.reconnect();
      for (const peer of this.#peers.values()) peer.networkChanged();
    });
    for (const info of seated.peers) this.#add(info);
  }

  get room(): string {
    return this.#seated.room;
  }

  get capacity(): number {
    return this.#seated.capacity;
  }

  get self(): { readonly id: string; readonly name: string } {
    return this.#seated.self;
  }

  get state(): CallState {
    return this.#state;
  }

  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers;
  }

  get publications(): readonly Publication[] {
    return this.#publications;
  }

  get recording(): boolean {
    return this.#recording;
  }

  get host(): string | undefined {
    return this.#room.host;
  }

  get isHost(): boolean {
    return this.#room.isHost;
  }

  get isLocked(): boolean {
    return this.#room.isLocked;
  }

  get hasPassword(): boolean {
    return this.#room.hasPassword;
  }

  get knocks(): readonly Knock[] {
    return this.#room.knocks;
  }

  lock(): Promise<void> {
    return this.#room.lock(true);
  }

  unlock(): Promise<void> {
    return this.#room.lock(false);
  }

  setPassword(password: string | undefined): Promise<void> {
    return this.#room.setPassword(password);
  }

  admit(knock: string): Promise<void> {
    return this.#room.admit(knock, true);
  }

  deny(knock: string): Promise<void> {
    return this.#room.admit(knock, false);
  }

  remove(peer: string): Promise<void> {
    return this.#room.remove(peer);
  }

  askToMute(peer: string, kind: MediaKind): Promise<void> {
    return this.#room.askToMute(peer, kind);
  }

  announceRecording(recording: boolean): void {
    if (recording) this.#assertRunning();
    if (this.#recording === recording) return;
    this.#recording = recording;
    if (this.#state !== "ended" && this.#leaving === undefined) this.#describe();
  }

  publish(stream: MediaStream, options: { readonly source?: string } = {}): Publication {
    const { source = "camera" } = options;
    this.#assertRunning();
    if (!/^[a-z0-9-]{1,32}$/.test(source)) {
      throw new TincanError("malformed", "A source is 1 to 32 of a-z, 0-9 and -.");
    }
    const known = this.#publications.find((publication) => publication.stream === stream);
    if (known !== undefined) return known;
    if (this.#publications.length >= MAX_PUBLICATIONS) {
      throw new TincanError("overflow", `No more than ${MAX_PUBLICATIONS} streams at a time.`);
    }
    const publication = new LocalPublication({
      stream,
      source,
      onTracks: async (changed) => {
        await Promise.all(Array.from(this.#peers.values(), (peer) => peer.publish(changed)));
      },
      onState: () => this.#describe(),
      onUnpublish: (ended) => this.#unpublish(ended),
    });
    this.#publications = [...this.#publications, publication];
    this.#describe();
    for (const peer of this.#peers.values()) void peer.publish(publication);
    return publication;
  }

  send(data: string, options: { readonly to?: string } = {}): void {
    this.#assertRunning();
    if (data.length > MAX_DATA) {
      throw new TincanError("too-large", `A message has at most ${MAX_DATA} characters.`);
    }
    const to = options.to === undefined ? [...this.#peers.values()] : [this.#peer(options.to)];
    for (const peer of to) {
      if (!peer.send(data)) throw new TincanError("overflow", "Too much waits to be sent.");
    }
  }

  channel(options: ChannelOptions): Channel {
    this.#assertRunning();
    if (this.#channels.some(({ id }) => id === options.id)) {
      throw new TincanError("overflow", `There is a channel ${options.id} already.`);
    }
    const channel = new CallChannel(options, (closed) => {
      this.#channels = this.#channels.filter((other) => other !== closed);
    });
    this.#channels = [...this.#channels, channel];
    for (const peer of this.#peers.values()) channel.attach(peer, peer.pc);
    return channel;
  }

  leave(options?: LeaveOptions): Promise<void> {
    this.#leaving ??= this.#leave(options);
    return this.#leaving;
  }

  on<Name extends keyof CallEvents>(
    event: Name,
    listener: (detail: CallEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async #leave(options?: LeaveOptions): Promise<void> {
    if (this.#state === "ended") return;
    for (const id of this.#peers.keys()) this.#reports.ended(id);
    const left = this.#signaling.leave(options);
    for (const peer of this.#peers.values()) peer.close();
    await left;
  }

  async #command(message: HostMessage): Promise<void> {
    this.#assertRunning();
    await this.#signaling.command(message);
  }

  #receive(event: SeatEvent): void {
    switch (event.type) {
      case "ready":
        this.#ready(event.peer);
        break;
      case "message":
        this.#peers.get(event.from)?.receive(event.body);
        break;
      case "peer-reconnecting":
        this.#peers.get(event.peer)?.away();
        break;
      case "peer-back":
        this.#peers.get(event.peer.id)?.back(event.peer);
        break;
      case "bye":
        this.#remove(event.peer, event.removed === true ? "removed" : event.reason);
        break;
      case "room":
        this.#room.changed(event.state);
        break;
      case "knocks":
        this.#room.knocked(event.knocks);
        break;
      case "asked":
        this.#events.emit("asked", {
          peer: this.#peers.get(event.from),
          kind: event.what === "mute-audio" ? "audio" : "video",
        });
        break;
    }
  }

  #ready(info: PeerInfo): void {
    const known = this.#peers.get(info.id);
    if (known === undefined) this.#events.emit("peer-joined", this.#add(info));
    else if (known.isMissing) known.reseated(info, false);
    // Told again after a break of ours: no news, as a rule.
    else known.back(info);
  }

  #takeSeat(seated: Seated): void {
    this.#seated = seated;
    if (seated.iceServers === undefined) return;
    this.#configuration = configurationOf(seated.iceServers, this.#options.rtc);
    for (const peer of this.#peers.values()) peer.configure(this.#configuration);
  }

  #reseated(seated: Seated, unsent: readonly Letter[]): void {
    const renew = seated.self.id !== this.self.id;
    this.#takeSeat(seated);
    const present = new Map(seated.peers.map((info) => [info.id, info]));
    for (const peer of this.#peers.values()) {
      const info = present.get(peer.id);
      const data = unsent.flatMap(({ to, instance, body }) =>
        body.type === "app" && to === peer.id && instance === peer.instance ? [body.data] : [],
      );
      if (info === undefined) peer.missing(data);
      else peer.reseated(info, renew, data);
    }
    for (const info of seated.peers) {
      if (!this.#peers.has(info.id)) this.#events.emit("peer-joined", this.#add(info));
    }
    this.#room.reseated(seated);
  }

  #add(info: PeerInfo): RemotePeer {
    const peer = new RemotePeer({
      info,
      polite: () => this.self.id < info.id,
      codecs: this.#options.codecs,
      createConnection: () => this.#options.createConnection(this.#configuration),
      publications: () => this.#publications,
      recording: () => this.#recording,
      channels: () => this.#channels,
      connected: () => this.#state === "connected",
      post: (letter) => this.#signaling.post(letter),
      onChange: (changed) => {
        this.#reports.changed(changed);
        if (this.#peers.has(changed.id)) this.#events.emit("peer-changed", changed);
      },
      onTrack: (from, track, { stream, source }) =>
        this.#events.emit("track", { peer: from, track, stream, source }),
      onMessage: (from, data) => this.#events.emit("message", { peer: from, data }),
      onLost: (lost) => this.#remove(lost.id, "lost"),
      onFault: (error) => this.#events.emit("fault", error),
    });
    this.#peers.set(info.id, peer);
    this.#reports.began(info.id);
    return peer;
  }

  #remove(id: string, reason: "left" | "lost" | "removed"): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    this.#reports.ended(id);
    peer.close();
    this.#events.emit("peer-left", { peer, reason });
  }

  #unpublish(publication: LocalPublication): void {
    this.#publications = this.#publications.filter((other) => other !== publication);
    this.#describe();
    for (const peer of this.#peers.values()) peer.unpublish(publication);
  }

  #describe(): void {
    for (const peer of this.#peers.values()) peer.describe();
  }

  #peer(id: string): RemotePeer {
    const peer = this.#peers.get(id);
    if (peer === undefined) throw new TincanError("no-such-peer", "Nobody here has this id.");
    return peer;
  }

  #stateChanged(state: "connected" | "reconnecting"): void {
    this.#state = state;
    clearTimeout(this.#lostTimer);
    if (state === "reconnecting") this.#lostTimer = setTimeout(() => this.#lookForLife(), LOST_MS);
    this.#events.emit("state", state);
  }

  /** Without a server and without anybody to hear there is nothing to wait for. */
  #lookForLife(): void {
    const alive = [...this.#peers.values()].some(({ connection }) => connection === "connected");
    if (alive) {
      this.#lostTimer = setTimeout(() => this.#lookForLife(), LOST_MS);
      return;
    }
    this.#end("lost");
    void this.#signaling.leave();
  }

  #end(reason: EndReason): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    clearTimeout(this.#lostTimer);
    this.#offNetworkChange();
    for (const peer of this.#peers.values()) peer.close();
    this.#events.emit("state", "ended");
    this.#events.emit("ended", reason);
    this.#events.clear();
  }

  #assertRunning(): void {
    if (this.#state === "ended" || this.#leaving !== undefined) {
      throw new TincanError("ended", "The call has ended.");
    }
  }
}

/** All media on one transport, which the peers of this call all can: fewer candidates, a faster start (RFC 9143). */
function configurationOf(
  iceServers: readonly IceServerInfo[] | undefined,
  rtc: RTCConfiguration,
): RTCConfiguration {
  const servers = iceServers?.map(({ urls, username, credential }) => ({
    urls: [...urls],
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  }));
  return {
    bundlePolicy: "max-bundle",
    ...(servers !== undefined && { iceServers: servers }),
    ...rtc,
  };
}

/** PROTOCOL.md, `media` and `app`. */
const MAX_PUBLICATIONS = 16;
const MAX_DATA = 16_384;

const LOST_MS = 600_000;
