import { expect, it } from "vitest";
import { History } from "./history.ts";
import type { PeerSnapshot } from "./snapshot.ts";

function snapshot(atMs: number): PeerSnapshot {
  return {
    atMs,
    connection: undefined,
    received: [
      { kind: "video", fps: 24, lossRatio: 0.1 },
      { kind: "audio", lossRatio: 0.2 },
    ],
    quality: { level: 4, reason: "none" },
  } as unknown as PeerSnapshot;
}

it("keeps the last points in their order, with gaps where nothing was known", () => {
  const history = new History(3);
  for (const atMs of [1, 2, 3, 4, 5]) history.add(snapshot(atMs));
  expect(history.columns.atMs).toEqual([3, 4, 5]);
  expect(history.columns.rttMs).toEqual([null, null, null]);
  expect(history.points[0]).toMatchObject({ fps: 24, lossRatio: 0.2, quality: 4 });
});
