import { describe, expect, it } from "vitest";
import type { Association } from "./association.ts";
import { CHUNK } from "./chunk-type.ts";
import { readTag, writePacketHeader } from "./packet.ts";
import { connectedPair, pair, say, types } from "./testing/pair.ts";
import { seededCrypto } from "./testing/seeded.ts";

const text = (length: number): string => "x".repeat(length);

describe("messages", () => {
  it("arrive as they were sent, from one byte to the largest", () => {
    const both = connectedPair({ delayMs: 5 });
    const sizes = [1, 3, 4, 1167, 1168, 1169, 16_384, 262_144];
    for (const size of sizes) say(both, both.a, text(size));
    both.world.run(both.world.now + 5000);
    expect(both.b.texts.map((one) => one.length)).toEqual(sizes);
    expect(both.b.association.statistics.bytesHeld).toBe(0);
    expect(both.a.association.statistics.bytesInFlight).toBe(0);
  });

  it("wait for the association, and are taken before it stands", () => {
    const both = pair({ delayMs: 5 });
    say(both, both.a, "early");
    both.a.association.connect(0);
    both.world.drain();
    both.world.run(1000);
    expect(both.b.texts).toEqual(["early"]);
  });

  it("are bundled: a hundred small ones take a dozen packets", () => {
    const both = connectedPair({ delayMs: 5 });
    const before = both.world.packets;
    for (let i = 0; i < 100; i += 1) {
      both.a.association.send(0, new Uint8Array(100), { ppid: 53 }, both.world.now);
    }
    both.world.drain();
    expect(both.world.packets - before).toBeLessThanOrEqual(12);
    both.world.run(both.world.now + 1000);
    expect(both.b.texts).toHaveLength(100);
  });

  it("pass the ends of their numbers: the TSN's and the stream sequence's", () => {
    const crypto = { ...seededCrypto(1), random: (n: number) => new Uint8Array(n).fill(0xff) };
    const both = connectedPair({ delayMs: 5, loss: 0.02 }, { crypto, interleaving: false });
    for (let i = 0; i < 66_000; i += 1) {
      both.a.association.send(0, Uint8Array.of(i, i >> 8), { ppid: 53 }, both.world.now);
    }
    both.world.drain();
    both.world.run(both.world.now + 30_000, () => both.b.texts.length === 66_000);
    const numbers = both.b.events.flatMap((event) =>
      event.type === "message"
        ? [(event.message.bytes[0] as number) | ((event.message.bytes[1] as number) << 8)]
        : [],
    );
    expect(numbers).toEqual(Array.from({ length: 66_000 }, (_, i) => i & 0xffff));
  });

  it("do not share memory with the packets that brought them, be these Buffers", () => {
    const both = connectedPair();
    const packet = Buffer.alloc(2000, 0);
    both.a.association.send(0, new Uint8Array(100).fill(7), { ppid: 53 }, both.world.now);
    const length = both.a.association.pollInto(packet, 0);
    both.b.association.receive(packet.subarray(0, length), both.world.now);
    packet.fill(0);
    const event = both.b.association.pollEvent();
    expect(event).toMatchObject({ message: { bytes: new Uint8Array(100).fill(7) } });
  });

  it("beyond the size that was agreed end the association", () => {
    const both = connectedPair({ delayMs: 5 }, {}, { maxMessageSize: 1000 });
    say(both, both.a, text(5000));
    both.world.run(both.world.now + 1000);
    expect(both.b.events.at(-1)).toEqual({ type: "closed", reason: "protocol-violation" });
    // RFC 9260 §3.3.10.13
    expect(both.a.events.at(-1)).toMatchObject({ reason: "aborted-by-peer", cause: { code: 13 } });
  });

  it("that cannot be sent are refused with a code", () => {
    const { a, world } = connectedPair({}, { maxSendBuffer: 100 }, {});
    const send = (streamId: number, bytes: Uint8Array) => (): void =>
      a.association.send(streamId, bytes, { ppid: 53 }, world.now);
    expect(send(0, new Uint8Array(0))).toThrow(expect.objectContaining({ code: "empty-message" }));
    expect(send(65_535, new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: "stream-out-of-range" }),
    );
    expect(send(0, new Uint8Array(101))).toThrow(
      expect.objectContaining({ code: "send-buffer-full" }),
    );
    a.association.abort(world.now);
    expect(send(0, new Uint8Array(1))).toThrow(expect.objectContaining({ code: "not-connected" }));
  });
});

