import { describe, expect, it } from "vitest";
import * as ours from "./index.ts";

/**
 * Code that was written for the browser takes these classes as they are. The compiler checks it when
 * it checks this file; what is left out on either side is named here. Listeners are registered by
 * overloads of the DOM's own event types, which no other class can have.
 */
type Listening = "addEventListener" | "removeEventListener" | "dispatchEvent";
type Handlers<Type> = Extract<keyof Type, `on${string}`>;
type Rest<Type, Left extends PropertyKey = never> = Omit<Type, Listening | Handlers<Type> | Left>;
type Dom = typeof globalThis;

/** Media, and what the DOM keeps for old pages. */
type Media =
  | "addTrack"
  | "addTransceiver"
  | "createAnswer"
  | "createOffer"
  | "getReceivers"
  | "getSenders"
  | "getTransceivers"
  | "removeTrack"
  | "addIceCandidate"
  | "setLocalDescription"
  | "setRemoteDescription"
  | "createDataChannel"
  | "sctp"
  | "getConfiguration"
  | "setConfiguration"
  | "getStats"
  | "localDescription"
  | "currentLocalDescription"
  | "pendingLocalDescription"
  | "remoteDescription"
  | "currentRemoteDescription"
  | "pendingRemoteDescription";

const channel = (one: ours.RTCDataChannel): Rest<InstanceType<Dom["RTCDataChannel"]>> => one;
const candidate = (
  one: ours.RTCIceCandidate,
): Rest<InstanceType<Dom["RTCIceCandidate"]>, "toJSON" | "relayProtocol" | "url"> => one;
const description = (
  one: ours.RTCSessionDescription,
): Rest<InstanceType<Dom["RTCSessionDescription"]>> => one;
const certificate = (one: ours.RTCCertificate): Rest<InstanceType<Dom["RTCCertificate"]>> => one;
const sctp = (
  one: ours.RTCSctpTransport,
): Rest<InstanceType<Dom["RTCSctpTransport"]>, "transport"> => one;
const connection = (
  one: ours.RTCPeerConnection,
): Rest<InstanceType<Dom["RTCPeerConnection"]>, Media> => one;

/** What pages do, written once for both. */
async function page(Connection: typeof ours.RTCPeerConnection | Dom["RTCPeerConnection"]) {
  const pc = new Connection({ iceServers: [] });
  const made = pc.createDataChannel("x", { ordered: false, maxRetransmits: 0 });
  pc.onicecandidate = ({ candidate: found }: { candidate: { toJSON(): unknown } | null }) =>
    found?.toJSON();
  made.binaryType = "arraybuffer";
  await pc.setLocalDescription();
  const { type } = pc.localDescription ?? {};
  pc.close();
  return type;
}

describe("the types of lib.dom", () => {
  it("are those of our classes", () => {
    for (const check of [channel, candidate, description, certificate, sctp, connection]) {
      expect(check).toBeTypeOf("function");
    }
  });

  it("let code of a page run as it is", async () => {
    expect(await page(ours.RTCPeerConnection)).toBe("offer");
  });
});
