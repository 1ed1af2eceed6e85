import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  Answer,
  JoinAnswer,
  JoinRequest,
  Message,
  Numbered,
  RoomEvent,
  Seated,
} from "./messages.ts";
import { Rooms } from "./rooms.ts";

const CAPACITY = 2;
const KEEP_MS = 30_000;
/** More messages than any run sends. */
const AMPLE = 5000;
const ROOM_NAMES = ["north", "south"];

/** What a client and the server have sent each other and not heard yet. */
interface Connection {
  readonly id: string;
  /** Whether the client has heard that it has its seat; it says nothing before. */
  isSeated: boolean;
  up: ClientPacket[];
  down: ServerPacket[];
}

type ClientPacket =
  | { readonly type: "join"; readonly request: JoinRequest }
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "received"; readonly seq: number }
  | { readonly type: "bye" };

type ServerPacket =
  | { readonly type: "joined"; readonly answer: JoinAnswer }
  | { readonly type: "answered"; readonly seq: number; readonly answer: Answer }
  | { readonly type: "event"; readonly event: Numbered<RoomEvent> }
  | { readonly type: "closed" };

/** One numbering of one seat: what the server has promised to deliver in it, and what has come. */
interface Session {
  readonly instance: string;
  readonly promised: string[];
  readonly got: string[];
  isKnown: boolean;
  isEnded: boolean;
  brokenAt: number | undefined;
}

/** A client that follows PROTOCOL.md. */
interface Client {
  readonly room: string;
  instance: string;
  resume: string | undefined;
  connection: Connection | undefined;
  session: string | undefined;
  peers: Map<string, string>;
  unanswered: Message[];
  sent: number;
  received: number;
}

/** Four clients, two rooms, one server, and a network that breaks where the test wants it. */
class World {
  readonly clients: Client[] = [];
  readonly sessions = new Map<string, Session>();
  readonly #outboxMessages: number;
  readonly #open = new Map<string, { readonly connection: Connection; readonly room: string }>();
  /** Which session sits at `room/peer` on the server. */
  readonly #seated = new Map<string, Session>();
  /** Which `room/peer` each connection of the server's belongs to. */
  readonly #place = new Map<string, string>();
  readonly #accepted = new Set<string>();
  #unnoticed: string[] = [];
  #rooms: Rooms;
  #now = 0;
  #counter = 0;

  constructor(outboxMessages: number) {
    this.#outboxMessages = outboxMessages;
    this.#rooms = this.#start();
    for (let index = 0; index < 6; index += 1) {
      this.clients.push({
        room: ROOM_NAMES[index % 2] as string,
        instance: this.#fresh("instance"),
        resume: undefined,
        connection: undefined,
        session: undefined,
        peers: new Map(),
        unanswered: [],
        sent: 0,
        received: 0,
      });
    }
  }

