import { describe, expect, it } from "vitest";
import type { DataChannel, DataChannelInit } from "./data-channel.ts";
import { type DataChannelEvent, DataChannels, type DataChannelsOptions } from "./data-channels.ts";
import { seededCrypto } from "./testing/seeded.ts";
import { Link, type LinkSettings, VirtualWorld } from "./testing/virtual-link.ts";

interface Peer {
  readonly channels: DataChannels;
  readonly events: DataChannelEvent[];
  readonly link: Link;
}

function peers(
  settings: LinkSettings = { delayMs: 10 },
  options: Partial<DataChannelsOptions> = {},
): { world: VirtualWorld; client: Peer; server: Peer } {
  const world = new VirtualWorld();
  const peer = (seed: number): Peer => ({
    channels: new DataChannels({
      crypto: seededCrypto(seed),
      remoteMaxMessageSize: 262_144,
      ...options,
    }),
    events: [],
    link: new Link(settings, seed),
  });
  const [client, server] = [peer(1), peer(2)];
  const end = ({ channels, events, link }: Peer): Parameters<VirtualWorld["join"]>[0] => ({
    endpoint: channels,
    link,
    handle: (event) => events.push(event as DataChannelEvent),
  });
  world.join(end(client), end(server));
  return { world, client, server };
}

function connected(...given: Parameters<typeof peers>): ReturnType<typeof peers> {
  const all = peers(...given);
  begin(all.client, "client", 0);
  begin(all.server, "server", 0);
  all.world.drain();
  all.world.run(5000);
  return all;
}

