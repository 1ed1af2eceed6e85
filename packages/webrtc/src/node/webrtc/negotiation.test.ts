import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  RTCPeerConnection,
  RTCSessionDescription,
  type RTCSessionDescriptionInit,
} from "./index.ts";
import { described, negotiate, Peers, settled } from "./test-rig.ts";

const peers = new Peers();
afterEach(() => peers.closeAll());

function peerWithChannel(): RTCPeerConnection {
  const one = peers.make();
  one.createDataChannel("x");
  return one;
}

async function answerTo(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
  const one = peers.make();
  await one.setRemoteDescription(offer);
  return one.createAnswer();
}

const ufrag = (one: RTCPeerConnection): string | undefined =>
  /a=ice-ufrag:(\S+)/.exec(described(one).sdp)?.[1];

describe("a local description", () => {
  it("that is not named is the one that was made last", async () => {
    const one = peerWithChannel();
    const offer = await one.createOffer();
    await one.setLocalDescription();
    expect(described(one).sdp).toBe(offer.sdp);
    const other = peers.make();
    await other.setRemoteDescription(offer);
    const answer = await other.createAnswer();
    await other.setLocalDescription({ type: "answer" });
    expect(described(other).sdp).toBe(answer.sdp);
  });

  it("is made anew where the last one no longer says what is wanted", async () => {
    const one = peers.make();
    await one.createOffer();
    one.createDataChannel("x");
    await one.setLocalDescription();
    expect(described(one).sdp).toContain("m=application");
  });

  it("may be set twice, and an answer be provisional first", async () => {
    const one = peerWithChannel();
    const offer = await one.createOffer();
    await one.setLocalDescription(offer);
    await one.setLocalDescription(offer);
    const other = peers.make();
    await other.setRemoteDescription(offer);
    const { sdp } = await other.createAnswer();
    await other.setLocalDescription({ type: "pranswer", sdp });
    await other.setLocalDescription({ type: "pranswer", sdp });
    expect(other.signalingState).toBe("have-local-pranswer");
    await other.setLocalDescription({ type: "answer", sdp });
    expect(other.signalingState).toBe("stable");
  });

  it("may be set again after it was taken back, and then connects", async () => {
    const [a, b] = [peers.make(), peers.make()];
    const channel = a.createDataChannel("x");
    const offer = await a.createOffer();
    await a.setLocalDescription(offer);
    await expect.poll(() => a.iceGatheringState).toBe("complete");
    const gathered = described(a).sdp.match(/^a=candidate:/gm);
    await a.setLocalDescription({ type: "rollback" });
    await a.setLocalDescription(offer);
    expect(described(a).sdp).toBe(offer.sdp);
    await expect.poll(() => a.iceGatheringState).toBe("complete");
    expect(described(a).sdp.match(/^a=candidate:/gm)).toEqual(gathered);
    b.onicecandidate = ({ candidate }) => void a.addIceCandidate(candidate);
    await b.setRemoteDescription(offer);
    await b.setLocalDescription();
    await a.setRemoteDescription(described(b));
    await once(channel, "open");
  });

  it("answers the offer that stands, not one before it", async () => {
    const one = peers.make();
    await one.setRemoteDescription(await peerWithChannel().createOffer());
    const answer = await one.createAnswer();
    await one.setRemoteDescription(await peers.make().createOffer());
    await expect(one.setLocalDescription(answer)).rejects.toMatchObject({
      name: "InvalidModificationError",
    });
  });
});

