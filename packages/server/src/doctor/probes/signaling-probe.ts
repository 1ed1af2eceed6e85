import { randomBytes } from "node:crypto";
import type { SignalingOutcome } from "@tincan/doctor";
import { JoinAnswer, PROTOCOL_VERSION, type Seated } from "@tincan/signaling";
import { io, type Socket } from "socket.io-client";
import * as v from "valibot";
import type { WebPlace } from "./probes.ts";
import { agentFor } from "./web-place.ts";

/** Lets two clients meet in a room of their own and one speak to the other, as PROTOCOL.md has it. */
export async function probeSignaling(
  place: WebPlace,
  signal: AbortSignal,
): Promise<SignalingOutcome> {
  const sockets = [visit(place), visit(place)] as const;
  const [amy, bob] = sockets;
  try {
    return await Promise.race([meet(amy, bob), givenUp(signal)]);
  } catch (error) {
    if (error instanceof Refusal) return error.outcome;
    return { type: "failed", why: error instanceof Error ? error.message : String(error) };
  } finally {
    for (const socket of sockets) {
      if (socket.connected) socket.emit("bye");
      socket.disconnect();
    }
  }
}

async function meet(amy: Socket, bob: Socket): Promise<SignalingOutcome> {
  const room = `doctor-${randomBytes(10).toString("hex")}`;
  await Promise.all([connected(amy), connected(bob)]);
  await seat(amy, room);
  const seated = await seat(bob, room);
  const other = seated.peers[0];
  if (other === undefined) throw new Error("the second of two in a room found nobody there");
  const data = randomBytes(8).toString("hex");
  const heard = new Promise<void>((resolve) => {
    amy.on("message", (message) => {
      if (message?.body?.data === data) resolve();
    });
  });
  const start = performance.now();
  const body = { type: "app", data };
  bob.emit("message", { seq: 1, to: other.id, instance: other.instance, body });
  await heard;
  return {
    type: "met",
    iceServers: seated.iceServers ?? [],
    ms: Math.round(performance.now() - start),
    transport: bob.io.engine.transport.name,
  };
}

/** Polls first and upgrades then, so that signaling is seen to work where WebSockets are blocked. */
function visit(place: WebPlace): Socket {
  return io(place.url.origin, {
    auth: { protocol: PROTOCOL_VERSION },
    forceNew: true,
    reconnection: false,
    // Node's agents are taken too, which the types do not say: they have browsers in mind.
    agent: agentFor(place) as never,
    rejectUnauthorized: false,
    extraHeaders: { origin: place.url.origin },
  });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error: Error & { data?: { code?: string } }) => {
      const code = error.data?.code;
      reject(code === undefined ? error : new Refusal(code, error.message));
    });
    socket.once("disconnect", (reason) => reject(new Error(`closed: ${reason}`)));
  });
}

async function seat(socket: Socket, room: string): Promise<Seated> {
  const instance = randomBytes(8).toString("hex");
  const answer = v.safeParse(
    JoinAnswer,
    await socket.emitWithAck("create or join", { room, instance }),
  );
  if (!answer.success) throw new Error("the answer is not that of the protocol");
  const { output } = answer;
  if (output.type === "refused") throw new Refusal(output.code, output.message);
  if (output.type === "full") throw new Error("a new room is full");
  if (!("peers" in output)) throw new Error("nobody is seated at once in a new room");
  return output;
}

function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(new Error("no answer in time"));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/** The server said no, and why. */
class Refusal extends Error {
  readonly outcome: SignalingOutcome;

  constructor(code: string, message: string) {
    super(message);
    this.outcome = { type: "refused", code, message };
  }
}
