import { UdpTurnClient } from "../../packages/server/src/testing/udp-turn-client.ts";

/**
 * Two clients at a TURN server, whose relays speak with each other, as its own process so that it can run
 * in a network namespace: `turn-call.ts IP PORT NAME PASSWORD`. Prints what came of it as JSON.
 */
const [ip = "127.0.0.1", port = "3478", name = "", password = ""] = process.argv.slice(2);
const server = { ip, port: Number(port) };
using amy = new UdpTurnClient(server, name, password);
using bob = new UdpTurnClient(server, name, password);
const [first, second] = await Promise.all([amy.allocate(), bob.allocate()]);
if (first.type === "ended" || second.type === "ended") {
  process.stdout.write(`${JSON.stringify({ ended: [first, second] })}\n`);
} else {
  const [amyAt = server, bobAt = server] = [first.relayed[0], second.relayed[0]];
  await Promise.all([amy.permit(bobAt.ip), bob.permit(amyAt.ip)]);
  const heard = await bob.after(() => amy.send(bobAt, "hello"), "data");
  const data = Buffer.from(heard.data).toString();
  process.stdout.write(`${JSON.stringify({ relayed: amyAt.ip, from: heard.peer.ip, data })}\n`);
}
