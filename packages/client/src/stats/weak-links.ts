import "../disposable.ts";
import type { Call } from "../call/call.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import type { Peer } from "../peer/peer.ts";
import type { CallStats } from "./call-stats.ts";
import { DEGRADE_STEPS, Degrader, type DegradeStep, type LinkSample } from "./degrader.ts";
import { changeParameters, type PublishedSender, sendersTo } from "./sender-parameters.ts";
import type { PeerSnapshot } from "./snapshot.ts";

/** What happens to weak links, for `WeakLinks.on`. */
export interface WeakLinksEvents {
  /** What this peer gets of our picture has changed; `index` 0 is everything, `step.video` false nothing. */
  readonly step: { readonly peer: Peer; readonly index: number; readonly step: DegradeStep };
}

/**
 * Sends each peer as much picture as the way to it can carry: smaller by steps, then none, and back.
 * The voice is never touched. A shared screen stays sharp and gets fewer frames instead.
 */
export class WeakLinks implements Disposable {
  readonly #call: Call;
  readonly #events = new Emitter<WeakLinksEvents>();
  readonly #degraders = new Map<string, Degrader>();
  /** How each sender was before we touched it. */
  readonly #originals = new WeakMap<RTCRtpSender, RTCRtpEncodingParameters>();
  readonly #applied = new WeakMap<RTCRtpSender, DegradeStep>();
  readonly #ended = new AbortController();

  constructor(call: Call, stats: CallStats, options: ListenOptions = {}) {
    this.#call = call;
    const { signal } = this.#ended;
    stats.on("sample", ({ peer, snapshot }) => this.#sample(peer, snapshot), { signal });
    call.on("peer-left", ({ peer }) => this.#degraders.delete(peer.id), { signal });
    call.on("ended", () => this.#ended.abort(), { signal });
    options.signal?.addEventListener("abort", () => this.dispose(), { signal });
    if (options.signal?.aborted) this.dispose();
  }

  /** The step at which a peer is; 0 is everything. */
  indexOf(peerId: string): number {
    return this.#degraders.get(peerId)?.index ?? 0;
  }

  on<Name extends keyof WeakLinksEvents>(
    event: Name,
    listener: (detail: WeakLinksEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  /** Ends it, and gives everybody the whole picture again. */
  dispose(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#events.clear();
    for (const peer of this.#call.peers.values()) this.#apply(peer, WHOLE);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #sample(peer: Peer, snapshot: PeerSnapshot): void {
    if (snapshot.state !== "connected") return;
    const degrader = this.#degraders.get(peer.id) ?? new Degrader();
    this.#degraders.set(peer.id, degrader);
    const changed = degrader.update(linkOf(snapshot), snapshot.atMs);
    // Also without a change: a repaired connection has senders that know nothing of it.
    this.#apply(peer, degrader.step);
    if (changed) {
      this.#events.emit("step", { peer, index: degrader.index, step: degrader.step });
    }
  }

  #apply(peer: Peer, step: DegradeStep): void {
    for (const published of sendersTo(this.#call, peer)) {
      const { sender, kind } = published;
      if (kind !== "video" || (this.#applied.get(sender) ?? WHOLE) === step) continue;
      this.#applied.set(sender, step);
      void changeParameters(sender, ({ encodings }) => {
        for (const encoding of encodings) this.#limit(published, encoding, step);
      }).then((taken) => {
        if (!taken) this.#applied.delete(sender);
      });
    }
  }

  #limit(
    { sender, source }: PublishedSender,
    encoding: RTCRtpEncodingParameters,
    step: DegradeStep,
  ): void {
    const original = this.#originals.get(sender) ?? { ...encoding };
    this.#originals.set(sender, original);
    const isScreen = source === "screen";
    encoding.active = step.video || isScreen;
    setOrDelete(encoding, "maxBitrate", least(original.maxBitrate, step.maxBitrateBps));
    setOrDelete(encoding, "maxFramerate", least(original.maxFramerate, step.maxFrameRate));
    const scale = (original.scaleResolutionDownBy ?? 1) * (isScreen ? 1 : step.scaleDownBy);
    encoding.scaleResolutionDownBy = scale;
  }
}

const WHOLE = DEGRADE_STEPS[0] as DegradeStep;

function linkOf({ connection, sent }: PeerSnapshot): LinkSample {
  const losses = sent.flatMap(({ lossRatio }) => lossRatio ?? []);
  return {
    lossRatio: losses.length === 0 ? undefined : Math.max(...losses),
    rttMs: connection?.rttMs,
    availableBps: connection?.availableOutgoingBps,
    limited: sent.some(({ qualityLimitation }) => qualityLimitation === "bandwidth"),
  };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function setOrDelete(
  encoding: RTCRtpEncodingParameters,
  name: "maxBitrate" | "maxFramerate",
  value: number | undefined,
): void {
  if (value === undefined) delete encoding[name];
  else encoding[name] = value;
}
