import type { Call } from "@tincan/client";
import { CallStats, type PeerSnapshot, WeakLinks } from "@tincan/client/stats";
import { createSignal, onCleanup } from "solid-js";

/** How the connections of a call are, as the page draws it. */
export interface QualityModel {
  /** For histories and exports; `of` is the reactive way to the last snapshot. */
  readonly stats: CallStats;
  of(peer: string): PeerSnapshot | undefined;
  /** Whether a peer gets no picture of ours at the moment, because its link is too weak. */
  pictureHeld(peer: string): boolean;
}

/** Watches the connections of a call, and spares the weak ones; ends with the component that calls it. */
export function createQualityModel(call: Call, held: (peer: string) => void): QualityModel {
  const stats = new CallStats(call);
  const links = new WeakLinks(call, stats);
  const [snapshots, setSnapshots] = createSignal<ReadonlyMap<string, PeerSnapshot>>(new Map());
  const [holding, setHolding] = createSignal<ReadonlySet<string>>(new Set());
  stats.on("sample", ({ peer, snapshot }) => {
    setSnapshots((all) => {
      const present = [...all].filter(([id]) => call.peers.has(id));
      return new Map(present).set(peer.id, snapshot);
    });
  });
  links.on("step", ({ peer, step }) => {
    const before = holding().has(peer.id);
    setHolding((all) => {
      const now = new Set([...all].filter((id) => call.peers.has(id)));
      if (step.video) now.delete(peer.id);
      else now.add(peer.id);
      return now;
    });
    if (!step.video && !before) held(peer.id);
  });
  onCleanup(() => {
    links.dispose();
    stats.dispose();
  });
  return {
    stats,
    of: (peer) => snapshots().get(peer),
    pictureHeld: (peer) => holding().has(peer),
  };
}
