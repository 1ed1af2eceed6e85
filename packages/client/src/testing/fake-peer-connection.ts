import { FakeConnection } from "./fake-connection.ts";

/** What is between two pages: finds the other end of a connection by what was negotiated. */
export class FakePath {
  readonly connections = new Map<string, FakePeerConnection>();

  connection(page: string): FakePeerConnection {
    const session = `${page}.${this.connections.size + 1}`;
    const made = new FakePeerConnection(this, session);
    this.connections.set(session, made);
    return made;
  }

  /** The connections that nobody has closed. */
  get open(): FakePeerConnection[] {
    return [...this.connections.values()].filter((pc) => pc.connectionState !== "closed");
  }
}

/**
 * An RTCPeerConnection that connects where two of them are described to each other. As Chromium 156 does it:
 * whoever is closed throws at whoever asks for something, both ends hear of it by their data channels alone,
 * and what the other side left is "disconnected" after 5 s and "failed" after 15.
 */
export class FakePeerConnection extends FakeConnection {
  connectionState: RTCPeerConnectionState = "new";
  readonly session: string;
  readonly #path: FakePath;
  readonly #channels: EventTarget[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(path: FakePath, session: string) {
    super(session, () => 1);
    this.#path = path;
    this.session = session;
    this.addEventListener("signalingstatechange", () => this.#described());
  }

  /** The open connection at the other end, where that means this one as well. */
  get partner(): FakePeerConnection | undefined {
    const partner = this.#path.connections.get(this.#remoteSession ?? "");
    if (partner === undefined || partner.connectionState === "closed") return undefined;
    return partner.#remoteSession === this.session ? partner : undefined;
  }

  setConfiguration(): void {
    this.assertOpen();
  }

  createDataChannel(): EventTarget {
    this.assertOpen();
    const channel = new EventTarget();
    this.#channels.push(channel);
    if (this.#channels.length === 1) this.change();
    return channel;
  }

  restartIce(): void {
    if (this.connectionState !== "closed") this.change();
  }

  getTransceivers(): [] {
    return [];
  }

  /** With `silently` as a device that is gone at once: the other end is told nothing. */
  override close(silently = false): void {
    if (this.connectionState === "closed") return;
    const { partner } = this;
    super.close();
    clearTimeout(this.#timer);
    this.connectionState = "closed";
    setTimeout(() => this.#closeChannels(), 1);
    partner?.abandoned(silently);
  }

  abandoned(silently: boolean): void {
    if (this.connectionState !== "connected") return;
    if (!silently) setTimeout(() => this.#closeChannels(), WAY_MS);
    this.#later("disconnected", 5_000, () => this.#later("failed", 10_000));
  }

  get #remoteSession(): string | undefined {
    return /^o=- (\S+) /m.exec(this.remoteDescription?.sdp ?? "")?.[1];
  }

  #described(): void {
    if (this.connectionState === "connected" || this.connectionState === "closed") return;
    if (this.connectionState === "new") this.#change("connecting");
    this.#later("failed", 15_000);
    const { partner } = this;
    if (partner?.signalingState !== "stable") return;
    for (const end of [this, partner]) {
      end.#later("connected", WAY_MS);
    }
  }

  #later(state: RTCPeerConnectionState, ms: number, then = () => {}): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (state === "connected" && this.partner === undefined) return;
      this.#change(state);
      then();
    }, ms);
  }

  #change(state: RTCPeerConnectionState): void {
    if (this.connectionState === state) return;
    this.connectionState = state;
    this.fire("connectionstatechange");
  }

  #closeChannels(): void {
    for (const channel of this.#channels) channel.dispatchEvent(new Event("close"));
  }
}

/** How long a datagram takes to the other end. */
const WAY_MS = 20;
