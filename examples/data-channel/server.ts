/** A data channel from the browser to Node. Run: `node examples/data-channel/server.ts [port]` */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { RTCPeerConnection } from "@tincan/webrtc/node";

const page = readFileSync(new URL("page.html", import.meta.url));
const server = createServer(async (request, response) => {
  if (request.method !== "POST") return response.setHeader("content-type", "text/html").end(page);
  const pc = new RTCPeerConnection();
  pc.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(`You said: ${data}`);
    channel.onclose = () => pc.close();
  };
  await pc.setRemoteDescription({ type: "offer", sdp: await text(request) });
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== "complete") await once(pc, "icegatheringstatechange");
  return response.end(pc.localDescription?.sdp);
});
server.listen(Number(process.argv[2] ?? 8080), "127.0.0.1");
await once(server, "listening");
process.stdout.write(`${JSON.stringify(server.address())}\n`);