describe("the descriptions of a connection", () => {
  it("change when the promise is settled, not before", async () => {
    const [a, b] = [peerWithChannel(), peers.make()];
    const offering = a.setLocalDescription();
    expect(a.pendingLocalDescription).toBeNull();
    await offering;
    const taking = b.setRemoteDescription(described(a));
    expect([b.remoteDescription, b.canTrickleIceCandidates]).toEqual([null, null]);
    await taking;
    expect(b.canTrickleIceCandidates).toBe(true);
    await b.setLocalDescription();
    const ending = a.setRemoteDescription(described(b));
    expect([a.currentLocalDescription, a.signalingState]).toEqual([null, "have-local-offer"]);
    await ending;
    expect(a.pendingLocalDescription).toBeNull();
    expect(a.currentLocalDescription?.type).toBe("offer");
  });

  it("are the same objects for as long as they say the same", async () => {
    const [a, b] = [peerWithChannel(), peers.make()];
    await a.setLocalDescription();
    expect(a.localDescription).toBe(a.pendingLocalDescription);
    await b.setRemoteDescription(described(a));
    expect(b.remoteDescription).toBe(b.remoteDescription);
  });

  it("name the candidates that were told, one by one", async () => {
    const one = peerWithChannel();
    const counts: (number | undefined)[] = [];
    one.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) counts.push(described(one).sdp.match(/^a=candidate:/gm)?.length);
      else expect(described(one).sdp).toContain("\r\na=end-of-candidates\r\n");
    };
    const offer = await one.createOffer();
    await one.setLocalDescription(offer);
    expect(described(one).sdp).toBe(offer.sdp);
    await expect.poll(() => one.iceGatheringState).toBe("complete");
    expect(counts).toEqual(counts.map((_, index) => index + 1));
    expect(counts.length).toBeGreaterThan(1);
  });

  it("take a candidate of the other side when it is added, and the end of all in each section", async () => {
    const one = peers.make();
    await one.setRemoteDescription(await peerWithChannel().createOffer());
    const candidate = "candidate:1 1 udp 1 192.0.2.7 9 typ host";
    const adding = one.addIceCandidate({ candidate, sdpMid: "0" });
    expect(one.remoteDescription?.sdp).not.toContain(candidate);
    await adding;
    expect(one.remoteDescription?.sdp).toContain(candidate);
    await one.addIceCandidate();
    expect(one.remoteDescription?.sdp).toContain("a=end-of-candidates");
  });

  it("have gathered nothing once the first offer is taken back", async () => {
    const one = peerWithChannel();
    await one.setLocalDescription();
    await expect.poll(() => one.iceGatheringState).toBe("complete");
    await one.setLocalDescription({ type: "rollback" });
    await once(one, "icegatheringstatechange");
    expect(one.iceGatheringState).toBe("new");
    const before = ufrag(one);
    await one.setLocalDescription();
    expect(ufrag(one)).not.toBe(before);
    await expect.poll(() => one.iceGatheringState).toBe("complete");
  });
});

describe("an offer", () => {
  it("has what was added while it was being made", async () => {
    const [one, other] = [peers.make(), peers.make()];
    const making = one.createOffer();
    one.createDataChannel("x");
    expect((await making).sdp).toContain("m=application");
    const setting = other.setLocalDescription();
    other.createDataChannel("x");
    await setting;
    expect(described(other).sdp).toContain("m=application");
  });

  it("keeps the operations after it waiting", async () => {
    const [one, log] = [peers.make(), [] as string[]];
    await Promise.all([
      one.createOffer().then(() => log.push("offer")),
      one.createAnswer().catch(() => log.push("no answer")),
    ]);
    expect(log).toEqual(["offer", "no answer"]);
  });
});

