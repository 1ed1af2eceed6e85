import type { Instant } from "../wire/index.ts";
import type { GatheringState, IceState } from "./agent-event.ts";
import type { Generations } from "./generations.ts";
import type { Patience } from "./patience.ts";

/** What the state of an agent follows from. */
export interface AgentCondition {
  readonly state: IceState;
  readonly generations: Generations;
  readonly gathering: GatheringState;
  readonly patience: Patience;
  readonly isLite: boolean;
}

/** The state that an agent is in by now (W3C webrtc §5.6.4). */
export function iceStateAt(now: Instant, agent: AgentCondition): IceState {
  const { state, generations, gathering, patience, isLite } = agent;
  const { current, previous } = generations;
  const { connectivity, consent } = current;
  const inUse = consent ?? previous?.consent;
  if (inUse !== undefined) {
    if (inUse.isInterrupted(now)) return "disconnected";
    if (inUse !== consent) return connectivity.remote === undefined ? "connected" : "checking";
    const isSettled = consent.pair.isNominated && !connectivity.isBusy;
    const isAllTold = current.hasAllRemotes && gathering === "complete";
    return isSettled && isAllTold ? "completed" : "connected";
  }
  if (connectivity.remote === undefined) return "new";
  // Checking begins with the first candidate of the other side, be it told or seen.
  const isWaiting = state === "new" && connectivity.remoteCandidates.length === 0;
  if (isWaiting && !patience.isOver) return "new";
  if (patience.isOver && (!connectivity.isBusy || isLite)) return "failed";
  const isFirstTry = state === "new" || state === "checking";
  return isFirstTry && !patience.isStrained ? "checking" : "disconnected";
}
