import type { Body, PeerInfo, StreamInfo } from "@tincan/signaling";
import type { LocalPublication } from "../call/publication.ts";
import type { CallChannel } from "../channel/call-channel.ts";
import { TincanError } from "../error.ts";
import type { Letter } from "../signaling/outbox.ts";
import type { CodecPreferences } from "./codec-preferences.ts";
import type { Peer, PeerConnectionState, RemoteStream } from "./peer.ts";
import { PeerLink } from "./peer-link.ts";
import { Recovery } from "./recovery.ts";

export interface RemotePeerOptions {
  readonly info: PeerInfo;
  /** Whether we are the one to give way when both offer (PROTOCOL.md, "Who offers"). */
  readonly polite: () => boolean;
  readonly codecs: CodecPreferences;
  readonly createConnection: () => RTCPeerConnection;
  readonly publications: () => readonly LocalPublication[];
  /** Whether we keep a recording, which everybody is told. */
  readonly recording: () => boolean;
  readonly channels: () => readonly CallChannel[];
  /** Whether our own signaling connection stands. */
  readonly connected: () => boolean;
  readonly post: (letter: Letter) => boolean;
  readonly onChange: (peer: Peer) => void;
  readonly onTrack: (peer: Peer, track: MediaStreamTrack, stream: RemoteStream) => void;
  readonly onMessage: (peer: Peer, data: string) => void;
  /** It did not come back after the server was restarted. */
  readonly onLost: (peer: RemotePeer) => void;
  readonly onFault: (error: TincanError) => void;
}

/**
 * Somebody else in the call, for as long as the seat. Holds one connection at a time, and puts a new
 * one in its place when the page at the other end is another one, or nothing else helps.
 */
