import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { driveMachine, nodeCrypto, now } from "../../packages/webrtc/src/node/index.ts";
import { encodeChannelData, TurnClient } from "../../packages/webrtc/src/turn/index.ts";

/**
 * The load, as its own process: `load.ts SERVER_PID PORT CLIENTS SIZE SECONDS`. Each client sends
 * ChannelData to a peer that sends it back, with so many packets under way that the server always
 * has some to do. Prints the server's CPU time per relayed packet, and its memory, as JSON.
 */
const [pid = 0, port = 0, clients = 1, size = 200, seconds = 5] = process.argv.slice(2).map(Number);
const server = { ip: "127.0.0.1", port };
const inFlight = 128;
const window = Math.max(1, Math.floor(inFlight / clients));
let relayed = 0;

const peer = await open();
peer.on("message", (bytes, from) => {
  relayed += 1;
  peer.send(bytes, from.port, from.address);
});
const memoryBefore = memoryKb(pid);
const senders: Sender[] = [];
for (let i = 0; i < clients; i += 1) senders.push(await connectClient());
const memoryAfter = memoryKb(pid);

for (const sender of senders) sender.fill();
const refill = setInterval(() => {
  // What was lost, if anything, is made up for.
  for (const sender of senders) sender.fill();
}, 500);
await pause(seconds * 250);
const [relayedBefore, cpuBefore, begin] = [relayed, cpuMicros(pid), now()];
await pause(seconds * 1000);
const packets = relayed - relayedBefore;
const cpu = cpuMicros(pid) - cpuBefore;
clearInterval(refill);
process.stdout.write(
  `${JSON.stringify({
    microsPerPacket: cpu / packets,
    packetsPerSecond: (packets * 1000) / (now() - begin),
    kbPerClient: (memoryAfter - memoryBefore) / clients,
  })}\n`,
);
process.exit(0);

interface Sender {
  /** Sends as many packets as should be under way, unless some came back since the last call. */
  fill(): void;
}

async function connectClient(): Promise<Sender> {
  const socket = await open();
  const client = new TurnClient({
    crypto: nodeCrypto,
    credentials: { username: "bench", password: "bench" },
    transport: "udp",
    keepaliveMs: 0,
  });
  const target = { ip: "127.0.0.1", port: peer.address().port };
  await new Promise<void>((resolve, reject) => {
    const driven = driveMachine(client, {
      send: (packet) => socket.send(packet, port, server.ip),
      on: (event) => {
        if (event.type === "allocated") {
          client.bindChannel(target, now());
          driven.drain();
        } else if (event.type === "channel-bound") {
          driven.stop();
          resolve();
        } else reject(new Error(`no allocation: ${JSON.stringify(event)}`));
      },
    });
    socket.on("message", (bytes) => driven.receive(bytes));
    client.allocate(now());
    driven.drain();
  });
  const message = encodeChannelData(0x4000, new Uint8Array(size).fill(7), false);
  let heard = 0;
  const send = (): void => socket.send(message, port, server.ip);
  socket.removeAllListeners("message");
  socket.on("message", () => {
    relayed += 1;
    heard += 1;
    send();
  });
  return {
    fill() {
      if (heard === 0) for (let i = 0; i < window; i += 1) send();
      heard = 0;
    },
  };
}

async function open(): Promise<Socket> {
  const socket = createSocket({
    type: "udp4",
    recvBufferSize: 4_000_000,
    sendBufferSize: 4_000_000,
    lookup: (address, family, callback) => callback(null, address, family as unknown as number),
  });
  const listening = once(socket, "listening");
  socket.bind(0, "127.0.0.1");
  await listening;
  return socket;
}

/** User and system time of a process with all its threads, in steps of a hundredth of a second. */
function cpuMicros(of: number): number {
  const stat = readFileSync(`/proc/${of}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function memoryKb(of: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${of}/status`, "latin1"))?.[1]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
