import { once } from "node:events";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import type { RTCDataChannel, RTCPeerConnection, RTCSessionDescription } from "./index.ts";

/**
 * koffi is optional, and the tests install it: so the way that many will go, records sealed by
 * node:crypto and sent by dgram alone, would be walked by nobody here. This is a whole connection on it.
 */

// Modules of its own: those of the other tests have koffi.
vi.resetModules();
vi.doMock("../koffi.ts", () => ({ loadKoffi: () => undefined }));
const { NodeAead } = await import("../dtls-ciphers.ts");
const { nodeDtlsCrypto } = await import("../dtls-crypto.ts");
const { segmentedSends } = await import("../udp/segmented-sends.ts");
const library = await import("./index.ts");
afterAll(() => {
  vi.doUnmock("../koffi.ts");
  vi.resetModules();
});

const open: RTCPeerConnection[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

it("connects and carries data both ways on node:crypto and dgram alone", async () => {
  const key = new Uint8Array(16);
  expect(segmentedSends).toBeUndefined();
  expect(nodeDtlsCrypto.aead("aes-128-gcm", key)).toBeInstanceOf(NodeAead);
  expect(nodeDtlsCrypto.aead("chacha20-poly1305", new Uint8Array(32))).toBeInstanceOf(NodeAead);
  const [a, b] = [peer(), peer()];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.onicecandidate = ({ candidate }) => {
      if (candidate !== null) void to.addIceCandidate(candidate);
    };
  }
  const channel = a.createDataChannel("chat");
  const announced = once(b, "datachannel");
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription as RTCSessionDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription as RTCSessionDescription);
  await once(channel, "open");
  const [{ channel: other }] = (await announced) as [{ channel: RTCDataChannel }];
  for (const [from, to] of [
    [channel, other],
    [other, channel],
  ] as const) {
    const sent = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) & 255);
    from.send(sent);
    const [{ data }] = await once(to, "message");
    expect(Buffer.compare(Buffer.from(data), sent)).toBe(0);
  }
  const transport = [...(await a.getStats()).values()].find(({ type }) => type === "transport");
  expect(transport).toMatchObject({ dtlsState: "connected", tlsVersion: "FEFC" });
});

function peer(): RTCPeerConnection {
  const one = new library.RTCPeerConnection({ localAddresses: ["127.0.0.1"] });
  open.push(one);
  return one;
}