export class RemotePeer implements Peer {
  readonly id: string;
  readonly #options: RemotePeerOptions;
  readonly #recovery: Recovery;
  #info: PeerInfo;
  #link: PeerLink;
  /** What it says that it publishes, once it has said something. */
  #media: readonly StreamInfo[] | undefined;
  #streams: readonly RemoteStream[] = [];
  #recording = false;
  #wasConnected = false;
  #closed = false;
  /** Something for this peer found no room in the outbox, or nobody at the server. */
  #stale = false;
  /** While the server does not know this peer: what is to be sent when it does. */
  #held: string[] | undefined;
  #absence: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RemotePeerOptions) {
    this.#options = options;
    this.#info = options.info;
    this.id = options.info.id;
    this.#recovery = new Recovery({
      reachable: () => this.here && options.connected(),
      restartIce: () => this.#link.pc.restartIce(),
      replace: () => this.#replace(),
    });
    this.#link = this.#connect("meeting");
  }

  get name(): string {
    return this.#info.name;
  }

  get here(): boolean {
    return this.#info.here;
  }

  get streams(): readonly RemoteStream[] {
    return this.#streams;
  }

  get recording(): boolean {
    return this.#recording;
  }

  get pc(): RTCPeerConnection {
    return this.#link.pc;
  }

  get connection(): PeerConnectionState {
    if (this.#closed) return "closed";
    switch (this.pc.connectionState) {
      case "connected":
        return "connected";
      case "failed":
        return "failed";
      case "disconnected":
        return "interrupted";
      default:
        return this.#wasConnected ? "interrupted" : "connecting";
    }
  }

  /** Whether it has yet to find the restarted server at which we are. */
  get isMissing(): boolean {
    return this.#held !== undefined;
  }

  receive(body: Body): void {
    if (body.type === "app") {
      this.#options.onMessage(this, body.data);
    } else if (body.type === "media") {
      this.#media = body.streams;
      this.#recording = body.recording === true;
      this.#refresh();
    } else {
      this.#link.receive(body);
    }
  }

  /** Sends an application's message; false when there is no room for it. */
  send(data: string): boolean {
    if (this.#held === undefined) return this.#post({ type: "app", data });
    if (this.#held.length >= MAX_HELD) return false;
    this.#held.push(data);
    return true;
  }

  publish(publication: LocalPublication): Promise<void> {
    return this.#link.publish(publication);
  }

  unpublish(publication: LocalPublication): void {
    this.#link.unpublish(publication);
  }

  /** Tells what we publish. */
  describe(): void {
    const streams = this.#options.publications().map(({ info }) => info);
    const recording = this.#options.recording();
    this.#negotiate({ type: "media", streams, ...(recording && { recording }) });
  }

  /** Its connection to the server broke. */
  away(): void {
    this.#info = { ...this.#info, here: false };
    this.#options.onChange(this);
  }

  /** It is back in its seat: the same page, or another one. */
  back(info: PeerInfo): void {
    const same = info.instance === this.#info.instance;
    this.#info = info;
    if (same) this.resumed();
    else this.#renew();
    this.#options.onChange(this);
  }

  /** One of us was away for a moment, and missed nothing. */
  resumed(): void {
    if (this.#stale) this.#replace();
    else this.#recovery.hurry();
  }

  /**
   * Both of us are seated at a server that was restarted, or where we had lost our seat. What runs
   * goes on running; what was under way may have been lost and is begun again. With `renew` we are
   * somebody else for this peer, and it for us.
   */
  reseated(info: PeerInfo, renew: boolean, unsent: readonly string[] = []): void {
    const held = [...unsent, ...(this.#held ?? [])];
    clearTimeout(this.#absence);
    this.#held = undefined;
    const same = info.instance === this.#info.instance && !renew;
    this.#info = info;
    if (!same) {
      this.#renew();
    } else if (this.pc.connectionState === "connected") {
      this.describe();
      this.#link.restartNegotiation();
    } else {
      // The other side is told the same, and begins anew as well.
      this.#replace("meeting");
    }
    for (const data of held.slice(-MAX_HELD)) this.send(data);
    this.#options.onChange(this);
  }

  /** We are seated at a server that was restarted, and this peer is not yet. */
  missing(unsent: readonly string[]): void {
    this.#held = [...unsent, ...(this.#held ?? [])].slice(-MAX_HELD);
    clearTimeout(this.#absence);
    this.#absence = setTimeout(() => this.#options.onLost(this), ABSENCE_MS);
    this.away();
  }

  /** The device is in another network: candidates of the old one lead nowhere. */
  networkChanged(): void {
    if (this.pc.connectionState !== "new") this.pc.restartIce();
  }

  /** New servers for the next candidates; credentials run out. */
  configure(configuration: RTCConfiguration): void {
    this.#link.configure(configuration);
  }

  /** The server had nobody to give a part of our negotiation to: it is begun again when the peer is back. */
  undelivered(): void {
    this.#stale = true;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#absence);
    this.#recovery.stop();
    this.#link.close();
    for (const channel of this.#options.channels()) channel.detach(this);
    this.#streams = [];
  }

  /** The instance that a letter has to name. */
  get instance(): string {
    return this.#info.instance;
  }

  /** When both have just met, one side begins; a connection in place of another begins by itself. */
  #connect(occasion: "meeting" | "repair"): PeerLink {
    const options = this.#options;
    const polite = options.polite();
    const link = new PeerLink({
      pc: options.createConnection(),
      polite,
      waitForOffer: polite && occasion === "meeting",
      codecs: options.codecs,
      send: (body) => this.#negotiate(body),
      onState: (state) => {
        if (state === "connected") this.#wasConnected = true;
        this.#recovery.changed(state);
        options.onChange(this);
      },
      onNegotiated: () => this.#recovery.negotiated(),
      onGone: () => this.#recovery.gone(),
      onTrack: (track, stream) => this.#heard(track, stream),
      onTrackRemoved: () => this.#refresh(),
      onForeign: (bodies) => {
        this.#replace();
        for (const body of bodies) this.#link.receive(body);
      },
      onFault: (what, cause) => {
        const message = `The browser refused a ${what} of ${this.id}.`;
        options.onFault(new TincanError("negotiation", message, { cause }));
        if (what === "description") this.#recovery.broken();
      },
    });
    this.#recovery.begun();
    for (const channel of options.channels()) channel.attach(this, link.pc);
    // What they are comes before the tracks do.
    const publications = options.publications();
    if (publications.length > 0 || options.recording()) this.describe();
    for (const publication of publications) void link.publish(publication);
    return link;
  }

  #replace(occasion: "meeting" | "repair" = "repair"): void {
    if (this.#closed) return;
    this.#stale = false;
    this.#link.close();
    this.#link = this.#connect(occasion);
    this.#refresh();
  }

  /** As `#replace`, for another page at the other end, of which nothing is known. */
  #renew(): void {
    this.#media = undefined;
    this.#recording = false;
    this.#wasConnected = false;
    this.#recovery.stop();
    this.#replace("meeting");
  }

  /** What is lost here is begun again when the peer can be reached. */
  #negotiate(body: Body): void {
    if (this.#held === undefined && !this.#post(body)) this.#stale = true;
  }

  #post(body: Body): boolean {
    return this.#options.post({ to: this.id, instance: this.#info.instance, body });
  }

  #heard(track: MediaStreamTrack, stream: MediaStream): void {
    this.#refresh();
    const { onTrack } = this.#options;
    onTrack(this, track, this.#streams.find((known) => known.stream === stream) ?? plain(stream));
  }

  #refresh(): void {
    this.#streams = this.#link.streams.flatMap((stream) => {
      const info = this.#media?.find(({ id }) => id === stream.id);
      // Taken back; its tracks go with the next negotiation.
      if (info === undefined) return this.#media === undefined ? plain(stream) : [];
      const { source, audio, video } = info;
      return { stream, source, audio, video };
    });
    this.#options.onChange(this);
  }
}

/** A stream that nothing was told of. */
function plain(stream: MediaStream): RemoteStream {
  const state = (tracks: readonly MediaStreamTrack[]) => (tracks.length > 0 ? "on" : "none");
  return {
    stream,
    source: "camera",
    audio: state(stream.getAudioTracks()),
    video: state(stream.getVideoTracks()),
  };
}

/** Application messages that wait for one peer. */
const MAX_HELD = 64;

/** How long a peer may take to find a restarted server: as long as a seat is kept. */
const ABSENCE_MS = 30_000;
