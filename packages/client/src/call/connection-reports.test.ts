import type { Report } from "@tincan/signaling";
import { expect, test, vi } from "vitest";
import { ConnectionReports, type ReportedPeer } from "./connection-reports.ts";

const CHROMIUM = {
  T: { type: "transport", selectedCandidatePairId: "P" },
  P: { type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R" },
  L: { type: "local-candidate", candidateType: "relay", protocol: "udp", relayProtocol: "tls" },
  R: { type: "remote-candidate", candidateType: "srflx", protocol: "udp", address: "192.0.2.7" },
};
const FIREFOX = {
  O: { type: "candidate-pair", selected: false, localCandidateId: "R", remoteCandidateId: "R" },
  P: { type: "candidate-pair", selected: true, localCandidateId: "L", remoteCandidateId: "R" },
  L: { type: "local-candidate", candidateType: "host", protocol: "udp" },
  R: { type: "remote-candidate", candidateType: "prflx" },
};

function setup() {
  const reports: Report[] = [];
  const clock = { now: 0 };
  const subject = new ConnectionReports(
    (report) => reports.push(report),
    () => clock.now,
  );
  return { reports, clock, subject };
}

function peer(connection: ReportedPeer["connection"], stats: object = CHROMIUM): ReportedPeer {
  return { id: "bob", connection, pc: { getStats: async () => new Map(Object.entries(stats)) } };
}

test.each([
  [CHROMIUM, { local: "relay", remote: "srflx", protocol: "udp", relay: "tls" }],
  [FIREFOX, { local: "host", remote: "prflx", protocol: "udp" }],
])(
  "the first connection to a peer is reported, once and without an address",
  async (stats, path) => {
    const { reports, clock, subject } = setup();
    subject.began("bob");
    clock.now = 812.4;
    subject.changed(peer("connecting", stats));
    for (let n = 0; n < 3; n += 1) subject.changed(peer("connected", stats));
    await vi.waitFor(() =>
      expect(reports).toEqual([{ outcome: "connected", setupMs: 812, ...path }]),
    );
  },
);

test("a peer that was never reached is reported when it goes, if it was waited for", () => {
  const { reports, clock, subject } = setup();
  subject.began("amy");
  subject.ended("amy");
  subject.began("bob");
  clock.now = 10_000;
  subject.ended("bob");
  subject.ended("bob");
  expect(reports).toEqual([{ outcome: "failed" }]);
});

test.each([{}, { P: { type: "candidate-pair", selected: true, localCandidateId: "X" } }])(
  "statistics without a path are no report: %j",
  async (stats) => {
    const { reports, subject } = setup();
    subject.began("bob");
    subject.changed(peer("connected", stats));
    await Promise.resolve();
    await Promise.resolve();
    expect(reports).toEqual([]);
  },
);

test("a connection that is closed meanwhile does no harm", async () => {
  const { reports, subject } = setup();
  subject.began("bob");
  const closed = { getStats: () => Promise.reject(new Error("closed")) };
  subject.changed({ ...peer("connected"), pc: closed });
  await Promise.resolve();
  expect(reports).toEqual([]);
});
