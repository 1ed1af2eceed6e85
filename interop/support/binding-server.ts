import { createServer } from "node:net";
import { listenForBindings } from "../../packages/webrtc/src/node/index.ts";
import {
  BindingServer,
  decodeMessage,
  MessageWriter,
  StunFramer,
} from "../../packages/webrtc/src/stun/index.ts";

/** A STUN server on two addresses, and over TCP, as its own process: `binding-server.ts IP IP`. */
const [primary = "127.0.0.1", alternate = "127.0.0.2"] = process.argv.slice(2);
await listenForBindings({
  primary: { ip: primary, port: 3478 },
  alternate: { ip: alternate, port: 3479 },
});

const server = new BindingServer();
createServer((socket) => {
  const framer = new StunFramer();
  const from = { ip: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    const messages = framer.push(chunk);
    if (!messages.ok) return socket.destroy();
    for (const bytes of messages.value) {
      const message = decodeMessage(bytes);
      const writer = new MessageWriter();
      if (message.ok && server.answer(message.value, from, writer)) socket.write(writer.finish());
    }
  });
}).listen(3478, primary, () => process.stdout.write("listening\n"));
