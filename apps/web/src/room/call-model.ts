import type { Call, CallState } from "@tincan/client";
import { type Accessor, createSignal, onCleanup } from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import { type Participant, participantOf } from "./participants.ts";

/** What the page draws of a call. */
export interface CallModel {
  readonly state: Accessor<CallState>;
  /** Whether the server has said that it ends soon. */
  readonly draining: Accessor<boolean>;
  readonly participants: readonly Participant[];
}

/** What happened that is worth a word. */
export type Happening = "joined" | "left" | "lost" | "removed";

/** Follows a call's events; ends with the component that calls it. */
export function createCallModel(
  call: Call,
  tell: (happening: Happening, name: string) => void,
): CallModel {
  const [state, setState] = createSignal(call.state);
  const [draining, setDraining] = createSignal(false);
  const [participants, setParticipants] = createStore<Participant[]>([]);
  const refresh = (): void => {
    setParticipants(reconcile([...call.peers.values()].map(participantOf), { key: "id" }));
  };
  const listening = new AbortController();
  const options = { signal: listening.signal };
  call.on("draining", () => setDraining(true), options);
  call.on(
    "state",
    (next) => {
      setState(next);
      // Back at a server, which is the next one.
      if (next === "connected") setDraining(false);
    },
    options,
  );
  call.on("peer-changed", refresh, options);
  call.on("track", refresh, options);
  call.on(
    "peer-joined",
    (peer) => {
      refresh();
      tell("joined", peer.name);
    },
    options,
  );
  call.on(
    "peer-left",
    ({ peer, reason }) => {
      refresh();
      tell(reason, peer.name);
    },
    options,
  );
  onCleanup(() => listening.abort());
  refresh();
  return { state, draining, participants };
}