describe("the receive window", () => {
  it("closes behind a reader that pauses, and opens again when it reads", () => {
    const both = connectedPair({ delayMs: 5 }, {}, { maxReceiveWindow: 600_000 });
    both.b.association.setPaused(true, both.world.now);
    for (let i = 0; i < 40; i += 1) say(both, both.a, text(40_000));
    both.world.run(both.world.now + 120_000);
    expect(both.b.texts).toHaveLength(0);
    expect(both.b.association.statistics.bytesHeld).toBeLessThanOrEqual(620_000);
    expect(types(both.a)).not.toContain("closed");
    both.b.association.setPaused(false, both.world.now);
    both.world.drain();
    both.world.run(both.world.now + 30_000);
    expect(both.b.texts).toHaveLength(40);
  });

  it("is probed where the update that opened it was lost", () => {
    const both = connectedPair({ delayMs: 5 }, {}, { maxReceiveWindow: 600_000 });
    both.b.association.setPaused(true, both.world.now);
    for (let i = 0; i < 30; i += 1) say(both, both.a, text(40_000));
    both.world.run(both.world.now + 60_000);
    both.b.link.settings = { loss: 1 };
    both.b.association.setPaused(false, both.world.now);
    both.world.drain();
    both.b.link.settings = { delayMs: 5 };
    both.world.run(both.world.now + 60_000);
    expect(both.b.texts).toHaveLength(30);
  });
});

describe("buffered amounts", () => {
  it("fall as messages leave, and tell once when they pass the threshold", () => {
    const both = connectedPair({ delayMs: 20, mbitPerSecond: 10 });
    both.a.association.setBufferedAmountLowThreshold(3, 50_000);
    say(both, both.a, text(200_000), { streamId: 3 });
    expect(both.a.association.bufferedAmount(3)).toBeGreaterThan(150_000);
    both.world.run(both.world.now + 2000);
    expect(both.a.association.bufferedAmount(3)).toBe(0);
    expect(types(both.a).filter((type) => type === "buffered-amount-low")).toHaveLength(1);
  });

  it("cost the same per message whether one or ten thousand streams wait", () => {
    const both = connectedPair({ delayMs: 1 });
    for (let i = 0; i < 20_000; i += 1) {
      const bytes = new Uint8Array(10).fill(i % 256);
      both.a.association.send(i % 10_000, bytes, { ppid: 53 }, both.world.now);
    }
    both.world.drain();
    both.world.run(both.world.now + 3000);
    expect(both.b.texts).toHaveLength(20_000);
  });
});

describe("the end", () => {
  it("by shutdown comes after all that was sent", () => {
    const both = connectedPair({ delayMs: 20, loss: 0.1, seed: 5 });
    for (let i = 0; i < 50; i += 1) say(both, both.a, text(5000));
    both.a.association.shutdown(both.world.now);
    both.world.drain();
    both.world.run(both.world.now + 60_000);
    expect(both.b.texts).toHaveLength(50);
    expect(both.a.events.at(-1)).toEqual({ type: "closed", reason: "shutdown" });
    expect(both.b.events.at(-1)).toEqual({ type: "closed", reason: "shutdown" });
    expect(both.a.association.deadline).toBeUndefined();
  });

  it("may be wanted by both at once", () => {
    const both = connectedPair({ delayMs: 20 });
    both.a.association.shutdown(both.world.now);
    both.b.association.shutdown(both.world.now);
    both.world.drain();
    both.world.run(both.world.now + 60_000);
    expect(both.a.events.at(-1)).toEqual({ type: "closed", reason: "shutdown" });
    expect(both.b.events.at(-1)).toEqual({ type: "closed", reason: "shutdown" });
  });

  it("by abort is told to the peer", () => {
    const both = connectedPair({ delayMs: 20 });
    both.a.association.abort(both.world.now);
    both.world.drain();
    both.world.run(both.world.now + 100);
    expect(both.a.events.at(-1)).toEqual({ type: "closed", reason: "aborted" });
    // RFC 9260 §3.3.10.12: a reason may follow, and there is none.
    const cause = { code: 12, value: new Uint8Array(0) };
    expect(both.b.events.at(-1)).toEqual({ type: "closed", reason: "aborted-by-peer", cause });
  });

  it("comes by itself when the peer is gone, with data under way or idle", () => {
    for (const busy of [true, false]) {
      const both = connectedPair({ delayMs: 20 });
      both.a.link.settings = { loss: 1 };
      both.b.link.settings = { loss: 1 };
      if (busy) say(both, both.a, "hello?");
      both.world.run(Number.POSITIVE_INFINITY);
      expect(both.a.events.at(-1)).toEqual({ type: "closed", reason: "unreachable" });
      expect(both.world.now).toBeGreaterThan(30_000);
      expect(both.world.now).toBeLessThan(900_000);
    }
  });
});

