/**
 * A server that brings two sides together can put itself between them: it answers each with a
 * connection of its own, and passes on what they say. Made here for real, with the DTLS of four peer
 * connections on the sockets of this machine; the code is what both sides notice it by.
 */
import { RTCPeerConnection } from "@tincan/webrtc/node";
import { expect, test } from "vitest";
import type { Call } from "../call/call.ts";
import { CallChannel } from "../channel/call-channel.ts";
import type { ChannelOptions } from "../channel/channel.ts";
import type { Peer } from "../peer/peer.ts";
import { CodeLock } from "./code-lock.ts";
import { parseCode, type TransferCode } from "./transfer-code.ts";

const CODE = code("4821-beacon-mosaic-tulip");

test("a direct connection is trusted", async () => {
  const [maker, taker] = [connection(), connection()];
  const news = [outcome(maker, "maker"), outcome(taker, "taker")];
  await connect(maker, taker);
  expect(await Promise.all(news)).toEqual(["trusted", "trusted"]);
  for (const pc of [maker, taker]) pc.close();
});

test("somebody who passes on all that is said is noticed by both sides", async () => {
  const [maker, taker] = [connection(), connection()];
  const between = [connection(), connection()] as const;
  const [left, right] = between.map((pc) =>
    pc.createDataChannel("tincan.code", { negotiated: true, id: 5 }),
  ) as [Lane, Lane];
  let passed = 0;
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    from.addEventListener("message", ({ data }) => {
      passed += 1;
      if (to.readyState === "open") to.send(data as string);
    });
  }
  const news = [outcome(maker, "maker"), outcome(taker, "taker")];
  await Promise.all([connect(maker, between[0]), connect(between[1], taker)]);
  expect(await Promise.all(news)).toEqual(["wrong", "wrong"]);
  expect(passed).toBeGreaterThan(3);
  for (const pc of [maker, taker, ...between]) pc.close();
});

type Lane = ReturnType<RTCPeerConnection["createDataChannel"]>;

function connection(): RTCPeerConnection {
  return new RTCPeerConnection({ localAddresses: ["127.0.0.1"] });
}

/** What the lock of one side finds out about the other one. */
function outcome(pc: RTCPeerConnection, role: "maker" | "taker"): Promise<string> {
  const peer = { id: "the other side", pc } as unknown as Peer;
  const call = {
    channel(options: ChannelOptions) {
      const channel = new CallChannel(options, () => {});
      channel.attach(peer, peer.pc);
      return channel;
    },
  } as unknown as Call;
  return new Promise((resolve) => {
    const lock = new CodeLock(call, CODE, role);
    lock.on("trusted", () => resolve("trusted"));
    lock.on("failed", resolve);
  });
}

async function connect(a: RTCPeerConnection, b: RTCPeerConnection): Promise<void> {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.addEventListener("icecandidate", ({ candidate }) => void to.addIceCandidate(candidate));
  }
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription as { type: "offer"; sdp: string });
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription as { type: "answer"; sdp: string });
}

function code(text: string): TransferCode {
  const parsed = parseCode(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}
