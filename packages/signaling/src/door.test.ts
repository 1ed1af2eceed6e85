import { describe, expect, it } from "vitest";
import { Door, type Visitor } from "./door.ts";

const RATE = { perSecond: 1, burst: 3 };

function door(): Door<Visitor> {
  let count = 0;
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(count++);
  return new Door(random, 0, {
    knockMs: 1000,
    knocks: { perSecond: 1, burst: 20 },
    passwords: RATE,
  });
}

function visitor(connection: string, more: Partial<Visitor> = {}): Visitor {
  return { connection, name: connection, password: undefined, knock: true, ...more };
}

describe("Door", () => {
  it("asks for the password before the lock, and takes no more tries than it allows", () => {
    const room = door();
    room.password = "right";
    room.isLocked = true;
    const codes = ["wrong", undefined, "right", "wrong", "right"].map((password) => {
      const obstacle = room.examine(visitor("eve", { password }), 0);
      return typeof obstacle === "object" ? obstacle.code : obstacle;
    });
    // Where no try is left, the right password tells as little as a wrong one.
    expect(codes).toEqual([
      "wrong-password",
      "password-needed",
      "locked",
      "wrong-password",
      "rate-limited",
    ]);
    expect(room.examine(visitor("bob", { password: "right" }), 1000)).toBe("locked");
  });

  it("lets 16 wait, each for its time", () => {
    const room = door();
    for (let count = 0; count < 16; count += 1) {
      expect(room.knock(visitor(`c${count}`), count)).toMatchObject({ type: "waiting" });
    }
    expect(room.knock(visitor("late"), 20)).toMatchObject({ code: "too-many-knocks" });
    expect(room.deadline).toBe(1000);
    expect(room.take(({ until }) => until <= 1001)).toHaveLength(2);
    expect(room.deadline).toBe(1002);
    expect(room.knocks).toHaveLength(14);
  });

  it("does not let people knock faster than its rate", () => {
    const room = door();
    const codes = Array.from({ length: 21 }, (_, count) => {
      const answer = room.knock(visitor(`c${count}`), 0);
      room.take(() => true);
      return answer.type === "refused" ? answer.code : answer.type;
    });
    expect(codes.slice(19)).toEqual(["waiting", "rate-limited"]);
  });

  it("remembers 64 who were removed, and says when it has forgotten them", () => {
    const room = door();
    for (let count = 0; count < 64; count += 1) expect(room.remove(`p${count}`)).toBe(true);
    expect(room.isRemoved("p0")).toBe(true);
    expect(room.remove("one more")).toBe(false);
    expect(room.isRemoved("p0")).toBe(false);
  });
});