  connect(client: Client): void {
    if (client.connection !== undefined) return;
    client.connection = { id: this.#fresh("c"), isSeated: false, up: [], down: [] };
    this.#open.set(client.connection.id, { connection: client.connection, room: client.room });
    const { room, instance, resume, received } = client;
    const request = { room: room.toUpperCase(), instance, resume, received };
    client.connection.up.push({ type: "join", request });
  }

  /** The client's side of a connection ends; the server may take a while to notice. */
  cut(client: Client): void {
    if (client.connection === undefined) return;
    this.#open.delete(client.connection.id);
    this.#unnoticed.push(client.connection.id);
    client.connection = undefined;
  }

  notice(): void {
    const id = this.#unnoticed.shift();
    if (id === undefined) return;
    const session = this.#sessionAt(id);
    if (session !== undefined) session.brokenAt = this.#now;
    this.#place.delete(id);
    this.#rooms.disconnected(id, this.#now);
    this.#drain();
  }

  reload(client: Client, keepsToken: boolean): void {
    this.cut(client);
    client.instance = this.#fresh("instance");
    if (!keepsToken) client.resume = undefined;
    this.#forgetSeat(client);
  }

  send(client: Client, pick: number): void {
    const peers = [...client.peers];
    if (client.session === undefined || peers.length === 0) return;
    const [to, instance] = peers[pick % peers.length] as [string, string];
    client.sent += 1;
    const data = `${client.room} ${this.#fresh("m")}`;
    const message: Message = { seq: client.sent, to, instance, body: { type: "app", data } };
    client.unanswered.push(message);
    if (client.connection?.isSeated) client.connection.up.push({ type: "message", message });
  }

  confirm(client: Client): void {
    if (!client.connection?.isSeated) return;
    client.connection.up.push({ type: "received", seq: client.received });
  }

  bye(client: Client): void {
    if (!client.connection?.isSeated) return;
    client.connection.up.push({ type: "bye" });
    this.up(client, Number.POSITIVE_INFINITY);
    this.cut(client);
    this.#forgetSeat(client);
  }

  restart(): void {
    for (const client of this.clients) this.cut(client);
    this.#unnoticed = [];
    this.#place.clear();
    for (const session of this.#seated.values()) session.isEnded = true;
    this.#seated.clear();
    this.#rooms = this.#start();
  }

  wait(ms: number): void {
    this.#now += ms;
    for (const session of this.#seated.values()) {
      if (session.brokenAt !== undefined && this.#now >= session.brokenAt + KEEP_MS) {
        session.isEnded = true;
      }
    }
    this.#rooms.handleTimeout(this.#now);
    this.#drain();
  }

  /** The server hears what the client has sent. */
  up(client: Client, count: number): void {
    for (let left = count; left > 0; left -= 1) {
      const { connection } = client;
      const packet = connection?.up.shift();
      if (connection === undefined || packet === undefined) return;
      this.#hear(connection, packet, client.room);
      this.#drain();
      expect(this.#rooms.seats).toBeLessThanOrEqual(CAPACITY * this.#rooms.size);
    }
  }

  /** The client hears what the server has sent. */
  down(client: Client, count: number): void {
    for (let left = count; left > 0; left -= 1) {
      const packet = client.connection?.down.shift();
      if (packet === undefined) return;
      this.#react(client, packet);
    }
  }

  /** Everybody speaks and hears a little. */
  flow(count: number): void {
    for (const client of this.clients) this.up(client, count);
    for (const client of this.clients) this.down(client, count);
  }

  /** Everybody comes back, and everything that is under way arrives. */
  heal(): void {
    for (let round = 0; round < 8; round += 1) {
      while (this.#unnoticed.length > 0) this.notice();
      for (const client of this.clients) this.connect(client);
      for (const client of this.clients) this.up(client, Number.POSITIVE_INFINITY);
      for (const client of this.clients) this.down(client, Number.POSITIVE_INFINITY);
      for (const client of this.clients) this.confirm(client);
    }
  }

  #start(): Rooms {
    return new Rooms({
      capacity: CAPACITY,
      maxRooms: 10,
      keepSeatMs: KEEP_MS,
      outbox: { messages: this.#outboxMessages, bytes: 524_288 },
      random: (length) => {
        this.#counter += 1;
        return Uint8Array.from({ length }, (_, at) => this.#counter >> (5 * at));
      },
      mac: (text) => createHmac("sha256", "key").update(text).digest("base64url"),
    });
  }

  #hear(connection: Connection, packet: ClientPacket, room: string): void {
    switch (packet.type) {
      case "join": {
        const at = { now: this.#now, unixMs: this.#now };
        const answer = this.#rooms.join(connection.id, packet.request, at);
        if ("self" in answer) this.#seat(connection, answer, packet.request, room);
        connection.down.push({ type: "joined", answer });
        return;
      }
      case "message": {
        const { message } = packet;
        const known = this.#sessionAt(connection.id);
        const answer = this.#rooms.message(connection.id, message);
        if (known !== undefined) known.isKnown = true;
        this.#promise(room, message, answer);
        connection.down.push({ type: "answered", seq: message.seq, answer });
        return;
      }
      case "received": {
        const known = this.#sessionAt(connection.id);
        if (known !== undefined) known.isKnown = true;
        this.#rooms.received(connection.id, packet.seq);
        return;
      }
      case "bye": {
        const place = this.#place.get(connection.id);
        this.#rooms.bye(connection.id);
        const session = this.#sessionAt(connection.id);
        if (session !== undefined) session.isEnded = true;
        if (place !== undefined) this.#seated.delete(place);
        this.#place.delete(connection.id);
      }
    }
  }

  /** What the server has answered to a join must fit what it has promised before. */
  #seat(connection: Connection, answer: Seated, request: JoinRequest, room: string): void {
    expect(answer.room).toBe(room);
    expect(answer.peers.length).toBeLessThan(CAPACITY);
    expect(new Set([answer.self.id, ...answer.peers.map(({ id }) => id)]).size).toBe(
      answer.peers.length + 1,
    );
    if (request.resume !== undefined) expect(answer.self.id).toBe(request.resume.split(".")[1]);
    const place = `${room}/${answer.self.id}`;
    const key = sessionKey(answer);
    const before = this.#seated.get(place);
    const claimed = this.sessions.get(`${place}/${request.resume?.split(".")[2]}`);
    const isKept = this.#outboxMessages === AMPLE && before !== undefined && !before.isEnded;
    if (isKept && before.instance === request.instance) {
      if (!before.isKnown) expect(this.sessions.get(key)).toBe(before);
      else if (claimed === before) expect(answer.type).toBe("resumed");
    }
    const session = this.sessions.get(key) ?? {
      instance: request.instance,
      promised: [],
      got: [],
      isKnown: false,
      isEnded: false,
      brokenAt: undefined,
    };
    if (answer.type === "resumed") {
      expect(before).toBe(session);
      session.isKnown = true;
    }
    const members = [answer.self, ...answer.peers].map(({ id }) => `${room}/${id}`);
    for (const [other, { isEnded }] of this.#seated) {
      // A seat that yielded has nobody to hear of it.
      if (other.startsWith(`${room}/`) && !members.includes(other) && !isEnded)
        this.#seated.delete(other);
    }
    session.brokenAt = undefined;
    this.sessions.set(key, session);
    this.#seated.set(place, session);
    for (const [id, other] of this.#place) if (other === place) this.#place.delete(id);
    this.#place.set(connection.id, place);
  }

  /** A message counts when it is answered first; sent again, it is `ok` whatever became of it. */
  #promise(room: string, message: Message, answer: Answer): void {
    const data = message.body.type === "app" ? message.body.data : "";
    if (this.#accepted.has(data)) return;
    if (answer.type === "ok" || answer.code === "no-such-peer") this.#accepted.add(data);
    if (answer.type !== "ok") return;
    const session = this.#seated.get(`${room}/${message.to}`);
    if (session?.instance === message.instance) session.promised.push(data);
  }

  #sessionAt(connection: string): Session | undefined {
    return this.#seated.get(this.#place.get(connection) ?? "");
  }

  #drain(): void {
    for (let output = this.#rooms.poll(); output !== undefined; output = this.#rooms.poll()) {
      if (output.type === "close" && output.reason === "overflow") {
        const session = this.#sessionAt(output.connection);
        if (session !== undefined) session.isEnded = true;
      }
      const holder = this.#open.get(output.connection);
      if (output.type === "close") holder?.connection.down.push({ type: "closed" });
      else if (output.type === "deliver") {
        const { event } = output;
        const { body } = event.type === "message" ? event : { body: undefined };
        // Nothing that was said in a room is ever addressed to a connection of another.
        if (body?.type === "app" && holder) expect(body.data.split(" ")[0]).toBe(holder.room);
        holder?.connection.down.push({ type: "event", event });
      }
    }
  }

  #react(client: Client, packet: ServerPacket): void {
    switch (packet.type) {
      case "joined":
        if ("self" in packet.answer) this.#sit(client, packet.answer);
        else {
          this.cut(client);
          this.#forgetSeat(client);
        }
        return;
      case "answered":
        if (packet.answer.type === "refused") {
          expect(["no-such-peer", "not-in-room"]).toContain(packet.answer.code);
        }
        client.unanswered = client.unanswered.filter(({ seq }) => seq !== packet.seq);
        return;
      case "event":
        this.#learn(client, packet.event);
        return;
      case "closed":
        this.cut(client);
    }
  }

  #sit(client: Client, answer: Seated): void {
    client.resume = answer.resume;
    if (client.connection !== undefined) client.connection.isSeated = true;
    if (answer.type === "resumed") {
      expect(client.session).toBe(sessionKey(answer));
      for (const message of client.unanswered) {
        client.connection?.up.push({ type: "message", message });
      }
      return;
    }
    expect(answer.received).toBe(0);
    this.#forgetSeat(client);
    client.session = sessionKey(answer);
    client.peers = new Map(answer.peers.map(({ id, instance }) => [id, instance]));
  }

  #learn(client: Client, event: Numbered<RoomEvent>): void {
    if (event.seq <= client.received) return;
    expect(event.seq).toBe(client.received + 1);
    client.received = event.seq;
    if (event.type === "ready" || event.type === "peer-back") {
      client.peers.set(event.peer.id, event.peer.instance);
    } else if (event.type === "bye") client.peers.delete(event.peer);
    else if (event.type === "message" && event.body.type === "app") {
      this.sessions.get(client.session ?? "")?.got.push(event.body.data);
    }
  }