function begin({ channels }: Peer, role: "client" | "server", now: number): void {
  channels.setRole(role);
  channels.start(now);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** What happened, but for buffered amounts, which have a test of their own. */
const story = (peer: Peer): string[] =>
  tellings(peer).filter((line) => !line.startsWith("buffered-amount-low"));
const tellings = ({ events }: Peer): string[] =>
  events.map((event) => {
    if (!("channel" in event)) return event.type;
    if (event.type !== "message") return `${event.type} ${event.channel.label}`;
    return `${event.text ? "text" : "binary"} ${new TextDecoder().decode(event.bytes)}`;
  });
const announced = ({ events }: Peer): DataChannel[] =>
  events.flatMap((event) => (event.type === "channel" ? [event.channel] : []));

describe("opening", () => {
  it("is told to both sides, in the W3C's order, with all that the channel was made with", () => {
    const { world, client, server } = connected();
    const made: DataChannelInit[] = [
      { label: "plain" },
      { label: "lossy", ordered: false, maxRetransmits: 0, protocol: "game" },
      { label: "timed", maxPacketLifeTime: 250, priority: 512 },
    ];
    const opened = made.map((init) => client.channels.open(init, world.now));
    world.drain();
    world.run(world.now + 100);
    expect(opened.map(({ id, state }) => [id, state])).toEqual([
      [0, "open"],
      [2, "open"],
      [4, "open"],
    ]);
    expect(story(client)).toEqual(["connected", "open plain", "open lossy", "open timed"]);
    expect(story(server)).toEqual([
      "connected",
      "channel plain",
      "open plain",
      "channel lossy",
      "open lossy",
      "channel timed",
      "open timed",
    ]);
    expect(announced(server).map(({ state, ...rest }) => rest)).toMatchObject(
      made.map((init, i) => ({ ordered: true, protocol: "", ...init, id: 2 * i })),
    );
  });

  it("waits for the DTLS role to number the channels: even for the client, odd for the server", () => {
    const { world, client, server } = peers();
    const one = client.channels.open({ label: "one" }, 0);
    const two = client.channels.open({ label: "two" }, 0);
    const other = server.channels.open({ label: "other" }, 0);
    expect([one.id, other.id]).toEqual([undefined, undefined]);
    client.channels.setRole("client");
    server.channels.setRole("server");
    expect([one.id, two.id, other.id]).toEqual([0, 2, 1]);
    expect(client.channels.open({ label: "late", negotiated: true, id: 8 }, 0).id).toBe(8);
    client.channels.start(0);
    server.channels.start(0);
    world.drain();
    world.run(1000);
    expect([one.state, two.state, other.state]).toEqual(["open", "open", "open"]);
    expect(announced(client).map(({ label }) => label)).toEqual(["other"]);
  });

  it("waits for the role even where the peer has set up the association already", () => {
    const { world, client, server } = peers();
    const early = client.channels.open({ label: "early" }, 0);
    begin(server, "server", 0);
    world.drain();
    world.run(1000);
    expect([early.state, story(client)]).toEqual(["connecting", ["connected"]]);
    begin(client, "client", world.now);
    world.drain();
    world.run(2000);
    expect([early.state, announced(server)[0]?.label]).toEqual(["open", "early"]);
  });

  it("needs no message where both sides negotiated the channel", () => {
    const { world, client, server } = connected();
    const init = { label: "agreed", negotiated: true, id: 7 };
    const one = client.channels.open(init, world.now);
    const other = server.channels.open(init, world.now);
    client.channels.send(one, utf8("hello"), true, world.now);
    server.channels.send(other, utf8("world"), false, world.now);
    world.drain();
    world.run(world.now + 100);
    expect(story(client)).toEqual(["connected", "open agreed", "binary world"]);
    expect(story(server)).toEqual(["connected", "open agreed", "text hello"]);
  });

  it("is refused with a code where the W3C refuses it", () => {
    const { world, client } = connected();
    const refused = (init: Partial<DataChannelInit>, code: string): void => {
      expect(() => client.channels.open({ label: "", ...init }, world.now)).toThrow(
        expect.objectContaining({ code }),
      );
    };
    refused({ maxRetransmits: 1, maxPacketLifeTime: 1 }, "invalid-channel-options");
    refused({ negotiated: true }, "invalid-channel-options");
    refused({ negotiated: true, id: 65_535 }, "invalid-channel-options");
    refused({ label: "x".repeat(65_536) }, "invalid-channel-options");
    client.channels.open({ label: "", negotiated: true, id: 3 }, world.now);
    refused({ negotiated: true, id: 3 }, "channel-id-in-use");
  });

  it("passes over a number that the peer misused and that is being reset", () => {
    const { world, client, server } = connected();
    server.channels.association.send(0, Uint8Array.of(3, 9), { ppid: 50 }, world.now);
    world.drain();
    world.run(world.now + 12);
    const channel = client.channels.open({ label: "c" }, world.now);
    world.drain();
    world.run(world.now + 100);
    expect([channel.id, channel.state]).toEqual([2, "open"]);
    expect(announced(server)).toHaveLength(1);
  });

  it("is refused when all identifiers are in use", () => {
    const { world, client } = connected();
    for (let i = 0; i < 32_768; i += 1) client.channels.open({ label: "" }, world.now);
    expect(() => client.channels.open({ label: "last" }, world.now)).toThrow(
      expect.objectContaining({ code: "no-channel-id-left" }),
    );
  });

  it("ends with an error when no identifier is left for a channel that waited for the role", () => {
    const { world, client } = peers();
    for (let i = 0; i < 32_768; i += 1) client.channels.open({ label: "" }, 0);
    const last = client.channels.open({ label: "last" }, 0);
    client.channels.setRole("client");
    world.drain();
    expect([last.state, last.id]).toEqual(["closed", undefined]);
    expect(client.events).toMatchObject([{ type: "closed", channel: last, error: "no-id" }]);
  });
});

describe("messages", () => {
  it("keep their kind, and may be empty", () => {
    const { world, client, server } = connected();
    const channel = client.channels.open({ label: "c" }, world.now);
    client.channels.send(channel, utf8("grüße"), true, world.now);
    client.channels.send(channel, new Uint8Array(0), true, world.now);
    client.channels.send(channel, new Uint8Array(0), false, world.now);
    client.channels.send(channel, utf8("bytes"), false, world.now);
    expect(client.channels.bufferedAmount(channel)).toBe(12);
    world.drain();
    expect(client.channels.bufferedAmount(channel)).toBe(0);
    world.run(world.now + 100);
    expect(story(server).slice(3)).toEqual(["text grüße", "text ", "binary ", "binary bytes"]);
  });

  it("have array buffers of their own", () => {
    const { world, client, server } = connected();
    const channel = client.channels.open({ label: "c" }, world.now);
    for (const size of [1, 100, 5000, 5000, 3000, 262_144]) {
      client.channels.send(channel, new Uint8Array(size), false, world.now);
    }
    world.drain();
    world.run(world.now + 2000);
    const sizes = server.events.flatMap((event) =>
      event.type === "message" ? [[event.bytes.byteOffset, event.bytes.buffer.byteLength]] : [],
    );
    expect(sizes).toEqual([1, 100, 5000, 5000, 3000, 262_144].map((size) => [0, size]));
  });

  it("on an unordered channel do not overtake the OPEN", () => {
    for (let seed = 1; seed < 40; seed += 1) {
      const { world, client, server } = connected({ delayMs: 10 });
      const channel = client.channels.open({ label: "u", ordered: false }, world.now);
      client.link.settings = { delayMs: 10, reorder: 0.5, reorderMs: 80, loss: seed % 2 ? 0.3 : 0 };
      for (let i = 0; i < 5; i += 1) {
        client.channels.send(channel, utf8(`${i}`.padEnd(600)), true, world.now);
        world.drain();
      }
      world.run(world.now + 20_000);
      expect(story(server).filter((line) => line.startsWith("text"))).toHaveLength(5);
    }
  });

  it("are refused where they are too large, or the channel is not open", () => {
    const { world, client } = connected();
    const channel = client.channels.open({ label: "c" }, world.now);
    client.channels.setRemoteMaxMessageSize(1000);
    const send = (size: number) => (): void =>
      client.channels.send(channel, new Uint8Array(size), false, world.now);
    expect(send(1001)).toThrow(expect.objectContaining({ code: "message-too-large" }));
    client.channels.setRemoteMaxMessageSize(0);
    expect(send(1001)).not.toThrow();
    client.channels.close(channel, world.now);
    expect(send(1)).toThrow(expect.objectContaining({ code: "channel-not-open" }));
  });

  it("tell when the buffered amount falls to the threshold, and never for an OPEN", () => {
    const { world, client } = connected({ delayMs: 10, mbitPerSecond: 5 });
    const channel = client.channels.open({ label: "c" }, world.now);
    client.channels.setBufferedAmountLowThreshold(channel, 20_000);
    world.drain();
    world.run(world.now + 200);
    expect(tellings(client)).toEqual(["connected", "open c"]);
    client.channels.send(channel, new Uint8Array(100_000), false, world.now);
    world.drain();
    world.run(world.now + 2000);
    expect(tellings(client).slice(2)).toEqual(["buffered-amount-low c"]);
  });
});

describe("closing (RFC 8831 §6.7)", () => {
  it("lets all that was sent arrive, closes both sides, and sets the number free", () => {
    const { world, client, server } = connected({ delayMs: 10, loss: 0.1 });
    const channel = client.channels.open({ label: "c" }, world.now);
    for (let i = 0; i < 20; i += 1) {
      client.channels.send(channel, utf8(`${i}`.padEnd(3000)), true, world.now);
    }
    client.channels.close(channel, world.now);
    expect(channel.state).toBe("closing");
    world.drain();
    world.run(world.now + 20_000);
    expect(channel.state).toBe("closed");
    expect(announced(server)[0]?.state).toBe("closed");
    expect(story(server).filter((line) => line.startsWith("text"))).toHaveLength(20);
    expect(story(server).slice(-2)).toEqual(["closing c", "closed c"]);
    expect(story(client).slice(-2)).toEqual(["closing c", "closed c"]);
    const again = server.channels.open({ label: "again", negotiated: true, id: 0 }, world.now);
    const other = client.channels.open({ label: "again", negotiated: true, id: 0 }, world.now);
    client.channels.send(other, utf8("anew"), true, world.now);
    world.drain();
    world.run(world.now + 5000);
    expect([again.state, story(server).at(-1)]).toEqual(["open", "text anew"]);
  });

  it("may be begun by both sides at once", () => {
    const { world, client, server } = connected();
    const channel = client.channels.open({ label: "c" }, world.now);
    world.drain();
    world.run(world.now + 100);
    client.channels.close(channel, world.now);
    server.channels.close(announced(server)[0] as DataChannel, world.now);
    world.drain();
    world.run(world.now + 1000);
    for (const peer of [client, server]) {
      expect(story(peer).slice(-2)).toEqual(["closing c", "closed c"]);
    }
  });

  it("of hundreds of channels shares requests and survives loss", () => {
    const { world, client, server } = connected({ delayMs: 10, loss: 0.2 });
    const all = Array.from({ length: 700 }, (_, i) =>
      client.channels.open({ label: `${i}` }, world.now),
    );
    world.drain();
    world.run(world.now + 10_000);
    for (const channel of all) client.channels.close(channel, world.now);
    world.drain();
    world.run(world.now + 60_000);
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(["closed"]));
    expect(new Set(announced(server).map(({ state }) => state))).toEqual(new Set(["closed"]));
  });

  it("before the association stands is done at once", () => {
    const { client } = peers();
    const channel = client.channels.open({ label: "c" }, 0);
    client.channels.close(channel, 0);
    expect(channel.state).toBe("closed");
  });
});

