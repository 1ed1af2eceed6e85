/** One end of a connection that a page makes with itself. */
export interface LoopbackEnd {
  readonly config?: RTCConfiguration;
  /** Which of its candidates the other end is told. */
  readonly tells: (candidate: RTCIceCandidate) => boolean;
}

export interface LoopbackOptions {
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The second end hears nothing before it has gathered, so that the first knows its addresses before it sends. */
  readonly secondGathersFirst?: boolean;
}

/**
 * A real connection between two ends in one page, on a way that is chosen by the candidates that they
 * tell each other, with a data channel that echoes what it gets.
 */
export class Loopback implements Disposable {
  readonly ends: readonly [RTCPeerConnection, RTCPeerConnection];
  readonly #options: LoopbackOptions;
  readonly #closed = new AbortController();
  #echo: RTCDataChannel | undefined;

  /** Connects and echoes some bytes; `undefined` where that does not come about in time. */
  static async open(
    first: LoopbackEnd,
    second: LoopbackEnd,
    options: LoopbackOptions,
  ): Promise<Loopback | undefined> {
    const loop = new Loopback(first, second, options);
    const opened = await Promise.race([loop.#open(), wait(options.patienceMs, options.signal)]);
    if (opened === true) return loop;
    loop[Symbol.dispose]();
    return undefined;
  }

  private constructor(first: LoopbackEnd, second: LoopbackEnd, options: LoopbackOptions) {
    this.#options = options;
    this.ends = [new RTCPeerConnection(first.config), new RTCPeerConnection(second.config)];
    const [a, b] = this.ends;
    const gathered = options.secondGathersFirst ? gatheredSoon(b) : Promise.resolve();
    pass(a, b, first.tells, () => gathered);
    pass(b, a, second.tells, () => Promise.resolve());
    b.ondatachannel = ({ channel }) => {
      if (channel.label !== ECHO) return;
      channel.binaryType = "arraybuffer";
      channel.onmessage = ({ data }) => {
        if (channel.readyState === "open") channel.send(data);
      };
    };
  }

  /** Sends a text over the echo channel and answers how long it took to come back; `undefined`: it did not. */
  async echo(patienceMs: number): Promise<number | undefined> {
    const channel = this.#echo;
    if (channel?.readyState !== "open") return undefined;
    const token = crypto.getRandomValues(new Uint32Array(2)).join("-");
    const start = performance.now();
    const back = new Promise<number>((resolve) => {
      channel.addEventListener("message", ({ data }) => {
        if (data === token) resolve(performance.now() - start);
      });
    });
    channel.send(token);
    const ms = await Promise.race([back, wait(patienceMs, this.#closed.signal)]);
    return typeof ms === "number" ? ms : undefined;
  }

  /** Offers and answers; again for another path after `restartIce`. */
  async negotiate(): Promise<void> {
    const [a, b] = this.ends;
    await a.setLocalDescription();
    await b.setRemoteDescription(withoutCandidates(a.localDescription));
    await b.setLocalDescription();
    await a.setRemoteDescription(withoutCandidates(b.localDescription));
  }

  /** The type of the candidate at which the first end sees the second. */
  async seenAs(): Promise<RTCIceCandidateType | undefined> {
    const report = [...(await this.ends[0].getStats()).values()];
    const transport = report.find(({ type }) => type === "transport");
    const pair =
      report.find(({ id }) => id === transport?.selectedCandidatePairId) ??
      report.find(({ type, nominated, state }) => {
        return type === "candidate-pair" && nominated === true && state === "succeeded";
      });
    return report.find(({ id }) => id === pair?.remoteCandidateId)?.candidateType;
  }

  [Symbol.dispose](): void {
    this.#closed.abort();
    for (const end of this.ends) end.close();
  }

  async #open(): Promise<boolean> {
    const echo = this.ends[0].createDataChannel(ECHO);
    this.#echo = echo;
    const open = new Promise((resolve) => {
      echo.onopen = resolve;
    });
    await this.negotiate();
    await open;
    return (await this.echo(this.#options.patienceMs)) !== undefined;
  }
}

const ECHO = "echo";

/** Passes on candidates that may be told, in their order. */
function pass(
  from: RTCPeerConnection,
  to: RTCPeerConnection,
  tells: (candidate: RTCIceCandidate) => boolean,
  when: () => Promise<void>,
): void {
  from.onicecandidate = async ({ candidate }) => {
    if (candidate === null || candidate.candidate === "" || !tells(candidate)) return;
    await Promise.all([when(), described(to)]);
    // One that is refused is one way less.
    if (to.signalingState !== "closed") await to.addIceCandidate(candidate).catch(() => {});
  };
}

function described(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (connection.remoteDescription !== null) resolve();
    };
    connection.addEventListener("signalingstatechange", look);
    look();
  });
}

/** Waits for the end of gathering, or until servers that do not answer can be given up. */
function gatheredSoon(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "complete") resolve();
    });
    setTimeout(resolve, GATHERS_WITHIN_MS);
  });
}

const GATHERS_WITHIN_MS = 1500;

/** What is in a description already would go past the choice. */
function withoutCandidates(description: RTCSessionDescription | null): RTCSessionDescriptionInit {
  const sdp = description?.sdp.replace(/^a=(candidate:.*|end-of-candidates)\r\n/gm, "") ?? "";
  return { type: description?.type ?? "offer", sdp };
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, undefined);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
