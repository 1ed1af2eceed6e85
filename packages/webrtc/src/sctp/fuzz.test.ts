import fc from "fast-check";
import { expect, it } from "vitest";
import { Association } from "./association.ts";
import { DataChannels } from "./data-channels.ts";
import { type DataChannelOpen, encodeDcep } from "./dcep.ts";
import { connectedPair, say } from "./testing/pair.ts";
import { seededCrypto } from "./testing/seeded.ts";
import { Link, VirtualWorld } from "./testing/virtual-link.ts";

/** Packets that a real association sends, to be mangled. */
function recorded(interleaving: boolean): Uint8Array[] {
  const both = connectedPair({ delayMs: 5 }, { interleaving, zeroChecksum: true });
  const packets: Uint8Array[] = [];
  const buffer = new Uint8Array(2000);
  const { a, b, world } = both;
  a.association.send(1, new Uint8Array(5000), { ppid: 53, maxRetransmits: 0 }, world.now);
  a.association.send(2, new Uint8Array(50), { ppid: 50 }, world.now);
  a.association.resetStream(2, world.now);
  for (let length = a.association.pollInto(buffer, 0); length > 0; ) {
    packets.push(buffer.slice(0, length));
    length = a.association.pollInto(buffer, 0);
  }
  say(both, b, "back");
  return packets;
}

const mutation = fc.record({
  packet: fc.nat(20),
  at: fc.integer({ min: 12, max: 80 }),
  value: fc.nat(255),
  length: fc.nat(1400),
});

it.each([true, false])("a machine takes any packet (interleaving: %s)", (interleaving) => {
  const templates = recorded(interleaving);
  const chunkType = fc.constantFrom(0, 3, 4, 5, 6, 9, 11, 14, 64, 130, 132, 192, 194, 0x31, 0xc1);
  const invented = fc
    .tuple(chunkType, fc.nat(255), fc.uint8Array({ maxLength: 60 }))
    .map(([type, flags, value]) => Uint8Array.of(type, flags, 0, value.length + 4, ...value));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(mutation, invented), { minLength: 1, maxLength: 25 }),
      fc.boolean(),
      (steps, answering) => {
        // The same seeds make the same tags, so that mangled packets pass the first checks.
        const both = connectedPair({ delayMs: 5 }, { interleaving, zeroChecksum: true });
        if (answering) say(both, both.b, "under way".repeat(500));
        for (const step of steps) {
          const base = templates[("packet" in step ? step.packet : 0) % templates.length];
          let packet = (base as Uint8Array).slice();
          if ("packet" in step) {
            packet[12 + (step.at % (packet.length - 12))] = step.value;
            if (step.length > 700) packet = packet.subarray(0, step.length);
          } else {
            packet = new Uint8Array([...packet.subarray(0, 12), ...step]);
          }
          both.b.association.receive(packet, both.world.now);
          both.world.drain();
          both.world.run(both.world.now + 3);
        }
        const { bytesHeld, bytesInFlight } = both.b.association.statistics;
        expect(bytesHeld).toBeLessThan(200_000);
        expect(bytesInFlight).toBeLessThan(20_000);
        expect(both.b.association.faults.get("bad-checksum")).toBeUndefined();
        both.world.run(both.world.now + 2000);
      },
    ),
    { numRuns: 400 },
  );
});

it("a thousand first fragments on a thousand streams hold no more than the window", () => {
  const both = connectedPair({}, { interleaving: false }, { interleaving: false });
  const { association } = both.b;
  const buffer = new Uint8Array(2000);
  both.a.association.send(0, new Uint8Array(200_000), { ppid: 53 }, both.world.now);
  both.world.drain();
  both.world.run(both.world.now + 2000);
  both.a.association.send(0, new Uint8Array(200_000), { ppid: 53 }, both.world.now);
  const length = both.a.association.pollInto(buffer, 0);
  const first = buffer.slice(0, length);
  const tsn = new DataView(first.buffer).getUint32(16);
  for (let i = 0; i < 10_000; i += 1) {
    const packet = first.slice();
    new DataView(packet.buffer).setUint32(16, tsn + i);
    new DataView(packet.buffer).setUint16(20, i);
    association.receive(packet, both.world.now);
    while (association.poll() !== undefined);
  }
  expect(association.statistics.bytesHeld).toBeLessThan(33 * 1024 * 1024);
});

it("data channels take any message", () => {
  const ppid = fc.constantFrom(50, 50, 50, 51, 53, 56, 57, 99);
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 30 }),
    fc.nat(255).map((type) => encodeDcep({ ...OPEN, priority: type }).with(1, type)),
    fc.nat(40).map((at) => encodeDcep(OPEN).with(at % 18, 255)),
  );
  const step = fc.record({ ppid, bytes, streamId: fc.nat(3), reset: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const world = new VirtualWorld();
      const raw = new Association({ crypto: seededCrypto(1) });
      const channels = new DataChannels({ crypto: seededCrypto(2) });
      const open = new Set<unknown>();
      world.join(
        { endpoint: raw, link: new Link({ delayMs: 1 }), handle: () => {} },
        {
          endpoint: channels,
          link: new Link({ delayMs: 1 }),
          handle: (event) => {
            if (event.type === "channel") open.add(event.channel);
            if (event.type === "closed") open.delete(event.channel);
            if (event.type === "message") expect(open).toContain(event.channel);
          },
        },
      );
      raw.connect(0);
      world.drain();
      for (const { streamId, reset, ...message } of steps) {
        try {
          raw.send(streamId, message.bytes, { ppid: message.ppid }, world.now);
          if (reset === 0) raw.resetStream(streamId, world.now);
        } catch (error) {
          expect(error).toMatchObject({ code: "stream-resetting" });
        }
        world.drain();
        world.run(world.now + 5);
      }
      world.run(world.now + 1000);
      expect(raw.state).toBe("established");
      expect(open.size).toBeLessThanOrEqual(4);
    }),
    { numRuns: 200 },
  );
});

const OPEN: DataChannelOpen = {
  type: "open",
  label: "label",
  protocol: "p",
  ordered: true,
  maxRetransmits: undefined,
  maxPacketLifeTime: undefined,
  priority: 256,
};
