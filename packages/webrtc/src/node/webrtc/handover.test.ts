import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { RTCPeerConnection } from "./index.ts";
import { Peers, talk, trickle } from "./test-rig.ts";

const peers = new Peers();
afterEach(() => peers.closeAll());

const bothHeard = ["from b", "from a"];

async function agree(a: RTCPeerConnection, b: RTCPeerConnection): Promise<void> {
  const offer = await a.createOffer({ iceRestart: true });
  await a.setLocalDescription(offer);
  await b.setRemoteDescription(offer);
  const answer = await b.createAnswer();
  await b.setLocalDescription(answer);
  await a.setRemoteDescription(answer);
}

describe("a session that is handed over to another peer (RFC 9429 §5.11)", () => {
  it("goes on with that one, over channels and a transport of its own", async () => {
    const [caller, first, second] = [peers.make(), peers.make(), peers.make()];
    trickle(caller, first);
    const channel = caller.createDataChannel("first");
    await agree(caller, first);
    await once(channel, "open");
    const { sctp } = caller;
    const ended = once(channel, "close");
    trickle(caller, second);
    await agree(caller, second);
    await ended;
    expect(await talk(second, caller)).toEqual(bothHeard);
    expect(await talk(caller, second)).toEqual(bothHeard);
    expect(caller.connectionState).toBe("connected");
    expect(sctp?.state).toBe("closed");
    expect(caller.sctp?.state).toBe("connected");
    expect(channel.bufferedAmount).toBe(0);
  });

  it("may be handed over by the peer that takes the place of the other one", async () => {
    const [caller, first, second] = [peers.make(), peers.make(), peers.make()];
    trickle(caller, first);
    caller.createDataChannel("first");
    const offer = await caller.createOffer();
    await caller.setLocalDescription(offer);
    for (const one of [first, second]) {
      await one.setRemoteDescription(offer);
      await one.setLocalDescription();
    }
    const answer = first.localDescription;
    if (answer === null) throw new Error("no answer");
    await caller.setRemoteDescription(answer);
    trickle(caller, second);
    await agree(second, caller);
    expect(await talk(caller, second)).toEqual(bothHeard);
  });

  it("settles with the last of many, though none of them had the time to connect", async () => {
    const caller = peers.make();
    caller.createDataChannel("first");
    let last = peers.make();
    await agree(caller, last);
    for (let count = 0; count < 4; count += 1) {
      await agree(caller, last);
      const next = peers.make();
      trickle(caller, next);
      await agree(caller, next);
      last.close();
      last = next;
    }
    expect(await talk(last, caller)).toEqual(bothHeard);
  });
});
