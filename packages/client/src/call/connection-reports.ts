import type { Report } from "@tincan/signaling";
import type { Peer } from "../peer/peer.ts";

/** What of a peer is looked at. */
export type ReportedPeer = Pick<Peer, "id" | "connection"> & {
  readonly pc: { getStats(): Promise<Iterable<readonly [string, unknown]>> };
};

/** Tells the server once for each peer how connecting to it went: PROTOCOL.md, `report`. */
export class ConnectionReports {
  readonly #send: (report: Report) => void;
  readonly #now: () => number;
  /** Peers that nothing was reported of, with the time since which they are in the room. */
  readonly #pending = new Map<string, number>();

  constructor(send: (report: Report) => void, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  /** A peer is in the room, and connecting to it begins. */
  began(id: string): void {
    this.#pending.set(id, this.#now());
  }

  /** Something about a peer changed. */
  changed(peer: ReportedPeer): void {
    const since = this.#pending.get(peer.id);
    if (since === undefined || peer.connection !== "connected") return;
    this.#pending.delete(peer.id);
    void this.#connected(peer, this.#now() - since);
  }

  /** The peer is gone, or the call is over. */
  ended(id: string): void {
    const since = this.#pending.get(id);
    // Who leaves right away has not given up on connecting.
    if (since !== undefined && this.#now() - since >= GIVEN_UP_MS) {
      this.#send({ outcome: "failed" });
    }
    this.#pending.delete(id);
  }

  async #connected({ pc }: ReportedPeer, setupMs: number): Promise<void> {
    try {
      const path = selectedPath(await pc.getStats());
      if (path === undefined) return;
      const rounded = Math.min(Math.round(setupMs), MAX_SETUP_MS);
      this.#send({ outcome: "connected", setupMs: rounded, ...path });
    } catch {
      // A connection that is closed by now has no statistics, and needs none.
    }
  }
}

const GIVEN_UP_MS = 10_000;

/** PROTOCOL.md, `report` */
const MAX_SETUP_MS = 600_000;

type Path = Omit<Extract<Report, { outcome: "connected" }>, "outcome" | "setupMs">;

/** The fields of webrtc-stats that are used (W3C webrtc-stats §8.14, §8.15, §8.16). */
interface Entry {
  readonly type?: string;
  readonly selectedCandidatePairId?: string;
  /** Firefox's word for the pair that is used. */
  readonly selected?: boolean;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly protocol?: string;
  readonly relayProtocol?: string;
}

function selectedPath(stats: Iterable<readonly [string, unknown]>): Path | undefined {
  const entries = new Map(stats as Iterable<readonly [string, Entry]>);
  const all = [...entries.values()];
  const selected = all.find(({ selectedCandidatePairId }) => selectedCandidatePairId !== undefined);
  const pair =
    entries.get(selected?.selectedCandidatePairId ?? "") ??
    all.find(({ type, selected }) => type === "candidate-pair" && selected === true);
  const local = entries.get(pair?.localCandidateId ?? "");
  const remote = entries.get(pair?.remoteCandidateId ?? "");
  const kinds = [oneOf(KINDS, local?.candidateType), oneOf(KINDS, remote?.candidateType)] as const;
  const protocol = oneOf(["udp", "tcp"] as const, local?.protocol?.toLowerCase());
  const relay = oneOf(["udp", "tcp", "tls"] as const, local?.relayProtocol?.toLowerCase());
  if (kinds[0] === undefined || kinds[1] === undefined || protocol === undefined) return undefined;
  return {
    local: kinds[0],
    remote: kinds[1],
    protocol,
    ...(kinds[0] === "relay" && relay !== undefined && { relay }),
  };
}

const KINDS = ["host", "srflx", "prflx", "relay"] as const;

function oneOf<Word extends string>(words: readonly Word[], word: unknown): Word | undefined {
  return words.find((known) => known === word);
}
