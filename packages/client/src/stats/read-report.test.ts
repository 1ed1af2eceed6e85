import { describe, expect, it } from "vitest";
import { readReport } from "./read-report.ts";
import { Report } from "./stat.ts";

/** As a browser answers `getStats`, in the parts that count. */
function report(atMs: number, fields: Record<string, object>): Report {
  const entries = Object.entries(fields);
  return new Report({
    forEach: (each) => {
      for (const [id, stat] of entries)
        each({ id, timestamp: atMs, ...stat } as never, id, null as never);
    },
  });
}

const video = {
  type: "inbound-rtp",
  kind: "video",
  trackIdentifier: "t1",
  codecId: "C",
  frameWidth: 640,
  frameHeight: 360,
  framesPerSecond: 24,
  bytesReceived: 1_000,
  packetsReceived: 100,
  packetsLost: 0,
  totalFreezesDuration: 0,
  jitter: 0.012,
  jitterBufferDelay: 1,
  jitterBufferEmittedCount: 20,
};
const codec = { type: "codec", mimeType: "video/VP9", payloadType: 98, clockRate: 90_000 };

describe("a received track", () => {
  it("has rates since the report before, in bits and milliseconds", () => {
    const before = report(1_000, { V: video, C: codec });
    const now = report(3_000, {
      C: codec,
      V: {
        ...video,
        bytesReceived: 126_000,
        packetsReceived: 190,
        packetsLost: 10,
        totalFreezesDuration: 0.5,
        jitterBufferDelay: 3,
        jitterBufferEmittedCount: 60,
      },
    });
    const [track] = readReport(now, before, () => "screen").received;
    expect(track).toMatchObject({
      kind: "video",
      trackId: "t1",
      source: "screen",
      width: 640,
      height: 360,
      fps: 24,
      bitrateBps: 500_000,
      lossRatio: 0.1,
      frozenRatio: 0.25,
      jitterMs: 12,
      jitterBufferDelayMs: 50,
      idle: false,
    });
    expect(track?.codec).toMatchObject({ mimeType: "video/VP9", payloadType: 98 });
  });

  it("has no rates at first, nor when its counters have begun anew", () => {
    const first = report(1_000, { V: video });
    expect(readReport(first, undefined).received[0]).toMatchObject({
      bitrateBps: undefined,
      lossRatio: undefined,
    });
    const anew = report(2_000, { V: { ...video, bytesReceived: 10 } });
    expect(readReport(anew, first).received[0]?.bitrateBps).toBeUndefined();
  });

  it("is idle when nothing comes", () => {
    const before = report(1_000, { V: video });
    expect(readReport(report(3_000, { V: video }), before).received[0]?.idle).toBe(true);
  });

  it("counts as concealed what was made up while somebody spoke, and not silence", () => {
    const audio = { type: "inbound-rtp", kind: "audio" };
    const counters = (concealedSamples: number, silentConcealedSamples: number, total: number) => ({
      A: { ...audio, concealedSamples, silentConcealedSamples, totalSamplesReceived: total },
    });
    const now = report(2_000, counters(700, 200, 49_000));
    const before = report(1_000, counters(100, 100, 1_000));
    expect(readReport(now, before).received[0]?.concealedRatio).toBeCloseTo(500 / 48_000);
  });
});

it("finds to a sent track its source, its codec and what the other side reports", () => {
  const sent = report(1_000, {
    O: {
      type: "outbound-rtp",
      kind: "audio",
      mediaSourceId: "S",
      remoteId: "R",
      qualityLimitationReason: "nonsense",
    },
    S: { type: "media-source", trackIdentifier: "mic", echoReturnLoss: 12, audioLevel: 0.5 },
    R: { type: "remote-inbound-rtp", fractionLost: 0.05, roundTripTime: 0.08, jitter: 0.01 },
  });
  expect(
    readReport(sent, undefined, (id) => (id === "mic" ? "camera" : undefined)).sent[0],
  ).toMatchObject({
    source: "camera",
    lossRatio: 0.05,
    rttMs: 80,
    jitterMs: 10,
    echoReturnLossDb: 12,
    audioLevel: 0.5,
    qualityLimitation: undefined,
  });
});

describe("the connection", () => {
  const pair = {
    type: "candidate-pair",
    localCandidateId: "L",
    remoteCandidateId: "M",
    nominated: true,
    state: "succeeded",
    currentRoundTripTime: 0.045,
  };
  const local = {
    type: "local-candidate",
    candidateType: "relay",
    protocol: "udp",
    relayProtocol: "tls",
  };
  const remote = {
    type: "remote-candidate",
    candidateType: "srflx",
    protocol: "udp",
    address: "192.0.2.7",
  };

  it("says who relays, and over what", () => {
    const transport = {
      type: "transport",
      selectedCandidatePairId: "P",
      srtpCipher: "AEAD_AES_128_GCM",
    };
    const { connection } = readReport(
      report(0, { T: transport, P: pair, L: local, M: remote }),
      undefined,
    );
    expect(connection).toMatchObject({
      relay: "ours",
      rttMs: 45,
      local: { type: "relay", relayProtocol: "tls" },
      remote: { type: "srflx", address: "192.0.2.7" },
      srtpCipher: "AEAD_AES_128_GCM",
    });
  });

  it("is found without a transport, and missing before there is one", () => {
    expect(
      readReport(report(0, { P: pair, L: local, M: remote }), undefined).connection?.rttMs,
    ).toBe(45);
    expect(readReport(report(0, {}), undefined).connection).toBeUndefined();
  });
});
