import type { SignalingOutcome } from "@tincan/doctor";
import type { IceServerInfo, Seated } from "@tincan/signaling";
import { TincanError } from "../error.ts";
import { randomInstance } from "../instance.ts";
import { ResumeStorage } from "../signaling/resume-storage.ts";
import { SignalingConnection } from "../signaling/signaling-connection.ts";
import { socketIo } from "../signaling/socket-io.ts";

/** Two visitors in a throwaway room, both of them this page. */
export class Meeting implements AsyncDisposable {
  readonly iceServers: readonly IceServerInfo[];
  /** How long a message took from one to the other. */
  readonly ms: number;
  readonly #seats: readonly [Seat, Seat];

  private constructor(seats: readonly [Seat, Seat], ms: number) {
    this.#seats = seats;
    this.ms = ms;
    this.iceServers = seats[1].seated.iceServers ?? [];
  }

  /** Lets them meet and one speak to the other; answers why where that does not come about. */
  static async hold(
    server: URL,
    patienceMs: number,
  ): Promise<Meeting | Exclude<SignalingOutcome, { type: "met" }>> {
    const room = `doctor-${randomInstance()}`;
    const open: SignalingConnection[] = [];
    try {
      const amy = await takeSeat(server, room, patienceMs, open);
      const bob = await takeSeat(server, room, patienceMs, open);
      const ms = await say(bob, amy, patienceMs);
      return new Meeting([amy, bob], ms);
    } catch (error) {
      for (const connection of open) void connection.leave();
      if (!(error instanceof TincanError)) throw error;
      const { code, message } = error;
      if (code === "unreachable" || code === "protocol") return { type: "failed", why: message };
      return { type: "refused", code, message };
    }
  }

  /** Cuts the connection of one, and answers how long it took until it had its seat back and was heard again. */
  async resume(patienceMs: number): Promise<{ ms: number } | { why: string }> {
    const [amy, bob] = this.#seats;
    const start = performance.now();
    const back = new Promise<"resumed" | "another-seat">((resolve) => {
      bob.connection.on("resumed", () => resolve("resumed"));
      bob.connection.on("reseated", () => resolve("another-seat"));
      bob.connection.on("ended", () => resolve("another-seat"));
    });
    bob.connection.reconnect();
    const how = await Promise.race([back, late(patienceMs)]);
    if (how !== "resumed") return { why: how ?? "late" };
    try {
      await say(bob, amy, patienceMs);
      return { ms: Math.round(performance.now() - start) };
    } catch {
      return { why: "late" };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#seats.map(({ connection }) => connection.leave()));
  }
}

interface Seat {
  readonly connection: SignalingConnection;
  readonly seated: Seated;
  readonly instance: string;
}

async function takeSeat(
  server: URL,
  room: string,
  patienceMs: number,
  open: SignalingConnection[],
): Promise<Seat> {
  const instance = randomInstance();
  const connection = new SignalingConnection({
    socket: socketIo(server),
    storage: new ResumeStorage(undefined, server, room),
    room,
    name: undefined,
    instance,
  });
  open.push(connection);
  const patience = setTimeout(() => {
    connection.abort(new TincanError("unreachable", "no answer in time"));
  }, patienceMs);
  try {
    const seated = await connection.open();
    connection.start();
    return { connection, seated, instance };
  } finally {
    clearTimeout(patience);
  }
}

/** One says a word, the other hears it. */
async function say(from: Seat, to: Seat, patienceMs: number): Promise<number> {
  const data = randomInstance();
  const start = performance.now();
  let off = (): void => {};
  const heard = new Promise<number>((resolve) => {
    off = to.connection.on("event", (event) => {
      if (event.type !== "message" || event.body.type !== "app") return;
      if (event.body.data === data) resolve(performance.now() - start);
    });
  });
  from.connection.post({
    to: to.seated.self.id,
    instance: to.instance,
    body: { type: "app", data },
  });
  const ms = await Promise.race([heard, late(patienceMs)]);
  off();
  if (ms === undefined) throw new TincanError("unreachable", "no answer in time");
  return Math.round(ms);
}

function late(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}
