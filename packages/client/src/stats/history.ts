import type { PeerSnapshot } from "./snapshot.ts";

/** One point of a graph; null where there was no value, so that a line has a gap there. */
export interface HistoryPoint {
  readonly atMs: number;
  readonly rttMs: number | null;
  readonly sentBps: number | null;
  readonly receivedBps: number | null;
  /** Of what we receive, the worst track, 0 to 1. */
  readonly lossRatio: number | null;
  readonly jitterMs: number | null;
  /** Of the largest picture that we receive. */
  readonly fps: number | null;
  readonly quality: number;
}

/** Columns, as plotting libraries want them, oldest first. */
export type HistoryColumns = {
  readonly [Name in keyof HistoryPoint]: readonly HistoryPoint[Name][];
};

/** The last points of one peer; older ones make room for new ones. */
export class History {
  readonly #capacity: number;
  readonly #points: HistoryPoint[] = [];
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(snapshot: PeerSnapshot): void {
    this.#points[this.#next] = pointOf(snapshot);
    this.#next = (this.#next + 1) % this.#capacity;
  }

  get points(): readonly HistoryPoint[] {
    if (this.#points.length < this.#capacity) return [...this.#points];
    return [...this.#points.slice(this.#next), ...this.#points.slice(0, this.#next)];
  }

  get columns(): HistoryColumns {
    const { points } = this;
    const column = <Name extends keyof HistoryPoint>(name: Name) =>
      points.map((point) => point[name]);
    return {
      atMs: column("atMs"),
      rttMs: column("rttMs"),
      sentBps: column("sentBps"),
      receivedBps: column("receivedBps"),
      lossRatio: column("lossRatio"),
      jitterMs: column("jitterMs"),
      fps: column("fps"),
      quality: column("quality"),
    };
  }
}

function pointOf({ atMs, connection, received, quality }: PeerSnapshot): HistoryPoint {
  const [largest] = received
    .filter(({ kind }) => kind === "video")
    .toSorted((a, b) => (b.height ?? 0) - (a.height ?? 0));
  return {
    atMs,
    rttMs: connection?.rttMs ?? null,
    sentBps: connection?.sentBps ?? null,
    receivedBps: connection?.receivedBps ?? null,
    lossRatio: most(received.map(({ lossRatio }) => lossRatio)),
    jitterMs: most(received.map(({ jitterMs }) => jitterMs)),
    fps: largest?.fps ?? null,
    quality: quality.level,
  };
}

function most(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}
