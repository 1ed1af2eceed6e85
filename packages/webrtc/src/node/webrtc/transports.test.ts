import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  type RTCDtlsTransport,
  RTCErrorEvent,
  type RTCIceCandidate,
  RTCIceCandidatePair,
  type RTCIceTransport,
  RTCPeerConnection,
  type RTCSctpTransport,
} from "./index.ts";
import { negotiate, Peers, settled } from "./test-rig.ts";

/** What a user sees of the transports, and when. */

const peers = new Peers();
afterEach(() => peers.closeAll());

function trickle(from: RTCPeerConnection, to: RTCPeerConnection): RTCIceCandidate[] {
  const told: RTCIceCandidate[] = [];
  from.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate?.candidate) told.push(candidate);
    if (candidate !== null && to.signalingState !== "closed") void to.addIceCandidate(candidate);
  });
  return told;
}

function transportsOf(one: RTCPeerConnection) {
  const sctp = one.sctp as RTCSctpTransport;
  const dtls: RTCDtlsTransport = sctp.transport;
  const ice: RTCIceTransport = dtls.iceTransport;
  return { sctp, dtls, ice };
}

/** The offerer's description does not have its candidates: they all trickle. */
async function answering(change = (sdp: string) => sdp) {
  const [a, b] = [peers.make(), peers.make()];
  const told = { a: trickle(a, b), b: trickle(b, a) };
  const channel = a.createDataChannel("chat");
  const offer = await a.createOffer();
  await a.setLocalDescription(offer);
  await b.setRemoteDescription({ type: "offer", sdp: change(offer.sdp) });
  const answer = await b.createAnswer();
  await b.setLocalDescription(answer);
  return { a, b, told, channel, answer };
}

async function connected() {
  const one = await answering();
  await Promise.all([once(one.channel, "open"), one.a.setRemoteDescription(one.answer)]);
  const states = () => [one.a.iceConnectionState, one.b.iceConnectionState];
  await expect.poll(states).toEqual(["completed", "completed"]);
  return one;
}

const lines = (candidates: readonly RTCIceCandidate[]) =>
  candidates.map(({ candidate }) => candidate).sort();

describe("RTCIceTransport", () => {
  it("has the candidates that were told, on both sides", async () => {
    const { a, b, told } = await connected();
    expect(transportsOf(a).ice.getLocalCandidates()).toEqual(told.a);
    expect(transportsOf(a).ice.getLocalCandidates()[0]).toBe(told.a[0]);
    expect(lines(transportsOf(b).ice.getRemoteCandidates())).toEqual(lines(told.a));
    expect(lines(transportsOf(a).ice.getRemoteCandidates())).toEqual(lines(told.b));
  });

  it("has one selected pair, which is the other side's turned around", async () => {
    const { a, b } = await connected();
    const [here, there] = [a, b].map((one) => transportsOf(one).ice.getSelectedCandidatePair());
    expect(here).toBeInstanceOf(RTCIceCandidatePair);
    expect(here).toBe(transportsOf(a).ice.getSelectedCandidatePair());
    expect(here?.local.candidate).toBe(there?.remote.candidate);
    expect(here?.remote.candidate).toBe(there?.local.candidate);
    a.close();
    expect(transportsOf(a).ice.getSelectedCandidatePair()).toBeNull();
  });

  it("has the parameters that were set, and only those", async () => {
    const { a, b } = await connected();
    const { ice } = transportsOf(a);
    const ufrag = () => /a=ice-ufrag:(\S+)/.exec(a.localDescription?.sdp ?? "")?.[1];
    const before = ufrag();
    expect(ice.getLocalParameters()?.usernameFragment).toBe(before);
    expect(transportsOf(b).ice.getRemoteParameters()).toEqual(ice.getLocalParameters());
    const offer = await a.createOffer({ iceRestart: true });
    expect(ice.getLocalParameters()?.usernameFragment).toBe(before);
    await a.setLocalDescription(offer);
    expect(ufrag()).not.toBe(before);
    expect(ice.getLocalParameters()?.usernameFragment).toBe(ufrag());
    await b.setRemoteDescription(offer);
    expect(transportsOf(b).ice.getRemoteParameters()?.usernameFragment).toBe(ufrag());
  });

  it("is restarted after the first offer is answered, if that was asked for before", async () => {
    const [a, b] = [peers.make(), peers.make()];
    a.createDataChannel("x");
    const offer = await a.createOffer();
    await a.setLocalDescription(offer);
    a.restartIce();
    await b.setRemoteDescription(offer);
    const answer = await b.createAnswer();
    const isNeeded = once(a, "negotiationneeded");
    await a.setRemoteDescription(answer);
    const before = transportsOf(a).ice.getLocalParameters();
    await isNeeded;
    await a.setLocalDescription();
    expect(transportsOf(a).ice.getLocalParameters()).not.toEqual(before);
  });

  it("does not tell the address that a name stands for", async () => {
    const one = peers.keep(new RTCPeerConnection({ hideLocalAddresses: true }));
    const other = peers.make();
    other.createDataChannel("x");
    await other.setLocalDescription();
    await one.setRemoteDescription(
      other.localDescription as NonNullable<typeof other.localDescription>,
    );
    const host = new Promise<RTCIceCandidate>((resolve) => {
      one.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate?.type === "host") resolve(candidate);
      });
    });
    await one.setLocalDescription();
    expect((await host).address).toMatch(/\.local$/);
    const { ice } = transportsOf(one);
    for (const { address } of ice.getLocalCandidates()) expect(address).toMatch(/\.local$/);
    for (const stats of (await one.getStats()).values()) {
      if (stats.type === "local-candidate") expect(stats.address).toMatch(/\.local$/);
    }
  });
});

