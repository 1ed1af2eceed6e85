import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeCall, FakeNetwork } from "../testing/fake-network.ts";
import { Chat, type ChatMessage } from "./chat.ts";
import type { ChatBody } from "./messages.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const CHAT = 1;

describe("texts", () => {
  test("arrive, and are marked as delivered when everybody has them", async () => {
    const { network, chats } = await room("amy", "bob", "cat");
    const [amy, bob, cat] = chats;
    const sent = amy.send("  hello\r\nyou ");
    expect(sent).toMatchObject({ text: "hello\nyou", own: true, delivery: "pending" });
    network.drain();
    expect(texts(bob)).toEqual(["hello\nyou"]);
    expect(bob.messages[0]).toMatchObject({ name: "amy", own: false, direct: true });
    expect(texts(cat)).toEqual(["hello\nyou"]);
    expect(amy.messages[0]?.delivery).toBe("delivered");
  });

  test("fail after thirty seconds without an answer, and can be sent again", async () => {
    const { network, chats, calls } = await room("amy", "bob");
    const [amy, bob] = chats;
    network.cut(calls[0], calls[1]);
    const { id } = amy.send("lost?");
    vi.advanceTimersByTime(29_999);
    expect(amy.messages[0]?.delivery).toBe("pending");
    vi.advanceTimersByTime(1);
    expect(amy.messages[0]?.delivery).toBe("failed");
    amy.retry(id);
    expect(amy.messages[0]?.delivery).toBe("pending");
    network.mend(calls[0], calls[1]);
    network.drain();
    expect(texts(bob)).toEqual(["lost?"]);
    expect(amy.messages[0]?.delivery).toBe("delivered");
  });

  test("have failed for a peer that left before it answered", async () => {
    const { network, chats, calls } = await room("amy", "bob");
    const [amy] = chats;
    amy.send("too late");
    network.leave(calls[1]);
    expect(amy.messages[0]?.delivery).toBe("failed");
  });

  test("are refused when empty or too long", async () => {
    const { chats } = await room("amy");
    expect(() => chats[0].send(" \u0000 ")).toThrow(expect.objectContaining({ code: "malformed" }));
    expect(() => chats[0].send("x".repeat(16_385))).toThrow(
      expect.objectContaining({ code: "too-large" }),
    );
    chats[0].close();
    expect(() => chats[0].send("after")).toThrow(expect.objectContaining({ code: "ended" }));
  });
});

