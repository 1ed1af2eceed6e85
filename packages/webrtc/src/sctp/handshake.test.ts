import { describe, expect, it } from "vitest";
import { Association } from "./association.ts";
import { CHUNK, encodeChunk } from "./chunk-type.ts";
import { writePacketHeader } from "./packet.ts";
import { connectedPair, isUp, pair, say, types } from "./testing/pair.ts";
import { seededCrypto } from "./testing/seeded.ts";

describe("the handshake", () => {
  it("needs one side to begin, and two round trips", () => {
    const both = pair({ delayMs: 10 });
    both.a.association.connect(0);
    both.world.drain();
    both.world.run(40);
    expect([both.a.association.state, both.b.association.state]).toEqual([
      "established",
      "established",
    ]);
    expect(types(both.a)).toEqual(["established"]);
    expect(both.a.association.statistics.roundTripMs).toBeCloseTo(20, 0);
    expect(both.b.association.statistics.roundTripMs).toBeCloseTo(20, 0);
  });

  it("may be begun by both sides at once, or one after the other, over lines of any manners", () => {
    for (let seed = 1; seed <= 150; seed += 1) {
      const both = pair({
        delayMs: 20,
        seed,
        loss: 0.2,
        duplicates: 0.3,
        reorder: 0.5,
        reorderMs: 60,
      });
      both.a.association.connect(0);
      both.world.drain();
      both.world.run(seed % 80);
      both.b.association.connect(both.world.now);
      both.world.drain();
      both.world.run(60_000, () => isUp(both.a) && isUp(both.b));
      expect(isUp(both.a) && isUp(both.b), `seed ${seed}`).toBe(true);
      say(both, both.a, "ping");
      say(both, both.b, "pong");
      both.world.run(both.world.now + 20_000, () => both.a.texts.length + both.b.texts.length > 1);
      expect([both.a.texts, both.b.texts], `seed ${seed}`).toEqual([["pong"], ["ping"]]);
      expect(types(both.a).filter((type) => type === "established")).toHaveLength(1);
      expect(types(both.a).concat(types(both.b)), `seed ${seed}`).not.toContain("restarted");
    }
  });

  it("gives up after the last INIT", () => {
    const both = pair({ loss: 1 });
    both.a.association.connect(0);
    both.world.drain();
    both.world.run(Number.POSITIVE_INFINITY);
    expect(both.a.events).toEqual([{ type: "closed", reason: "handshake-timeout" }]);
    expect(both.world.packets).toBe(9);
    expect(both.a.association.deadline).toBeUndefined();
  });

  it("keeps no state for an INIT", () => {
    const server = new Association({ crypto: seededCrypto(1) });
    const client = new Association({ crypto: seededCrypto(2) });
    client.connect(0);
    const init = client.poll();
    if (init?.type !== "packet") throw new Error("no INIT");
    server.receive(init.packet, 0);
    expect(server.state).toBe("closed");
    expect(server.deadline).toBeUndefined();
    expect(server.poll()?.type).toBe("packet");
  });

  it("begins anew when the cookie has grown too old", () => {
    const client = new Association({ crypto: seededCrypto(1) });
    const server = new Association({ crypto: seededCrypto(2) });
    const carry = (from: Association, to: Association, now: number): void => {
      for (let output = from.poll(); output; output = from.poll()) {
        if (output.type === "packet") to.receive(output.packet, now);
      }
    };
    client.connect(0);
    carry(client, server, 0);
    carry(server, client, 0);
    expect(client.state).toBe("cookie-echoed");
    carry(client, server, 60_001);
    expect(server.state).toBe("closed");
    carry(server, client, 60_001);
    expect(client.state).toBe("cookie-wait");
    for (let i = 0; i < 2; i += 1) {
      carry(client, server, 60_002);
      carry(server, client, 60_002);
    }
    expect([client.state, server.state]).toEqual(["established", "established"]);
  });
});

