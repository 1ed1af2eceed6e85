import type { HostMessage, RoomState, Seated } from "@tincan/signaling";
import { describe, expect, test } from "vitest";
import { CallRoom } from "./call-room.ts";

const [AMY, BOB] = ["a".repeat(16), "b".repeat(16)];

/** The room as Amy has it, and what she heard and said. */
class Scene {
  readonly events: string[] = [];
  readonly said: HostMessage[] = [];
  remembered: unknown;
  readonly room: CallRoom;

  constructor(state: Partial<RoomState> | undefined, password?: string) {
    this.room = new CallRoom({
      seated: seated(state),
      password,
      command: async (message) => {
        this.said.push(message);
      },
      remember: (door) => {
        this.remembered = door;
      },
      emit: (name, detail) => {
        this.events.push(`${name} ${typeof detail === "object" ? detail.name : detail}`);
      },
    });
  }
}

function whole(state: Partial<RoomState>): RoomState {
  return { host: AMY, locked: false, password: false, ...state };
}

function seated(state: Partial<RoomState> | undefined, more: Partial<Seated> = {}): Seated {
  const self = { id: AMY, name: "Amy", instance: "instance1", here: true };
  const seat = { room: "room", capacity: 2, peers: [], resume: "t", received: 0 };
  const told = state === undefined ? {} : { state: whole(state) };
  return { type: "created", self, ...seat, ...told, ...more };
}

describe("CallRoom", () => {
  test("tells what changed, and nothing where nothing did", () => {
    const { room, events } = new Scene({});
    room.changed(whole({ locked: true }));
    room.changed(whole({ locked: true }));
    room.changed(whole({ locked: true, password: true, host: BOB }));
    expect(events).toEqual(["locked-changed true", `host-changed ${BOB}`, "password-changed true"]);
    expect([room.isHost, room.isLocked, room.hasPassword]).toEqual([false, true, true]);
  });

  test("tells who knocks and who has gone, also because we are the host no longer", () => {
    const { room, events } = new Scene({ locked: true });
    const [eve, dan] = [
      { id: "eeeeeeee", name: "Eve" },
      { id: "dddddddd", name: "Dan" },
    ];
    room.knocked([eve]);
    room.knocked([eve, dan]);
    room.resumed(seated({}, { knocks: [dan] }));
    expect(events).toEqual(["knock Eve", "knock Dan", "knock-gone Eve"]);
    room.changed(whole({ locked: true, host: BOB }));
    expect(events.slice(3)).toEqual(["knock-gone Dan", `host-changed ${BOB}`]);
    expect(room.knocks).toEqual([]);
  });

  test("sets right what a restarted server has forgotten, as the host and only then", async () => {
    const amy = new Scene({ locked: true, password: true }, "verifier");
    expect(amy.remembered).toEqual({ password: "verifier", locked: true });
    amy.room.reseated(seated({ host: BOB }));
    expect(amy.said).toEqual([]);

    const host = new Scene({ locked: true, password: true }, "verifier");
    host.room.reseated(seated({}));
    expect(host.said).toEqual([
      { type: "lock", locked: true },
      { type: "password", verifier: "verifier" },
    ]);
  });

  test("knows of no host at a server of the first days", () => {
    const { room } = new Scene(undefined);
    expect([room.host, room.isHost, room.isLocked]).toEqual([undefined, false, false]);
  });
});
