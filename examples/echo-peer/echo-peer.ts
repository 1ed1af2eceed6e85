/**
 * A peer that sends back whatever it is sent. Signaling is what you make of it: here one line of JSON
 * for each message, on stdin and stdout. Run: `node examples/echo-peer/echo-peer.ts`
 */
import { createInterface } from "node:readline";
import { RTCPeerConnection } from "@tincan/webrtc/node";

const pc = new RTCPeerConnection();
const tell = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

pc.onicecandidate = ({ candidate }) => {
  if (candidate !== null) tell({ candidate });
};
pc.ondatachannel = ({ channel }) => {
  channel.onmessage = ({ data }) => channel.send(data);
};
pc.onconnectionstatechange = () => {
  if (pc.connectionState === "failed") process.exit(1);
};

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const { description, candidate } = JSON.parse(line);
  if (candidate) await pc.addIceCandidate(candidate);
  if (!description) continue;
  await pc.setRemoteDescription(description);
  if (description.type === "offer") {
    await pc.setLocalDescription();
    tell({ description: pc.localDescription });
  }
}
pc.close();
