import type { LocalPublication } from "../call/publication.ts";
import { type CodecPreferences, preferCodecs } from "./codec-preferences.ts";
import { Negotiation, type NegotiationBody } from "./negotiation.ts";
import { Senders } from "./senders.ts";

export interface PeerLinkOptions {
  readonly pc: RTCPeerConnection;
  readonly polite: boolean;
  /** Whether the other side begins, see `NegotiationOptions`. */
  readonly waitForOffer: boolean;
  readonly codecs: CodecPreferences;
  readonly send: (body: NegotiationBody) => void;
  readonly onState: (state: RTCPeerConnectionState) => void;
  /** Both sides are described. */
  readonly onNegotiated: () => void;
  /** The other side has closed its connection and not begun another. */
  readonly onGone: () => void;
  readonly onTrack: (track: MediaStreamTrack, stream: MediaStream) => void;
  readonly onTrackRemoved: () => void;
  readonly onForeign: (bodies: readonly NegotiationBody[]) => void;
  readonly onFault: (what: "description" | "candidate", error: unknown) => void;
}

/** One RTCPeerConnection to one instance of a peer: what is sent over it, what comes, how it is negotiated. */
export class PeerLink {
  readonly pc: RTCPeerConnection;
  readonly #options: PeerLinkOptions;
  readonly #negotiation: Negotiation;
  readonly #senders: Senders;
  readonly #streams = new Map<string, MediaStream>();
  #closed = false;
  #goneTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PeerLinkOptions) {
    const { pc, polite, waitForOffer, codecs, send, onForeign, onFault } = options;
    this.pc = pc;
    this.#options = options;
    this.#senders = new Senders(pc);
    this.#negotiation = new Negotiation({
      pc,
      polite,
      waitForOffer,
      send,
      onForeign,
      onFault,
      beforeDescription: () => {
        this.#senders.nameStreams();
        // A connection outside of browsers may be one for data alone.
        if ("getTransceivers" in pc) preferCodecs(pc.getTransceivers(), codecs);
      },
    });
    pc.addEventListener("connectionstatechange", () => {
      if (!this.#closed) options.onState(pc.connectionState);
    });
    pc.addEventListener("signalingstatechange", () => {
      if (!this.#closed && pc.signalingState === "stable") options.onNegotiated();
    });
    pc.addEventListener("track", (event) => this.#heard(event));
    // Both sides open it by themselves, so that they connect before anybody publishes anything.
    const pulse = pc.createDataChannel("tincan", { negotiated: true, id: 0 });
    // Closed by the other side together with its connection. If that was for a new one, its offer is on its way.
    pulse.addEventListener("close", () => {
      if (!this.#closed) this.#goneTimer = setTimeout(() => options.onGone(), GONE_MS);
    });
  }

  /** The streams that have a track at the moment. */
  get streams(): MediaStream[] {
    return [...this.#streams.values()].filter((stream) => stream.getTracks().length > 0);
  }

  async publish(publication: LocalPublication): Promise<void> {
    if (!this.#isOver) await this.#senders.sync(publication);
  }

  unpublish(publication: LocalPublication): void {
    if (!this.#isOver) this.#senders.remove(publication);
  }

  configure(configuration: RTCConfiguration): void {
    if (!this.#isOver) this.pc.setConfiguration(configuration);
  }

  receive(body: NegotiationBody): void {
    this.#negotiation.receive(body);
  }

  restartNegotiation(): void {
    this.#negotiation.restart();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#goneTimer);
    this.#negotiation.close();
    this.pc.close();
  }

  /**
   * Whether nothing can be asked of the connection any more: a closed one throws at whoever tries. It need
   * not be us who closed it, and what takes its place is given everything from the start.
   */
  get #isOver(): boolean {
    return this.pc.signalingState === "closed";
  }

  #heard({ track, streams }: RTCTrackEvent): void {
    if (this.#closed) return;
    for (const stream of streams) {
      if (this.#streams.get(stream.id) !== stream) this.#listen(stream);
      this.#options.onTrack(track, stream);
    }
  }

  #listen(stream: MediaStream): void {
    for (const [id, old] of this.#streams) {
      if (old.getTracks().length === 0) this.#streams.delete(id);
    }
    // Who sends more streams than it can describe (`media` has 16) is not heard with them.
    if (this.#streams.size >= MAX_STREAMS) return;
    this.#streams.set(stream.id, stream);
    stream.addEventListener("removetrack", () => {
      if (!this.#closed) this.#options.onTrackRemoved();
    });
  }
}

const MAX_STREAMS = 16;

const GONE_MS = 1_000;