  #forgetSeat(client: Client): void {
    client.session = undefined;
    client.peers = new Map();
    client.unanswered = [];
    client.sent = 0;
    client.received = 0;
  }

  #fresh(prefix: string): string {
    this.#counter += 1;
    return `${prefix}${this.#counter.toString().padStart(8, "0")}`;
  }
}

function sessionKey(answer: Seated): string {
  return `${answer.room}/${answer.self.id}/${answer.resume.split(".")[2]}`;
}

const who = fc.nat({ max: 5 });
const step: fc.Arbitrary<(world: World) => void> = fc
  .oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant("connect" as const), who) },
    { weight: 12, arbitrary: fc.tuple(fc.constant("up" as const), who) },
    { weight: 12, arbitrary: fc.tuple(fc.constant("down" as const), who) },
    { weight: 8, arbitrary: fc.tuple(fc.constant("flow" as const), who) },
    { weight: 14, arbitrary: fc.tuple(fc.constant("send" as const), who) },
    { weight: 3, arbitrary: fc.tuple(fc.constant("confirm" as const), who) },
    { weight: 4, arbitrary: fc.tuple(fc.constant("cut" as const), who) },
    { weight: 4, arbitrary: fc.tuple(fc.constant("notice" as const), who) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("reload" as const), who) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("bye" as const), who) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("wait" as const), who) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("restart" as const), who) },
  )
  .chain(([kind, index]) => fc.nat({ max: 7 }).map((n) => ({ kind, index, n })))
  .map(({ kind, index, n }) =>
    Object.assign(
      (world: World) => {
        const client = world.clients[index] as Client;
        if (kind === "up" || kind === "down") world[kind](client, n + 1);
        else if (kind === "flow") world.flow(n);
        else if (kind === "send") for (let i = 0; i <= n; i += 1) world.send(client, i);
        else if (kind === "reload") world.reload(client, n % 2 === 0);
        else if (kind === "wait") world.wait(n * 5000);
        else if (kind === "restart" && n < 5) world.flow(2);
        else if (kind === "notice" || kind === "restart") world[kind]();
        else world[kind](client);
      },
      { [fc.toStringMethod]: () => `${kind} ${index} ${n}` },
    ),
  );

