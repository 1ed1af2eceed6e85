import type { Peer } from "@tincan/client";
import { type CodeFailure, type Meeting, meet, type TransferCode } from "@tincan/client/code";
import { type Accessor, createSignal, onCleanup } from "solid-js";
import type { TextKey } from "../i18n/en.ts";
import { tab, visits } from "../storage.ts";
import { phaseOfFailure } from "./phase.ts";

/** Where one stands with a transfer. */
export type TransferPhase =
  | { readonly name: "joining" }
  | { readonly name: "meeting"; readonly meeting: Meeting }
  | { readonly name: "failed"; readonly text: TextKey };

/** One way to another browser or terminal, by a code. */
export interface TransferSession {
  readonly phase: Accessor<TransferPhase>;
  /** The other side, once the code fits, also after it has left. */
  readonly peer: Accessor<Peer | undefined>;
  readonly isPeerHere: Accessor<boolean>;
}

/** Goes where a code leads, or makes one; leaves with the component that called it. */
export function createTransferSession(code: TransferCode | undefined): TransferSession {
  const [phase, setPhase] = createSignal<TransferPhase>({ name: "joining" });
  const [peer, setPeer] = createSignal<Peer>();
  const [isPeerHere, setPeerHere] = createSignal(false);
  const leaving = new AbortController();
  const { signal } = leaving;

  const follow = (meeting: Meeting): void => {
    const { call, lock } = meeting;
    signal.addEventListener("abort", () => void call.leave());
    lock.on("trusted", (met) => {
      setPeer(met);
      setPeerHere(true);
    });
    lock.on("failed", (failure: CodeFailure) => {
      // A stranger's guess is no reason to end what is under way.
      if (!isPeerHere()) fail(`transfer.failed.${failure}`);
    });
    call.on("peer-left", (left) => {
      if (left.peer === peer()) setPeerHere(false);
    });
    call.on("ended", () => {
      if (!isPeerHere() && peer() === undefined) fail("transfer.failed.ended");
      setPeerHere(false);
    });
    setPhase({ name: "meeting", meeting });
  };
  const fail = (text: TextKey): void => {
    if (signal.aborted) return;
    setPhase({ name: "failed", text });
    leaving.abort();
  };

  onCleanup(() => leaving.abort());
  meet({ code, signal, name: visits.getItem("tincan.name") ?? "", storage: tab }).then(
    (meeting) => {
      if (signal.aborted) void meeting.call.leave();
      else follow(meeting);
    },
    (error: unknown) => fail(failureText(error)),
  );
  return { phase, peer, isPeerHere };
}

function failureText(error: unknown): TextKey {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const failure = phaseOfFailure(code as Parameters<typeof phaseOfFailure>[0]);
  if (failure.name === "refused") return failure.text;
  return failure.name === "full" ? "transfer.failed.full" : "unreachable.text";
}
