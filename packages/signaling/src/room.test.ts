import { describe, expect, it } from "vitest";
import type { Body, RoomEvent } from "./messages.ts";
import type { Moment } from "./moment.ts";
import { Room, type SeatAnswer, type SeatRequest } from "./room.ts";

const OFFER: Body = { type: "offer", sdp: "v=0" };

/** A room whose outputs are sorted by connection, and whose random ids count up. */
class Scene {
  readonly room: Room;
  #counter = 0;
  #unixMs = 1_000_000;

  get #at(): Moment {
    return { now: 0, unixMs: this.#unixMs };
  }

  constructor(capacity = 2, messages = 256) {
    const options = {
      id: "scene",
      capacity,
      keepSeatMs: 30_000,
      outbox: { messages, bytes: 524_288 },
      random: (length: number) => {
        this.#counter += 1;
        return new Uint8Array(length).fill(this.#counter);
      },
    };
    this.room = new Room(options, 0);
  }

  join(connection: string, request: Partial<SeatRequest> = {}): Seated {
    const instance = `instance-${connection}`;
    const plain = { claim: undefined, restores: false, locked: false, knock: false };
    const whole = { name: connection, received: 0, password: undefined, instance, ...plain };
    this.#unixMs += 1;
    const answer = this.room.join({ connection, ...whole, ...request }, this.#at);
    if (!("self" in answer)) throw new Error(answer.type);
    return answer;
  }

  say(connection: string, seq: number, to: Seated, body: Body = OFFER): string {
    const { id, instance } = to.self;
    const answer = this.room.message(connection, { seq, to: id, instance, body });
    return answer.type === "refused" ? answer.code : answer.type;
  }

  /** Everything since the last call, as `connection: what`. */
  heard(): string[] {
    const heard: string[] = [];
    for (let output = this.room.poll(); output; output = this.room.poll()) {
      if (output.type === "close") heard.push(`${output.connection}: closed ${output.reason}`);
      else if (output.type !== "deliver") heard.push(`${output.connection}: ${output.type}`);
      else heard.push(`${output.connection}: ${output.event.seq} ${told(output.event)}`);
    }
    return heard;
  }
}

type Seated = Extract<SeatAnswer, { readonly self: object }>;

function told(event: RoomEvent): string {
  switch (event.type) {
    case "ready":
    case "peer-back":
      return `${event.type} ${event.peer.name}`;
    case "message":
      return event.body.type;
    case "bye":
      return `bye ${event.reason}`;
    case "peer-reconnecting":
    case "room":
    case "asked":
      return event.type;
  }
}

describe("Room", () => {
  it("seats two, tells the first of the second, and is full for a third", () => {
    const scene = new Scene();
    const amy = scene.join("amy");
    expect(amy).toMatchObject({ type: "created", peers: [], received: 0 });
    const bob = scene.join("bob");
    expect(bob).toMatchObject({ type: "joined", peers: [amy.self] });
    expect(scene.heard()).toEqual(["amy: 1 ready bob"]);
    expect(() => scene.join("eve")).toThrow("full");
    expect(scene.heard()).toEqual([]);
  });

  it("carries messages to the peer they are for, once, and refuses a gap", () => {
    const scene = new Scene(3);
    scene.join("amy");
    const bob = scene.join("bob");
    scene.join("eve");
    scene.heard();
    expect(scene.say("amy", 1, bob)).toBe("ok");
    expect(scene.say("amy", 1, bob)).toBe("ok");
    expect(scene.say("amy", 3, bob)).toBe("out-of-order");
    expect(scene.heard()).toEqual(["bob: 2 offer"]);
  });

  it("refuses strangers and unknown peers, whose messages use up their number", () => {
    const scene = new Scene();
    const amy = scene.join("amy");
    const gone = { ...amy, self: { ...amy.self, id: "zzzzzzzzzzzzzzzz" } };
    expect(scene.say("nobody", 1, amy)).toBe("not-in-room");
    expect(scene.say("amy", 1, gone)).toBe("no-such-peer");
    expect(scene.say("amy", 2, amy)).toBe("no-such-peer");
    scene.room.skip("amy", 3);
    scene.room.skip("amy", 5);
    expect(scene.say("amy", 4, amy)).toBe("no-such-peer");
  });

  it("drops what is for an instance that is gone", () => {
    const scene = new Scene();
    const bob = scene.join("bob");
    scene.join("amy");
    scene.join("bob-again", { claim: bob.claim, instance: "another" });
    scene.heard();
    expect(scene.say("amy", 1, bob)).toBe("ok");
    expect(scene.heard()).toEqual([]);
  });

  it("keeps a broken seat 30 s, then gives it up as lost", () => {
    const scene = new Scene();
    scene.join("amy");
    scene.join("bob");
    scene.heard();
    scene.room.disconnected("bob", 1000);
    expect(scene.heard()).toEqual(["amy: 2 peer-reconnecting"]);
    expect(scene.room.deadline).toBe(31_000);
    scene.room.handleTimeout(30_999);
    expect(scene.room.size).toBe(2);
    scene.room.handleTimeout(31_000);
    expect(scene.heard()).toEqual(["amy: 3 bye lost"]);
    expect(scene.room.deadline).toBeUndefined();
  });

  it("says again what was missed when the holder comes back, and peer-back to the other", () => {
    const scene = new Scene();
    const amy = scene.join("amy");
    const bob = scene.join("bob");
    scene.say("bob", 1, amy);
    scene.room.disconnected("amy", 0);
    scene.say("bob", 2, amy);
    scene.heard();
    const again = scene.join("amy-2", {
      instance: "instance-amy",
      name: "amy",
      claim: amy.claim,
      received: 1,
    });
    expect(again).toMatchObject({ type: "resumed", received: 0, self: amy.self });
    expect(again.peers).toEqual([bob.self]);
    expect(scene.heard()).toEqual(["amy-2: 2 offer", "amy-2: 3 offer", "bob: 2 peer-back amy"]);
  });

  it("replaces a connection that it still held for open, without the other noticing", () => {
    const scene = new Scene();
    const amy = scene.join("amy");
    scene.join("bob");
    scene.heard();
    const back = { instance: "instance-amy", name: "amy", claim: amy.claim, received: 1 };
    expect(scene.join("amy-2", back).type).toBe("resumed");
    expect(scene.heard()).toEqual(["amy: closed replaced"]);
    scene.room.disconnected("amy", 0);
    expect(scene.heard()).toEqual([]);
  });

  it("seats a reloaded page as the same peer, and numbers from 1 again", () => {
    const scene = new Scene();
    const amy = scene.join("amy");
    const bob = scene.join("bob");
    scene.say("amy", 1, bob);
    scene.heard();
    const page = scene.join("page-2", { name: "amy", claim: amy.claim, instance: "another" });
    expect(page).toMatchObject({ type: "joined", received: 0, self: { id: amy.self.id } });
    expect(page.claim.session).not.toBe(amy.claim.session);
    expect(scene.heard()).toEqual(["amy: closed replaced", "bob: 2 peer-back amy"]);
    expect(scene.say("page-2", 1, bob)).toBe("ok");
    expect(scene.heard()).toEqual(["bob: 3 offer"]);
  });

  it("seats a claim it knows nothing of under the claimed id", () => {
    const scene = new Scene();
    const known = { peer: "abcdefghijklmnop", session: "aaaaaaaa", opened: 1, since: 1 };
    const amy = scene.join("amy", { claim: known, received: 7 });
    expect(amy).toMatchObject({ type: "created", received: 0, self: { id: known.peer } });
  });

  it("says everything to a holder whose answer was lost with a restart's new session", () => {
    const scene = new Scene();
    const old = { peer: "abcdefghijklmnop", session: "aaaaaaaa", opened: 1, since: 1 };
    const bob = scene.join("bob", { claim: old, received: 37 });
    scene.room.disconnected("bob", 0);
    scene.join("amy");
    scene.say("amy", 1, bob);
    scene.heard();
    const again = { instance: "instance-bob", claim: old, received: 37 };
    expect(scene.join("bob-2", again)).toMatchObject({ type: "joined", received: 0 });
    expect(scene.heard()).toEqual([
      "bob-2: 1 ready amy",
      "bob-2: 2 offer",
      "amy: 1 peer-back bob-2",
    ]);
  });

  it("lets a seat yield whose holder may not know of it: to its own instance, and where all are taken", () => {
    const scene = new Scene();
    scene.join("amy");
    scene.room.disconnected("amy", 0);
    scene.join("amy-2", { instance: "instance-amy" });
    expect(scene.room.size).toBe(1);
    scene.room.disconnected("amy-2", 0);
    scene.join("bob");
    expect(scene.room.size).toBe(2);
    scene.join("eve");
    expect(scene.heard()).toEqual(["bob: 1 bye lost", "bob: 2 room", "bob: 3 ready eve"]);
  });

  it("keeps the seat of who has spoken, though a stranger names its instance", () => {
    const scene = new Scene();
    scene.join("amy");
    scene.room.received("amy", 0);
    scene.room.disconnected("amy", 0);
    scene.join("bob");
    expect(() => scene.join("eve", { instance: "instance-amy" })).toThrow("full");
  });

  it("gives a seat up at once on bye", () => {
    const scene = new Scene();
    scene.join("amy");
    scene.join("bob");
    scene.heard();
    scene.room.bye("bob");
    expect(scene.heard()).toEqual(["amy: 2 bye left"]);
    expect(scene.join("eve").type).toBe("joined");
  });

  it("gives a seat up by the word of its present token, connected or not", () => {
    const scene = new Scene();
    scene.join("amy");
    const bob = scene.join("bob");
    scene.heard();
    scene.room.leave({ ...bob.claim, session: "zzzzzzzz" });
    expect(scene.heard()).toEqual([]);
    scene.room.leave(bob.claim);
    expect(scene.heard()).toEqual(["bob: closed left", "amy: 2 bye left"]);
    scene.room.leave(bob.claim);
    const eve = scene.join("eve");
    scene.room.disconnected("eve", 0);
    scene.heard();
    scene.room.leave(eve.claim);
    expect(scene.heard()).toEqual(["amy: 5 bye left"]);
    expect(scene.room.deadline).toBeUndefined();
  });

  it("gives a seat up as lost when too much waits for it, though it is connected", () => {
    const scene = new Scene(2, 3);
    const amy = scene.join("amy");
    scene.join("bob");
    scene.say("bob", 1, amy);
    scene.say("bob", 2, amy);
    scene.heard();
    expect(scene.say("bob", 3, amy)).toBe("ok");
    expect(scene.heard()).toEqual(["amy: closed overflow", "bob: 1 bye lost", "bob: 2 room"]);
    expect(scene.say("bob", 4, amy)).toBe("no-such-peer");
  });

  it("does not lose a seat to messages that were received", () => {
    const scene = new Scene(2, 3);
    const amy = scene.join("amy");
    scene.join("bob");
    for (let seq = 1; seq <= 50; seq += 1) {
      expect(scene.say("bob", seq, amy)).toBe("ok");
      scene.room.received("amy", seq);
    }
    expect(scene.room.size).toBe(2);
  });
});
