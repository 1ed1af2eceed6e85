import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  type RTCDataChannel,
  type RTCPeerConnection,
  type RTCStats,
  RTCStatsReport,
} from "./index.ts";
import { Peers } from "./test-rig.ts";

const peers = new Peers();
afterEach(() => peers.closeAll());

async function connected({ tellsBack = true } = {}) {
  const [a, b] = [peers.make(), peers.make()];
  const tell = (from: RTCPeerConnection, to: RTCPeerConnection): void =>
    from.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate !== null) void to.addIceCandidate(candidate);
    });
  tell(a, b);
  if (tellsBack) tell(b, a);
  const channel = a.createDataChannel("chat");
  const announced = once(b, "datachannel");
  const offer = await a.createOffer();
  await a.setLocalDescription(offer);
  await b.setRemoteDescription(offer);
  const answer = await b.createAnswer();
  await b.setLocalDescription(answer);
  await Promise.all([a.setRemoteDescription(answer), once(channel, "open")]);
  const [{ channel: other }] = (await announced) as [{ channel: RTCDataChannel }];
  return { a, b, channel, other };
}

async function statsOf(one: RTCPeerConnection, type: string): Promise<RTCStats[]> {
  return [...(await one.getStats()).values()].filter((stats) => stats.type === type);
}

describe("RTCStatsReport", () => {
  it("is a map that is only read, and has an entry before there is anything to tell", async () => {
    const one = peers.make();
    const report = await one.getStats();
    expect(report).toBeInstanceOf(RTCStatsReport);
    expect([...report].map(([id, { type }]) => [id, type])).toEqual([["PC", "peer-connection"]]);
    expect(report[Symbol.iterator]).toBe(report.entries);
    report.forEach((stats, id, map) => {
      expect([stats.id, map]).toEqual([id, report]);
    });
    expect("set" in report).toBe(false);
  });

  it("is selected by nothing but a track", async () => {
    const one = peers.make();
    await expect(one.getStats({} as never)).rejects.toThrow(TypeError);
  });
});

describe("statistics", () => {
  it("have no member without a value, and link to each other", async () => {
    const { a } = await connected();
    const report = await a.getStats();
    const links: Record<string, string> = {
      transportId: "transport",
      localCandidateId: "local-candidate",
      remoteCandidateId: "remote-candidate",
      selectedCandidatePairId: "candidate-pair",
      localCertificateId: "certificate",
      remoteCertificateId: "certificate",
    };
    for (const stats of report.values()) {
      for (const [name, value] of Object.entries(stats)) {
        expect([stats.type, name, value]).not.toEqual([stats.type, name, undefined]);
        const type = links[name];
        if (type !== undefined) expect(report.get(String(value))?.type).toBe(type);
      }
    }
  });

  it("count what went over the pair, and the checks that found it", async () => {
    const { a, channel, other } = await connected();
    channel.send("hello");
    await once(other, "message");
    const [transport] = await statsOf(a, "transport");
    const pairs = await statsOf(a, "candidate-pair");
    const selected = pairs.find(({ id }) => id === transport?.selectedCandidatePairId);
    expect(selected).toMatchObject({
      state: "succeeded",
      bytesSent: transport?.bytesSent,
      packetsReceived: transport?.packetsReceived,
      totalRoundTripTime: expect.any(Number),
    });
    expect(Number(selected?.requestsSent)).toBeGreaterThan(0);
    expect(Number(selected?.responsesReceived)).toBeGreaterThan(0);
    expect(transport).toMatchObject({ dtlsState: "connected", iceRole: "controlling" });
    expect(transport?.srtpCipher).toMatch(/^SRTP_/);
  });

  it("have the same names in each report, and another one for each channel", async () => {
    const { a } = await connected();
    a.createDataChannel("chat");
    a.createDataChannel("chat");
    expect(await statsOf(a, "data-channel")).toHaveLength(3);
    expect([...(await a.getStats()).keys()]).toEqual([...(await a.getStats()).keys()]);
  });

  it("keep an address to themselves that the other side has not told", async () => {
    const { a } = await connected({ tellsBack: false });
    const remotes = await statsOf(a, "remote-candidate");
    expect(remotes).toMatchObject([{ candidateType: "prflx", address: null }]);
  });

  it("count channels that were open, from the moment that they are so no more", async () => {
    const { a, channel } = await connected();
    const counts = async () => {
      const [stats] = await statsOf(a, "peer-connection");
      return [stats?.dataChannelsOpened, stats?.dataChannelsClosed];
    };
    expect(await counts()).toEqual([1, 0]);
    a.createDataChannel("closed before it opens").close();
    channel.close();
    expect(await counts()).toEqual([1, 1]);
    await once(channel, "close");
    expect(await counts()).toEqual([1, 1]);
  });
});