describe("the end of the association", () => {
  it("closes all channels, with the error where there was one", () => {
    const { world, client, server } = connected();
    client.channels.open({ label: "c" }, world.now);
    world.drain();
    world.run(world.now + 100);
    client.channels.abort(world.now);
    world.drain();
    world.run(world.now + 100);
    expect(client.events.slice(-2)).toMatchObject([
      { type: "closed", error: "aborted" },
      { type: "disconnected", reason: "aborted" },
    ]);
    expect(server.events.slice(-2)).toMatchObject([
      { type: "closed", error: "aborted-by-peer" },
      { type: "disconnected", reason: "aborted-by-peer" },
    ]);
    const late = client.channels.open({ label: "" }, world.now);
    world.drain();
    expect(late.state).toBe("closed");
    expect(client.events.at(-1)).toMatchObject({ type: "closed", channel: late, error: "ended" });
  });

  it("after a shutdown is no error", () => {
    const { world, client, server } = connected();
    client.channels.open({ label: "c" }, world.now);
    client.channels.shutdown(world.now);
    world.drain();
    world.run(world.now + 1000);
    expect(server.events.at(-1)).toEqual({ type: "disconnected", reason: "shutdown" });
    expect(client.events.at(-2)).toMatchObject({ type: "closed", error: undefined });
  });
});