describe("Rooms", () => {
  it.each([
    { outboxMessages: AMPLE, numRuns: 400 },
    { outboxMessages: 5, numRuns: 200 },
  ])(
    "never overfill a room, cross rooms, lose, double or reorder a message (outbox $outboxMessages)",
    ({ outboxMessages, numRuns }) => {
      let delivered = 0;
      fc.assert(
        fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
          const world = new World(outboxMessages);
          for (const client of world.clients) world.connect(client);
          world.flow(5);
          for (const act of steps) act(world);
          world.heal();
          const current = new Set(world.clients.map(({ session }) => session));
          for (const [key, session] of world.sessions) {
            const isCurrent = current.has(key) && !session.isEnded;
            const { promised, got } = session;
            expect(got).toEqual(isCurrent ? promised : promised.slice(0, got.length));
            delivered += got.length;
          }
        }),
        { numRuns },
      );
      expect(delivered).toBeGreaterThan(numRuns);
    },
  );

  it("keep the ids of peers across a restart of the server, and only with the same key", () => {
    const world = new World(AMPLE);
    const [amy, , bob] = world.clients as [Client, Client, Client];
    for (const client of [amy, bob]) world.connect(client);
    world.heal();
    const tokens = [amy.resume, bob.resume];
    const peers = [...amy.peers, ...bob.peers];
    expect(peers).toHaveLength(2);
    world.restart();
    world.heal();
    expect([...amy.peers, ...bob.peers]).toEqual(peers);
    expect([amy.resume, bob.resume]).not.toEqual(tokens);
  });
});