describe("states", () => {
  it("are all set before the first event tells of one", async () => {
    const { a, b, answer } = await answering();
    const { ice, dtls } = transportsOf(b);
    const seen: unknown[] = [];
    const see = (who: string) => () =>
      seen.push([who, ice.state, b.iceConnectionState, b.connectionState, dtls.state]);
    ice.onstatechange = see("transport");
    b.oniceconnectionstatechange = see("connection");
    b.onconnectionstatechange = see("sum");
    dtls.onstatechange = see("dtls");
    await a.setRemoteDescription(answer);
    while (b.connectionState !== "connected") await once(b, "connectionstatechange");
    expect(seen.slice(0, 3)).toEqual([
      ["transport", "checking", "checking", "connecting", "new"],
      ["connection", "checking", "checking", "connecting", "new"],
      ["sum", "checking", "checking", "connecting", "new"],
    ]);
    const dtlsAt = seen.findIndex(
      (one) => String(one).startsWith("dtls,") && String(one).endsWith("connected"),
    );
    expect(seen[dtlsAt]).toMatchObject([
      "dtls",
      expect.anything(),
      expect.anything(),
      "connecting",
      "connected",
    ]);
  });

  it("stay new until the other side has a candidate", async () => {
    const [a, b] = [peers.make(), peers.make()];
    a.createDataChannel("x");
    await negotiate(a, b);
    await expect
      .poll(() => [a.iceGatheringState, b.iceGatheringState])
      .toEqual(["complete", "complete"]);
    await settled(a);
    expect([a.iceConnectionState, a.connectionState]).toEqual(["new", "new"]);
    expect(transportsOf(a).ice.state).toBe("new");
  });

  it("of gathering: the transport's first, then the connection's, then the end", async () => {
    const [a, b] = [peers.make(), peers.make()];
    a.createDataChannel("x");
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription as NonNullable<typeof a.localDescription>);
    const seen: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      b.onicecandidate = ({ candidate }) => {
        if (candidate === null) seen.push("null");
        else if (candidate.candidate === "") seen.push("end");
        if (candidate === null) resolve();
      };
    });
    await b.setLocalDescription();
    const { ice } = transportsOf(b);
    expect(ice.gatheringState).toBe("new");
    ice.ongatheringstatechange = () => seen.push([ice.gatheringState, b.iceGatheringState]);
    b.onicegatheringstatechange = () => seen.push(b.iceGatheringState);
    await done;
    expect(seen).toEqual([
      ["gathering", "new"],
      "gathering",
      "end",
      ["complete", "gathering"],
      "complete",
      "null",
    ]);
  });

  it("of gathering: new again when the first offer is taken back", async () => {
    const one = peers.make();
    one.createDataChannel("x");
    await one.setLocalDescription();
    while (one.iceGatheringState !== "complete") await once(one, "icegatheringstatechange");
    const changed = once(one, "icegatheringstatechange");
    await one.setLocalDescription({ type: "rollback" });
    await changed;
    expect(one.iceGatheringState).toBe("new");
  });
});

describe("RTCDtlsTransport", () => {
  it("fails with the reason when the other side is another", async () => {
    const forged = (sdp: string) =>
      sdp.replace(/(a=fingerprint:sha-256 )\S+/, `$1${"00:".repeat(31)}00`);
    const { a, b, answer } = await answering(forged);
    const { dtls } = transportsOf(b);
    const failed = once(dtls, "error");
    await a.setRemoteDescription(answer);
    const [event] = await failed;
    expect(event).toBeInstanceOf(RTCErrorEvent);
    expect(event.error.errorDetail).toBe("fingerprint-failure");
    expect(dtls.state).toBe("failed");
    const error =
      transportsOf(a).dtls.state === "failed"
        ? undefined
        : await once(transportsOf(a).dtls, "error");
    if (error !== undefined) {
      expect(error[0].error).toMatchObject({ errorDetail: "dtls-failure", sentAlert: null });
      expect(error[0].error.receivedAlert).toBeGreaterThan(0);
    }
    expect(dtls.getRemoteCertificates()).toEqual([]);
  });
});
