import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { MessageWriter } from "../stun/index.ts";
import { PortPool } from "./port-pool.ts";
import { checkSettings, defaultTurnSettings } from "./settings.ts";
import { SourceLimiter } from "./source-limiter.ts";
import { Rig } from "./test-rig.ts";
import { TokenBucket } from "./token-bucket.ts";

describe("relay ports", () => {
  it("are all given, each once, and can be had again", () => {
    const pool = new PortPool(100, 109, nodeCrypto);
    const taken = Array.from({ length: 10 }, () => pool.take("any") as number);
    expect(taken.toSorted()).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109]);
    expect(pool.take("any")).toBeUndefined();
    pool.release(105);
    expect([pool.take("even"), pool.take("any"), pool.size]).toEqual([undefined, 105, 10]);
  });

  it("come in pairs whose first is even and whose second is in the range", () => {
    const pool = new PortPool(101, 106, nodeCrypto);
    const pairs = [pool.take("even-pair"), pool.take("even-pair")];
    expect(pairs.toSorted()).toEqual([102, 104]);
    expect(pool.take("even-pair")).toBeUndefined();
    expect(pool.take("even")).toBe(106);
    expect(pool.size).toBe(5);
  });
});

describe("the source limiter", () => {
  it("gives a burst, then a rate, to IPv6 by network", () => {
    const limiter = new SourceLimiter({ perSecond: 2, burst: 3 }, nodeCrypto);
    const take = (ip: string, now: number) => limiter.take(ip, now);
    expect([1, 2, 3, 4].map(() => take("2001:db8::1", 0))).toEqual([true, true, true, false]);
    expect(take("2001:db8::ffff", 0)).toBe(false);
    expect(take("2001:db8::ffff", 500)).toBe(true);
    expect(take("2001:db8::1", 500)).toBe(false);
  });

  it("spreads sources over its table", () => {
    const limiter = new SourceLimiter({ perSecond: 1, burst: 1 }, nodeCrypto);
    let passed = 0;
    for (let i = 0; i < 1000; i += 1)
      if (limiter.take(`192.0.${i >> 8}.${i & 255}`, 0)) passed += 1;
    expect(passed).toBeGreaterThan(800);
  });
});

describe("a token bucket", () => {
  it("passes its rate, and follows when the rate is changed", () => {
    const bucket = new TokenBucket(100);
    expect([60, 60, 40].map((size) => bucket.take(size, 0))).toEqual([true, false, true]);
    expect([bucket.take(50, 500), bucket.take(1, 500)]).toEqual([true, false]);
    bucket.rate = undefined;
    expect(bucket.take(10_000, 500)).toBe(true);
    bucket.rate = 10;
    expect(bucket.take(11, 5000)).toBe(false);
    expect(bucket.take(10, 10_000)).toBe(true);
  });
});

describe("settings", () => {
  it.each([
    { defaultLifetimeS: 0 },
    { defaultLifetimeS: 5000 },
    { permissionLifetimeS: Number.NaN },
    { realm: "" },
    { limits: { ...defaultTurnSettings.limits, channels: -1 } },
  ])("%j make no sense", (wrong) => {
    expect(() => checkSettings({ ...defaultTurnSettings, ...wrong })).toThrow();
  });
});

describe("a relay that breaks", () => {
  it("ends its allocation, and gives the port back", () => {
    const rig = new Rig();
    rig.client().allocate();
    for (const { receiver } of rig.relays.values()) receiver.failed();
    rig.drain();
    expect(rig.events.at(-1)).toMatchObject({ type: "ended", reason: "relay-failed" });
    expect(rig.server.stats()).toMatchObject({ allocations: 0, relayPorts: 0, users: 0 });
  });

  it("is not opened from addresses that are none", () => {
    expect(() => new Rig({ relays: [{ ip: "here", firstPort: 1, lastPort: 2 }] })).toThrow("here");
    expect(() => new Rig({ relays: [{ ip: "::", firstPort: 9, lastPort: 2 }] })).toThrow("::");
  });
});

describe("Binding requests", () => {
  it("are for users only, or all there is, where that is set", () => {
    const rig = new Rig();
    expect(rig.client().code(0x001)).toBe("ok");
    rig.server.reconfigure({ secureStun: true });
    expect(rig.client(1, "mallory").code(0x001)).toBe(401);
    expect(rig.client(2).code(0x001)).toBe("ok");
    rig.server.reconfigure({ secureStun: false, stunOnly: true });
    expect(rig.client(3).code(0x001)).toBe("ok");
    expect(rig.client(4).code(0x003)).toBe("silence");
  });

  it("with a wrong FINGERPRINT are dropped", () => {
    const rig = new Rig();
    const client = rig.client();
    const bytes = new MessageWriter()
      .begin(1, "request", new Uint8Array(12))
      .addFingerprint()
      .finishCopy();
    client.sendRaw(bytes);
    expect(client.inbox).toHaveLength(1);
    bytes[27] = (bytes[27] as number) ^ 1;
    client.sendRaw(bytes);
    expect(client.inbox).toHaveLength(1);
    expect(rig.server.stats().counters.drops["bad-fingerprint"]).toBe(1);
  });
});

describe("a server that drains", () => {
  it("takes nobody new, keeps who is here, and tells when all are gone", () => {
    const rig = new Rig();
    const client = rig.client();
    client.allocate();
    rig.server.drain();
    expect(rig.client(2000).allocate().class).toBe("error");
    rig.advance(500);
    expect(client.code(0x004)).toBe("ok");
    rig.advance(500);
    expect(rig.server.stats()).toMatchObject({ allocations: 1, isDraining: true });
    rig.advance(101);
    expect(rig.events.slice(-2)).toMatchObject([{ type: "ended" }, { type: "drained" }]);
  });

  it("or is closed ends everything at once", () => {
    const rig = new Rig();
    rig.client().allocate();
    rig.server.close();
    rig.drain();
    expect(rig.server.stats()).toMatchObject({ allocations: 0, relayPorts: 0 });
    expect(rig.events.slice(-2)).toMatchObject([{ reason: "server-closed" }, { type: "drained" }]);
  });
});