describe("history", () => {
  test("is given to who comes later, by any that has it, and is marked as hearsay where it is", async () => {
    const { network, chats, calls } = await room("amy", "bob");
    const [amy, bob] = chats;
    amy.send("one");
    network.drain();
    bob.send("two");
    network.drain();
    network.leave(calls[0]);
    const cat = new Chat(network.join("cat").call);
    const heard: (readonly ChatMessage[])[] = [];
    cat.on("history", (messages) => heard.push(messages));
    await vi.advanceTimersByTimeAsync(0);
    network.drain();
    expect(texts(cat)).toEqual(["one", "two"]);
    expect(cat.messages.map(({ direct, name }) => [direct, name])).toEqual([
      [false, "amy"],
      [true, "bob"],
    ]);
    expect(heard.flat()).toHaveLength(2);
    // And bob knows that cat has what he said.
    expect(bob.messages[1]?.deliveries.get("cat".padEnd(16, "0"))).toBe("delivered");
  });

  test("comes back after a reload, our own texts as our own", async () => {
    const { network, chats, calls } = await room("amy", "bob");
    chats[1].send("mine");
    network.drain();
    network.leave(calls[1]);
    chats[1].close();
    const again = new Chat(network.join("bob").call);
    await vi.advanceTimersByTimeAsync(0);
    network.drain();
    expect(again.messages).toMatchObject([{ text: "mine", own: true, delivery: "delivered" }]);
  });

  test("is asked of another peer when the first does not give it", async () => {
    const { network, chats } = await room("amy", "bob");
    chats[0].send("who has it?");
    network.drain();
    network.tamper = (data, from) =>
      from.startsWith("amy") && `${data}`.includes('"history"') ? undefined : data;
    const cat = new Chat(network.join("cat").call);
    await vi.advanceTimersByTimeAsync(0);
    network.drain();
    expect(texts(cat)).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    network.drain();
    expect(texts(cat)).toEqual(["who has it?"]);
  });

  test("whatever is said and broken: in the end all have the same, in the same order", async () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant("send" as const), who: fc.nat(2) }),
      fc.record({ what: fc.constant("cut" as const), who: fc.nat(2) }),
      fc.record({ what: fc.constant("mend" as const), who: fc.nat(2) }),
      fc.record({ what: fc.constant("step" as const), who: fc.nat(50) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { network, chats, calls } = await room("amy", "bob", "cat");
        const pair = (who: number) => [calls[who], calls[(who + 1) % 3]] as [FakeCall, FakeCall];
        let sent = 0;
        for (const { what, who } of steps) {
          if (what === "send") chats[who]?.send(`${sent++}`);
          else if (what === "cut") network.cut(...pair(who));
          else if (what === "mend") network.mend(...pair(who));
          else network.step((count) => who % Math.max(1, count));
        }
        for (const who of [0, 1, 2]) network.mend(...pair(who));
        network.drain();
        for (const who of [0, 1, 2]) network.cut(...pair(who));
        for (const who of [0, 1, 2]) network.mend(...pair(who));
        network.drain();
        expect(chats[0].messages).toHaveLength(sent);
        const order = chats[0].messages.map(({ id }) => id);
        for (const chat of chats) {
          expect(chat.messages.map(({ id }) => id)).toEqual(order);
          for (const { own, delivery } of chat.messages)
            if (own) expect(delivery).toBe("delivered");
          chat.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  test("is bounded, and the oldest goes first", async () => {
    const { network, chats } = await room("amy");
    for (let n = 0; n < 600; n += 1) chats[0].send(`${n}`);
    expect(chats[0].messages).toHaveLength(500);
    expect(chats[0].messages[0]?.text).toBe("100");
    network.drain();
  });
});

describe("reactions and hands", () => {
  test("a reaction is shown once, a raised hand stays for those who come later", async () => {
    const { network, chats, calls } = await room("amy", "bob");
    const [amy, bob] = chats;
    const seen: string[] = [];
    bob.on("reaction", ({ emoji }) => seen.push(emoji));
    bob.on("hand", ({ raised }) => seen.push(raised ? "up" : "down"));
    amy.react("👍");
    amy.raiseHand();
    network.drain();
    expect(seen).toEqual(["👍", "up"]);
    const cat = new Chat(network.join("cat").call);
    await vi.advanceTimersByTimeAsync(0);
    network.drain();
    expect(cat.hands).toEqual([calls[0].self.id]);
    network.leave(calls[0]);
    expect(cat.hands).toEqual([]);
    expect(seen).toEqual(["👍", "up", "down"]);
  });
});

describe("a peer that does not keep to the rules", () => {
  test("is not heard, whatever it sends", async () => {
    const { network, chats, calls } = await room("amy", "bob");
    const faults: string[] = [];
    chats[0].on("fault", ({ code }) => faults.push(code));
    const id = "a".repeat(26);
    const bad: unknown[] = [
      ...["", 1, null, [], {}, { type: "x" }, { type: "text" }],
      { type: "text", id, clock: 1, time: 1, text: "x".repeat(16_385) },
      { type: "text", id: "short", clock: 1, time: 1, text: "x" },
      { type: "text", id, clock: 2 ** 50, time: 1, text: "x" },
      { type: "text", id, clock: -1, time: 1, text: "x" },
      { type: "text", id, clock: 1, time: 1, text: "\u0000" },
      { type: "reaction", emoji: "x".repeat(33) },
      // Nobody has asked for it.
      {
        type: "history",
        entries: [{ id, clock: 1, time: 1, text: "x", from: id.slice(10), name: "" }],
      },
      { type: "want", ids: Array(51).fill(id) },
    ];
    for (const body of bad) network.send(calls[1], calls[0].self.id, CHAT, JSON.stringify(body));
    network.send(calls[1], calls[0].self.id, CHAT, "{");
    network.send(calls[1], calls[0].self.id, CHAT, new Uint8Array(10));
    network.drain();
    expect(chats[0].messages).toEqual([]);
    expect(faults).toEqual(["protocol", "protocol", "protocol"]);
  });

  test("is heard no further than its allowance", async () => {
    const { network, chats, calls } = await room("amy", "bob");
    for (let n = 0; n < 5000; n += 1) {
      const id = n.toString(2).replaceAll("0", "x").replaceAll("1", "y").padStart(26, "a");
      say(network, calls, { type: "text", id, clock: n, time: 0, text: `${n}` });
    }
    network.drain();
    expect(chats[0].messages.length).toBeLessThanOrEqual(60);
  });

  test("cannot stand in for what another has said, nor stop the clock", async () => {
    const { network, chats, calls } = await room("amy", "bob", "cat");
    const { id } = chats[0].send("the truth");
    // Bob knows the id, and is faster.
    const clock = 2 ** 48;
    network.send(
      calls[1],
      calls[2].self.id,
      CHAT,
      JSON.stringify({ type: "text", id, clock, time: 0, text: "a lie" }),
    );
    network.drain();
    const heard = chats[2].messages.map(({ from, text }) => [from.slice(0, 3), text]);
    expect(heard).toContainEqual(["amy", "the truth"]);
    expect(heard).toContainEqual(["bob", "a lie"]);
    chats[2].send("still here");
    network.drain();
    expect(texts(chats[0])).toContain("still here");
  });
});

type Several<Item> = [Item, Item, Item];

async function room(...names: string[]) {
  const network = new FakeNetwork();
  const calls = names.map((name) => network.join(name)) as Several<FakeCall>;
  const chats = calls.map(({ call }) => new Chat(call)) as Several<Chat>;
  await vi.advanceTimersByTimeAsync(0);
  network.drain();
  return { network, calls, chats };
}

function say(network: FakeNetwork, calls: Several<FakeCall>, body: ChatBody): void {
  network.send(calls[1], calls[0].self.id, CHAT, JSON.stringify(body));
}

function texts(chat: Chat): string[] {
  return chat.messages.map(({ text }) => text);
}
