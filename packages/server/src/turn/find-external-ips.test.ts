import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { BindingServer, decodeMessage, MessageWriter } from "@tincan/webrtc/stun";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { findExternalIps } from "./find-external-ips.ts";

const sockets: Socket[] = [];
const lines: string[] = [];
const log = pino({ level: "info" }, { write: (line) => lines.push(JSON.parse(line).msg) });

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
  lines.length = 0;
});

/** A STUN server to which everybody seems to come from one address, as through a NAT. */
async function server(seenAs?: string): Promise<string> {
  const socket = createSocket("udp4");
  sockets.push(socket.bind(0, "127.0.0.1"));
  await once(socket, "listening");
  const binding = new BindingServer({});
  socket.on("message", (bytes, { address, port }) => {
    const message = decodeMessage(bytes);
    if (!message.ok) return;
    const writer = new MessageWriter();
    binding.answer(message.value, { ip: seenAs ?? address, port }, writer);
    socket.send(writer.finishCopy(), port, address);
  });
  return `stun:127.0.0.1:${socket.address().port}`;
}

test("the first that answers tells how the internet sees which of our addresses", async () => {
  const servers = [await server("203.0.113.9"), await server("203.0.113.10")];
  expect(await findExternalIps(servers, log)).toEqual(["203.0.113.9/127.0.0.1"]);
  expect(lines).toEqual(["the internet sees 127.0.0.1 as 203.0.113.9; TURN announces that"]);
});

test("who is not behind a NAT needs no other address, and nobody is asked unless told to", async () => {
  expect(await findExternalIps([await server()], log)).toEqual([]);
  expect(await findExternalIps([], log)).toEqual([]);
  expect(lines).toEqual([]);
});

test("a server that does not answer is named with the cure, and another one is heard", async () => {
  const closed = createSocket("udp4").bind(0, "127.0.0.1");
  await once(closed, "listening");
  const silent = `stun:127.0.0.1:${closed.address().port}`;
  closed.close();
  const found = await findExternalIps([silent, await server("203.0.113.9")], log);
  expect(found).toEqual(["203.0.113.9/127.0.0.1"]);
  expect(lines.find((line) => line.startsWith(`--external-ip-from: ${silent}`))).toMatch(
    /give another server, or --external-ip$/,
  );
});
