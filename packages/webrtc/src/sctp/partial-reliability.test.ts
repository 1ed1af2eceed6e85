import { describe, expect, it } from "vitest";
import { connectedPair, say } from "./testing/pair.ts";

const settings = { delayMs: 20, mbitPerSecond: 50 };

describe.each([
  ["in sequence", false],
  ["interleaved", true],
])("messages that may be given up, %s", (_name, interleaving) => {
  const prepared = (loss: number, seed = 3): ReturnType<typeof connectedPair> => {
    const both = connectedPair({ ...settings, seed }, { interleaving });
    both.world.run(both.world.now + 3000);
    both.a.link.settings = { ...settings, loss };
    return both;
  };

  it("are not sent again without retransmits, and do not hold up those behind them", () => {
    const both = prepared(0.3);
    for (let i = 0; i < 200; i += 1) say(both, both.a, `${i}`.padEnd(900), { maxRetransmits: 0 });
    both.world.run(both.world.now + 60_000, () => both.a.association.bufferedAmount(0) === 0);
    both.a.link.settings = settings;
    say(both, both.a, "last");
    both.world.run(both.world.now + 3000);
    const numbers = both.b.texts.slice(0, -1).map(Number);
    expect(both.b.texts.at(-1)).toBe("last");
    expect(numbers.length).toBeGreaterThan(80);
    expect(numbers.length).toBeLessThan(190);
    expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
    expect(both.a.association.statistics.bytesInFlight).toBe(0);
    expect(both.b.association.statistics.bytesHeld).toBe(0);
  });

  it("come through more often with a retransmit or two", () => {
    const came = [0, 1, 4].map((maxRetransmits) => {
      const both = prepared(0.3);
      for (let i = 0; i < 150; i += 1) say(both, both.a, "x".repeat(900), { maxRetransmits });
      both.world.run(both.world.now + 30_000);
      return both.b.texts.length;
    });
    expect(came[1]).toBeGreaterThan(came[0] as number);
    expect(came[2]).toBeGreaterThan(came[1] as number);
  });

  it("expire in the backlog and on the way", () => {
    const both = prepared(0);
    both.a.link.settings = { delayMs: 20, mbitPerSecond: 1 };
    for (let i = 0; i < 200; i += 1) say(both, both.a, `${i}`.padEnd(1000), { lifetimeMs: 500 });
    both.world.run(both.world.now + 10_000);
    say(both, both.a, "later");
    both.world.run(both.world.now + 5000);
    expect(both.b.texts.length).toBeGreaterThan(20);
    expect(both.b.texts.length).toBeLessThan(120);
    expect(both.b.texts.at(-1)).toBe("later");
    expect(both.a.association.bufferedAmount(0)).toBe(0);
  });

  it("are given up whole where one fragment is lost", () => {
    const both = prepared(0.05, 9);
    const large = (i: number): string => `${i}`.padEnd(30_000, ".");
    for (let i = 0; i < 30; i += 1) {
      say(both, both.a, large(i), { maxRetransmits: 0, unordered: i % 2 === 1 });
    }
    both.a.link.settings = settings;
    say(both, both.a, "last");
    both.world.run(both.world.now + 10_000);
    expect(both.b.texts).toContain("last");
    expect(both.b.texts.length).toBeLessThan(31);
    for (const text of both.b.texts) expect(text === "last" || text.length === 30_000).toBe(true);
    expect(both.b.association.statistics.bytesHeld).toBe(0);
  });

  it("leave reliable messages on other streams untouched", () => {
    const both = prepared(0.2, 11);
    for (let i = 0; i < 100; i += 1) {
      say(both, both.a, `lossy ${i}`.padEnd(700), { streamId: 1, maxRetransmits: 0 });
      say(both, both.a, `sure ${i}`, { streamId: 2 });
    }
    both.world.run(both.world.now + 30_000);
    const sure = both.b.texts.filter((text) => text.startsWith("sure"));
    expect(sure).toEqual(Array.from({ length: 100 }, (_, i) => `sure ${i}`));
  });
});

describe("interleaving (RFC 8260)", () => {
  it("lets a short message past a long one; without it the short one waits", () => {
    const position = (interleaving: boolean): number => {
      const both = connectedPair({ delayMs: 20, mbitPerSecond: 10 }, { interleaving });
      say(both, both.a, "long".padEnd(260_000), { streamId: 1 });
      say(both, both.a, "short", { streamId: 2 });
      both.world.run(both.world.now + 5000);
      expect(both.b.texts).toHaveLength(2);
      return both.b.texts.indexOf("short");
    };
    expect(position(true)).toBe(0);
    expect(position(false)).toBe(1);
  });
});
