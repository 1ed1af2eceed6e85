import "../disposable.ts";
import type { Call } from "../call/call.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import type { Peer } from "../peer/peer.ts";
import { History, type HistoryColumns } from "./history.ts";
import { QualityTrend, qualityOf } from "./quality.ts";
import { readReport } from "./read-report.ts";
import type { CandidateSnapshot, PeerSnapshot } from "./snapshot.ts";
import { Report } from "./stat.ts";

/** How often to ask the connections, and how much to keep. */
export interface CallStatsOptions {
  /** From one sample to the next; 2000 unless told, at least 500. */
  readonly intervalMs?: number;
  /** How many samples of each peer are kept for graphs; 150 unless told, at most 3600. */
  readonly history?: number;
  /** Ends it when it aborts; it ends with the call, too. */
  readonly signal?: AbortSignal;
}

/** What statistics tell, for `CallStats.on`. */
export interface CallStatsEvents {
  /** A new snapshot of this peer. */
  readonly sample: { readonly peer: Peer; readonly snapshot: PeerSnapshot };
  /** What `snapshot.quality` says is another thing than before. */
  readonly quality: { readonly peer: Peer; readonly snapshot: PeerSnapshot };
}

/** What goes into an export. */
export interface ExportOptions {
  /** With the IP addresses of both sides. Left out unless told: exports are passed on. */
  readonly addresses?: boolean;
}

/** Asks the connections of a call how they are, all at the same time. One is enough for a call. */
export class CallStats implements Disposable {
  readonly #call: Call;
  readonly #capacity: number;
  readonly #events = new Emitter<CallStatsEvents>();
  readonly #watched = new Map<string, Watched>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #ended = new AbortController();

  constructor(call: Call, options: CallStatsOptions = {}) {
    const { intervalMs = 2_000, history = 150, signal } = options;
    this.#call = call;
    this.#capacity = Math.min(3_600, Math.max(2, history));
    this.#timer = setInterval(() => void this.sample(), Math.max(500, intervalMs));
    const while_ = { signal: this.#ended.signal };
    call.on("ended", () => this.dispose(), while_);
    call.on("peer-left", ({ peer }) => this.#watched.delete(peer.id), while_);
    signal?.addEventListener("abort", () => this.dispose(), while_);
    if (signal?.aborted) this.dispose();
    else void this.sample();
  }

  /** The last snapshot of a peer. */
  of(peerId: string): PeerSnapshot | undefined {
    return this.#watched.get(peerId)?.last;
  }

  /** The last samples of a peer, for graphs. */
  history(peerId: string): HistoryColumns | undefined {
    return this.#watched.get(peerId)?.history.columns;
  }

  /** Takes a sample now, beside those of the timer. */
  async sample(): Promise<void> {
    await Promise.all(Array.from(this.#call.peers.values(), (peer) => this.#sample(peer)));
  }

  /** All that is known, as text to keep or to pass on. */
  export(options: ExportOptions = {}): string {
    const { addresses = false } = options;
    const peers = Array.from(this.#watched, ([id, { last, history }]) => ({
      id,
      last: last && (addresses ? last : withoutAddresses(last)),
      history: history.points,
    }));
    const { userAgent } = navigator;
    return JSON.stringify({ version: 1, atMs: Date.now(), userAgent, peers }, undefined, 2);
  }

  on<Name extends keyof CallStatsEvents>(
    event: Name,
    listener: (detail: CallStatsEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#ended.abort();
    this.#events.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #sample(peer: Peer): Promise<void> {
    const watched = this.#watched.get(peer.id) ?? {
      history: new History(this.#capacity),
      trend: new QualityTrend(),
    };
    // A report that takes longer than the interval is waited for.
    if (watched.busy) return;
    watched.busy = true;
    this.#watched.set(peer.id, watched);
    const { pc } = peer;
    try {
      const report = new Report(await pc.getStats());
      if (this.#ended.signal.aborted || this.#watched.get(peer.id) !== watched) return;
      // Ids come again on another connection; what they counted there says nothing here.
      const before = watched.pc === pc ? watched.report : undefined;
      const reading = readReport(report, before, (trackId) => this.#sourceOf(peer, trackId));
      const quality = watched.trend.update(qualityOf(peer.connection, reading));
      const was = watched.last?.quality;
      const snapshot: PeerSnapshot = {
        peerId: peer.id,
        atMs: Date.now(),
        state: peer.connection,
        ...reading,
        quality,
      };
      Object.assign(watched, { pc, report, last: snapshot });
      watched.history.add(snapshot);
      this.#events.emit("sample", { peer, snapshot });
      if (was?.level !== quality.level || was.reason !== quality.reason) {
        this.#events.emit("quality", { peer, snapshot });
      }
    } catch {
      // The connection was closed meanwhile.
    } finally {
      watched.busy = false;
    }
  }

  #sourceOf(peer: Peer, trackId: string | undefined): string | undefined {
    const streams = [...peer.streams, ...this.#call.publications];
    return streams.find(({ stream }) => stream.getTracks().some(({ id }) => id === trackId))
      ?.source;
  }
}

interface Watched {
  readonly history: History;
  readonly trend: QualityTrend;
  busy?: boolean;
  pc?: RTCPeerConnection;
  report?: Report;
  last?: PeerSnapshot;
}

function withoutAddresses(snapshot: PeerSnapshot): PeerSnapshot {
  const { connection } = snapshot;
  if (connection === undefined) return snapshot;
  const hide = (candidate: CandidateSnapshot | undefined) =>
    candidate && { ...candidate, address: undefined };
  return {
    ...snapshot,
    connection: {
      ...connection,
      local: hide(connection.local),
      remote: hide(connection.remote),
    },
  };
}
