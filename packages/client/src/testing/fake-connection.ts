interface FakeDescription {
  readonly type: "offer" | "answer";
  readonly sdp: string;
}

/**
 * The signaling state machine of W3C WebRTC §4.4.1.5 and §4.7.3: an operations chain, implicit
 * descriptions, rollback, negotiationneeded. What is negotiated is one number for each side.
 */
export class FakeConnection extends EventTarget {
  content = 0;
  refusesCandidates = false;
  readonly candidates: string[] = [];
  readonly #session: string;
  readonly #delay: () => number;
  #generation = 0;
  #closed = false;
  #chain: Promise<unknown> = Promise.resolve();
  #operations = 0;
  #flag = false;
  #local: FakeDescription | null = null;
  #remote: FakeDescription | null = null;
  #pendingLocal: FakeDescription | null = null;
  #pendingRemote: FakeDescription | null = null;

  constructor(session: string, delay: () => number) {
    super();
    this.#session = session;
    this.#delay = delay;
  }

  get signalingState(): RTCSignalingState {
    if (this.#closed) return "closed";
    if (this.#pendingLocal !== null) return "have-local-offer";
    return this.#pendingRemote === null ? "stable" : "have-remote-offer";
  }

  get localDescription(): FakeDescription | null {
    return this.#pendingLocal ?? this.#local;
  }

  get remoteDescription(): FakeDescription | null {
    return this.#pendingRemote ?? this.#remote;
  }

  /** What the other side has told of itself. */
  get heard(): number {
    return contentOf(this.#remote);
  }

  change(): void {
    this.content += 1;
    this.#update();
  }

  close(): void {
    this.#closed = true;
  }

  setLocalDescription(): Promise<void> {
    return this.#operate(() => {
      this.#generation += 1;
      const made = sdp(this.#session, this.content, `${this.#session}${this.#generation}`);
      if (this.#pendingRemote === null) {
        this.#pendingLocal = { type: "offer", sdp: made };
      } else {
        this.#local = { type: "answer", sdp: made };
        this.#remote = this.#pendingRemote;
        this.#pendingRemote = null;
        this.#stable();
      }
      const usernameFragment = `${this.#session}${this.#generation}`;
      const found = { candidate: "host", usernameFragment };
      const candidate = { ...found, toJSON: () => found };
      setTimeout(() => this.fire("icecandidate", { candidate }), this.#delay());
    });
  }

  setRemoteDescription(description: FakeDescription): Promise<void> {
    return this.#operate(() => {
      if (!description.sdp.startsWith("v=0")) throw new Error("OperationError");
      if (description.type === "offer") {
        this.#pendingLocal = null;
        this.#pendingRemote = description;
        return;
      }
      if (this.#pendingLocal === null) throw new Error("InvalidStateError");
      this.#local = this.#pendingLocal;
      this.#pendingLocal = null;
      this.#remote = description;
      this.#stable();
    });
  }

  addIceCandidate({ candidate: text = "", usernameFragment }: RTCIceCandidateInit): Promise<void> {
    return this.#operate(() => {
      if (this.refusesCandidates) throw new Error("OperationError");
      if (!this.remoteDescription?.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`)) {
        throw new Error("OperationError");
      }
      this.candidates.push(text);
    });
  }

  protected fire(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }

  /** Throws as a browser does where a closed connection is asked for something. */
  protected assertOpen(): void {
    if (this.#closed) throw new DOMException("closed", "InvalidStateError");
  }

  async #operate(step: () => void): Promise<void> {
    this.assertOpen();
    this.#operations += 1;
    const done = this.#chain.then(async () => {
      await new Promise((resolve) => setTimeout(resolve, this.#delay()));
      try {
        this.assertOpen();
        step();
      } finally {
        this.#operations -= 1;
        if (this.#operations === 0) this.#update();
      }
    });
    this.#chain = done.catch(() => {});
    await done;
  }

  #stable(): void {
    this.#flag = false;
    this.fire("signalingstatechange");
    this.#update();
  }

  #update(): void {
    if (this.#operations > 0 || this.signalingState !== "stable") return;
    if (this.content === contentOf(this.#local)) this.#flag = false;
    else if (!this.#flag) {
      this.#flag = true;
      setTimeout(() => {
        if (this.#operations > 0) {
          this.#flag = false;
        } else if (this.#flag && this.signalingState === "stable") {
          this.fire("negotiationneeded");
        }
      });
    }
  }
}

function contentOf(description: FakeDescription | null): number {
  return Number(/a=content:(\d+)/.exec(description?.sdp ?? "")?.[1] ?? 0);
}

/** A description of one connection: who made it, what it says, and the candidates that belong to it. */
export function sdp(session: string, content: number, ufrag: string): string {
  return `v=0\r\no=- ${session} 1 IN IP4 0.0.0.0\r\na=ice-ufrag:${ufrag}\r\na=content:${content}\r\n`;
}