describe("a peer that begins anew (RFC 9260 §5.2.4, action A)", () => {
  it("is taken for what it is, and data flows again", () => {
    const both = connectedPair({ delayMs: 10 });
    say(both, both.a, "before");
    both.world.run(1000);
    const reborn = pair({ delayMs: 10, seed: 77 }).a;
    const { world } = both;
    const events: string[] = [];
    // The old endpoint of `a` is gone without a word; a new one takes its place on the line.
    both.a.link.settings = { loss: 1 };
    const buffer = new Uint8Array(2000);
    const pump = (): void => {
      for (let length = reborn.association.pollInto(buffer, 0); length > 0; ) {
        both.b.association.receive(buffer.slice(0, length), world.now);
        length = reborn.association.pollInto(buffer, 0);
      }
      for (let length = both.b.association.pollInto(buffer, 0); length > 0; ) {
        reborn.association.receive(buffer.slice(0, length), world.now);
        length = both.b.association.pollInto(buffer, 0);
      }
    };
    reborn.association.connect(world.now);
    for (let i = 0; i < 5; i += 1) pump();
    for (
      let event = both.b.association.pollEvent();
      event;
      event = both.b.association.pollEvent()
    ) {
      events.push(event.type);
    }
    expect(events).toEqual(["restarted"]);
    expect(reborn.association.state).toBe("established");
    reborn.association.send(0, Uint8Array.of(1), { ppid: 53 }, world.now);
    for (let i = 0; i < 3; i += 1) pump();
    expect(both.b.association.pollEvent()?.type).toBe("message");
  });
});

describe("packets that do not belong", () => {
  it("are dropped and counted: checksum, port, tag, chunk lengths", () => {
    const both = connectedPair({}, { zeroChecksum: false });
    const { association } = both.b;
    const packet = (tag: number, chunk: Uint8Array, port = 5000): Uint8Array => {
      const bytes = new Uint8Array(12 + chunk.length);
      bytes.set(chunk, 12);
      writePacketHeader(bytes, 0, bytes.length, port, 5000, tag, true);
      return bytes;
    };
    const abort = encodeChunk(CHUNK.abort, 0, new Uint8Array(0));
    association.receive(packet(1, abort), both.world.now);
    association.receive(packet(1, abort, 4999), both.world.now);
    association.receive(packet(1, abort).fill(0, 8, 12), both.world.now);
    association.receive(packet(1, Uint8Array.of(3, 0, 0, 40)), both.world.now);
    association.receive(new Uint8Array(3), both.world.now);
    expect(Object.fromEntries(association.faults)).toEqual({
      "wrong-tag": 1,
      "wrong-port": 1,
      "bad-checksum": 1,
      "bad-chunk-length": 1,
      "too-short": 1,
    });
    expect(association.state).toBe("established");
  });
});

describe("checksums (RFC 9653)", () => {
  it("are left out once both sides accept that, and never from INIT and COOKIE ECHO", () => {
    const seen = new Map<number, boolean>();
    const record = (zeroChecksum: boolean): void => {
      seen.clear();
      const one = new Association({ crypto: seededCrypto(3) });
      const other = new Association({ crypto: seededCrypto(4), zeroChecksum });
      one.connect(0);
      one.send(0, new Uint8Array(100), { ppid: 53 }, 0);
      for (let i = 0; i < 4; i += 1) {
        for (const [from, to] of [
          [one, other],
          [other, one],
        ] as const) {
          for (let output = from.poll(); output; output = from.poll()) {
            if (output.type !== "packet") continue;
            const zero = output.packet.subarray(8, 12).every((byte) => byte === 0);
            seen.set(output.packet[12] as number, zero);
            to.receive(output.packet, i);
          }
        }
      }
    };
    record(true);
    for (const type of [CHUNK.init, CHUNK.initAck, CHUNK.cookieEcho]) {
      expect(seen.get(type)).toBe(false);
      seen.delete(type);
    }
    expect([...new Set(seen.values())]).toEqual([true]);
    record(false);
    expect([...seen.values()]).not.toContain(true);
  });
});
