import type { Call } from "@tincan/client";
import { Verification } from "@tincan/client/verify";
import { createSignal, onCleanup } from "solid-js";

/** The signs that two people compare to know that nobody sits between them. */
export interface SafetyModel {
  /** False on insecure addresses, where browsers have no hashes. */
  readonly offered: boolean;
  /** Indices of signs; undefined while there are none. */
  of(peer: string): readonly number[] | undefined;
  /** Whether no signs could be made, which somebody in between may be the reason for. */
  failed(peer: string): boolean;
}

/** Makes the signs with everybody in the call; ends with the component that calls it. */
export function createSafetyModel(call: Call): SafetyModel {
  const [signs, setSigns] = createSignal<ReadonlyMap<string, readonly number[]>>(new Map());
  const [failures, setFailures] = createSignal<ReadonlySet<string>>(new Set());
  const verification = isSecureContext ? new Verification(call) : undefined;
  verification?.on("changed", ({ peer, symbols }) => {
    setSigns((all) => {
      const now = new Map(all);
      if (symbols === undefined) now.delete(peer.id);
      else now.set(peer.id, symbols);
      return now;
    });
    setFailures((all) => new Set([...all].filter((id) => id !== peer.id)));
  });
  verification?.on("fault", ({ peer }) => setFailures((all) => new Set(all).add(peer.id)));
  onCleanup(() => verification?.dispose());
  return {
    offered: verification !== undefined,
    of: (peer) => signs().get(peer),
    failed: (peer) => failures().has(peer),
  };
}