describe("operations", () => {
  it("take place in their order, whatever happens to what they were given", async () => {
    const [one, log] = [peers.make(), [] as string[]];
    const offer = { ...(await peerWithChannel().createOffer()) } as RTCSessionDescriptionInit;
    const done = Promise.all([
      one.createAnswer().catch(({ name }) => log.push(name)),
      one.setRemoteDescription(offer).then(() => log.push("offer")),
      one.addIceCandidate().then(() => log.push("candidate")),
      one.setLocalDescription().then(() => log.push("answer")),
    ]);
    offer.type = "rollback";
    await done;
    expect(log).toEqual(["InvalidStateError", "offer", "candidate", "answer"]);
  });

  it("begin before anybody hears of the one before them", async () => {
    const one = peers.make();
    const first = one.setRemoteDescription(await peerWithChannel().createOffer());
    const [second, log] = [one.addIceCandidate(), [] as string[]];
    const told = second.then(() => log.push("second"));
    await first;
    await Promise.all([told, one.createOffer().catch(() => log.push("third"))]);
    expect(log).toEqual(["second", "third"]);
  });

  it("refuse what is of no such kind even on a closed connection", async () => {
    const one = peers.make();
    one.close();
    const bad = { type: "x" as "offer" };
    for (const refused of [
      one.setLocalDescription(bad),
      one.setRemoteDescription(bad),
      one.addIceCandidate({ candidate: "candidate:1 1 udp 1 192.0.2.7 9 typ host" }),
      one.createOffer(7 as never),
    ]) {
      await expect(refused).rejects.toThrow(TypeError);
    }
    await expect(one.createOffer()).rejects.toMatchObject({ name: "InvalidStateError" });
  });

  it("take null for nothing, as dictionaries do", async () => {
    const one = peers.make(null);
    await one.createOffer(null);
    await one.setLocalDescription(null);
    expect(one.signalingState).toBe("have-local-offer");
  });

  it("can be given callbacks, as old code does", async () => {
    const [a, b] = [peerWithChannel(), peers.make()];
    const offer = await new Promise<RTCSessionDescriptionInit>((resolve, reject) => {
      void a.createOffer(resolve, reject);
    });
    await new Promise<void>((resolve, reject) => {
      void a.setLocalDescription(offer, resolve, reject);
    });
    await new Promise<void>((resolve, reject) => {
      void b.setRemoteDescription(offer, resolve, reject);
    });
    const answer = await new Promise<RTCSessionDescriptionInit>((resolve, reject) => {
      void b.createAnswer(resolve, reject);
    });
    expect([offer.type, answer.type]).toEqual(["offer", "answer"]);
    const refused = new Promise<DOMException>((resolve, reject) => {
      void a.createAnswer(reject, resolve);
    });
    expect((await refused).name).toBe("InvalidStateError");
    await expect(a.createOffer("x" as never, () => undefined)).rejects.toThrow(TypeError);
  });
});

describe("restartIce", () => {
  it("while the first offer waits is granted by the next one", async () => {
    const [a, b] = [peerWithChannel(), peers.make()];
    await once(a, "negotiationneeded");
    await a.setLocalDescription();
    a.restartIce();
    const first = ufrag(a);
    await b.setRemoteDescription(described(a));
    await b.setLocalDescription();
    const asked = once(a, "negotiationneeded");
    await a.setRemoteDescription(described(b));
    await asked;
    await negotiate(a, b);
    expect(ufrag(a)).not.toBe(first);
  });

  it("is no longer needed when the other side has restarted", async () => {
    const [a, b] = [peerWithChannel(), peers.make()];
    await negotiate(a, b);
    a.restartIce();
    await once(a, "negotiationneeded");
    b.restartIce();
    await negotiate(b, a);
    let asked = 0;
    a.onnegotiationneeded = () => {
      asked += 1;
    };
    await settled(a);
    expect(asked).toBe(0);
  });
});

describe("an offer with a section of a kind that nobody knows", () => {
  it("is answered with a section that is off", async () => {
    const { sdp } = await peerWithChannel().createOffer();
    const strange = "m=hologram 9 X/Y 1\r\nc=IN IP4 0.0.0.0\r\na=mid:h\r\n";
    const answer = await answerTo({ type: "offer", sdp: `${sdp}${strange}` });
    expect(answer.sdp).toMatch(/^m=hologram 0 X\/Y 1\r$/m);
    expect(answer.sdp).toMatch(/^m=application 9 /m);
  });
});

describe("the interfaces", () => {
  it("have names, listed members, and attributes that cannot be changed", () => {
    const description = new RTCSessionDescription({ type: "offer", sdp: "x" });
    expect(String(peers.make())).toBe("[object RTCPeerConnection]");
    expect(String(description)).toBe("[object RTCSessionDescription]");
    expect(Object.keys(RTCPeerConnection.prototype)).toContain("createOffer");
    expect(Object.keys(description)).toEqual([]);
    expect(() => Object.assign(description, { sdp: "y" })).toThrow(TypeError);
  });
});