describe("the path", () => {
  it("is used with the largest packets that it carries (RFC 8899)", () => {
    for (const [mtu, least] of [
      [1500, 1400],
      [1300, 1280],
      [1200, 1200],
    ] as const) {
      const both = connectedPair({ delayMs: 10, mtu });
      both.world.run(both.world.now + 60_000);
      const { packetSize } = both.a.association.statistics;
      expect(packetSize).toBeGreaterThanOrEqual(least);
      expect(packetSize).toBeLessThanOrEqual(mtu);
    }
  });

  it("is probed without PAD where the peer does not list it, by heartbeats as large", () => {
    for (const [listed, chunks] of [
      [true, [CHUNK.heartbeat, CHUNK.pad]],
      [false, [CHUNK.heartbeat]],
    ] as const) {
      const both = pair({ delayMs: 10, mtu: 1300 });
      const { association } = both.b;
      if (!listed) strikeFromInitAck(association, CHUNK.pad);
      const probes: number[][] = [];
      const receive = association.receive.bind(association);
      association.receive = (packet, now) => {
        if (packet.length > 1200) probes.push(chunkTypes(packet));
        receive(packet, now);
      };
      both.a.association.connect(0);
      both.world.drain();
      both.world.run(60_000);
      expect(both.a.association.statistics.packetSize).toBeGreaterThanOrEqual(1280);
      expect(probes.length).toBeGreaterThan(0);
      for (const types of probes) expect(types).toEqual(chunks);
    }
  });

  it("survives silence of seconds, and goes on", () => {
    const both = connectedPair({ delayMs: 20 });
    both.a.link.settings = { loss: 1 };
    both.b.link.settings = { loss: 1 };
    for (let i = 0; i < 20; i += 1) say(both, both.a, `${i}`);
    both.world.run(both.world.now + 15_000);
    both.a.link.settings = { delayMs: 20 };
    both.b.link.settings = { delayMs: 20 };
    both.world.run(both.world.now + 12_000);
    expect(both.b.texts).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });

  it("does not wait for a timeout when the last packet is lost (RFC 8985 §7)", () => {
    const both = connectedPair({ delayMs: 20 });
    both.world.run(both.world.now + 3000);
    const start = both.world.now;
    for (let i = 0; i < 30; i += 1) {
      both.a.link.settings = { delayMs: 20, loss: i > 26 ? 1 : 0 };
      say(both, both.a, text(1100));
    }
    both.a.link.settings = { delayMs: 20 };
    both.world.run(start + 5000, () => both.b.texts.length === 30);
    expect(both.world.now - start).toBeLessThan(250);
  });

  it("may be gone for as long as the layers below hope, and what waited leaves when they have it back", () => {
    const both = connectedPair({ delayMs: 20 }, { maxTimeouts: Number.POSITIVE_INFINITY });
    for (const { link } of [both.a, both.b]) link.settings = { loss: 1 };
    say(both, both.a, "still there?");
    both.world.run(both.world.now + 900_000);
    expect(both.a.association.state).toBe("established");
    for (const { link } of [both.a, both.b]) link.settings = { delayMs: 20 };
    both.a.association.resume(both.world.now);
    both.world.drain();
    both.world.run(both.world.now + 100);
    expect(both.b.texts).toEqual(["still there?"]);
  });
});

describe("unknown chunks (RFC 9260 §3.2)", () => {
  it("are reported or passed over as their type says; ASCONF is one (RFC 5061 §4.1)", () => {
    const both = connectedPair();
    const errors = (type: number): number => {
      const { association } = both.b;
      const spy = new Uint8Array(2000);
      both.a.association.send(0, Uint8Array.of(1), { ppid: 53 }, both.world.now);
      const length = both.a.association.pollInto(spy, 0);
      const chunk = Uint8Array.of(type, 0, 0, 4);
      const packet = new Uint8Array(length + 4);
      packet.set(spy.subarray(0, 12));
      packet.set(chunk, 12);
      packet.set(spy.subarray(12, length), 16);
      both.b.texts.length = 0;
      association.receive(packet, both.world.now);
      let count = 0;
      for (let output = association.poll(); output; output = association.poll()) {
        if (output.type === "event") both.b.texts.push(output.event.type);
        else {
          if (output.packet[12] === CHUNK.error) count += 1;
          both.a.association.receive(output.packet, both.world.now);
        }
      }
      return count;
    };
    expect([errors(0xc1), both.b.texts.length]).toEqual([1, 1]);
    expect([errors(0x81), both.b.texts.length]).toEqual([0, 1]);
    expect([errors(0x41), both.b.texts.length]).toEqual([1, 0]);
    expect([errors(0x31), both.b.texts.length]).toEqual([0, 0]);
  });
});

/** The types of a packet's chunks. */
function chunkTypes(packet: Uint8Array): number[] {
  const found: number[] = [];
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  for (let at = 12; at + 4 <= packet.length; at += (view.getUint16(at + 2) + 3) & ~3) {
    found.push(view.getUint8(at));
  }
  return found;
}

/** Takes a chunk type out of the extensions that an association lists in INIT ACK (RFC 5061 §4.2.7). */
function strikeFromInitAck(association: Association, type: number): void {
  const pollInto = association.pollInto.bind(association);
  association.pollInto = (target, headroom) => {
    const length = pollInto(target, headroom);
    const packet = target.subarray(headroom, headroom + length);
    const list = Buffer.from(packet).indexOf(Uint8Array.of(0x80, 0x08));
    if (length > 0 && packet[12] === CHUNK.initAck && list > 0) {
      const at = packet.indexOf(type, list + 4);
      packet[at] = CHUNK.forwardTsn;
      writePacketHeader(packet, 0, length, 5000, 5000, readTag(packet), true);
    }
    return length;
  };
}
