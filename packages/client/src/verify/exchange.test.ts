import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authenticationString, commitmentTo } from "./authentication-string.ts";
import { Exchange } from "./exchange.ts";
import { describedFingerprint } from "./fingerprints.ts";
import { VERIFICATION_SYMBOLS } from "./symbols.ts";

const AMY = Array(32).fill("AA").join(":");
const BOB = Array(32).fill("BB").join(":");
const EVE = Array(32).fill("EE").join(":");

type Fingerprints = readonly [string, string] | undefined;

/** One side, and what it has said and shown. */
class Side {
  readonly said: string[] = [];
  readonly shown: (readonly number[] | undefined)[] = [];
  readonly faults: string[] = [];
  readonly exchange: Exchange;
  other: Side | undefined;

  constructor(commits: boolean, fingerprints: Fingerprints) {
    this.exchange = new Exchange({
      commits,
      fingerprints: async () => fingerprints,
      send: (text) => {
        this.said.push(text);
        this.other?.exchange.receive(text);
      },
      onSymbols: (symbols) => void this.shown.push(symbols),
      onFault: (fault) => void this.faults.push(fault),
    });
  }

  async receive(...texts: string[]): Promise<void> {
    for (const text of texts) this.exchange.receive(text);
    await settled();
  }
}

function pair(ours: Fingerprints, theirs: Fingerprints): [Side, Side] {
  const sides: [Side, Side] = [new Side(true, ours), new Side(false, theirs)];
  [sides[0].other, sides[1].other] = [sides[1], sides[0]];
  return sides;
}

/** WebCrypto answers in tasks of its own. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) {
    await crypto.subtle.digest("SHA-256", new Uint8Array(1_024));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const nonce = "0".repeat(64);

describe("an exchange", () => {
  it("shows both sides the same five signs, and other ones the next time", async () => {
    const [amy, bob] = pair([AMY, BOB], [BOB, AMY]);
    await settled();
    expect(amy.shown).toHaveLength(1);
    expect(amy.shown[0]).toHaveLength(5);
    expect(bob.shown).toEqual(amy.shown);
    const [again] = pair([AMY, BOB], [BOB, AMY]);
    await settled();
    expect(again.shown).not.toEqual(amy.shown);
  });

  it("shows different ones with somebody in between who passes everything on", async () => {
    const [amy, bob] = pair([AMY, EVE], [BOB, EVE]);
    await settled();
    expect(amy.shown[0]).not.toEqual(bob.shown[0]);
  });

  it("works when one side has not listened from the start, and when one starts anew", async () => {
    const amy = new Side(true, [AMY, BOB]);
    await settled();
    const bob = new Side(false, [BOB, AMY]);
    [amy.other, bob.other] = [bob, amy];
    await settled();
    expect(bob.shown.at(-1)).toEqual(amy.shown.at(-1));
    const later = new Side(false, [BOB, AMY]);
    [amy.other, later.other] = [later, amy];
    await settled();
    expect(amy.shown).toHaveLength(3);
    expect(amy.shown[1]).toBeUndefined();
    expect(later.shown.at(-1)).toEqual(amy.shown.at(-1));
  });

  it("does not open its nonce before it was answered, and opens it once", async () => {
    const amy = new Side(true, [AMY, BOB]);
    await amy.receive("hello");
    expect(amy.said.filter((text) => text.startsWith("open"))).toEqual([]);
    expect(new Set(amy.said).size).toBe(1);
    await amy.receive(`nonce ${nonce}`, `nonce ${"1".repeat(64)}`);
    expect(amy.said.filter((text) => text.startsWith("open"))).toHaveLength(1);
    expect(amy.shown).toHaveLength(1);
  });

  it("answers no two commitments with the same nonce", async () => {
    const bob = new Side(false, [BOB, AMY]);
    await bob.receive(`commit ${"1".repeat(64)}`, `commit ${"2".repeat(64)}`);
    const nonces = bob.said.filter((text) => text.startsWith("nonce"));
    expect(new Set(nonces).size).toBe(2);
  });

  it("ends when something else is opened than was committed to", async () => {
    const bob = new Side(false, [BOB, AMY]);
    await bob.receive(`commit ${await commitmentTo(nonce)}`, `open ${"1".repeat(64)}`);
    expect(bob.faults).toEqual(["commitment"]);
    await bob.receive(`open ${nonce}`);
    expect(bob.shown).toEqual([undefined]);
  });

  it("ends when the other side tries again and again", async () => {
    const bob = new Side(false, [BOB, AMY]);
    for (let run = 0; run < 20; run += 1) {
      await bob.receive(`commit ${run.toString(16).padStart(64, "0")}`);
    }
    expect(bob.faults).toEqual(["too-many-runs"]);
  });

  it("shows nothing without fingerprints", async () => {
    const [amy, bob] = pair(undefined, [BOB, AMY]);
    await settled();
    expect(amy).toMatchObject({ faults: ["no-fingerprint"], shown: [undefined] });
    expect(bob.shown).toHaveLength(1);
  });

  it("survives anything, and shows nothing for it", async () => {
    const word = fc.constantFrom("hello", "commit", "nonce", "open", "close", "");
    const value = fc.oneof(fc.constant(nonce), fc.string(), fc.constant("a".repeat(64)));
    const message = fc.oneof(
      fc.string(),
      fc.tuple(word, value).map((parts) => parts.join(" ")),
    );
    const messages = fc.array(message, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(messages, async (texts) => {
        const bob = new Side(false, [BOB, AMY]);
        await bob.receive(...texts);
        expect(bob.shown.filter((symbols) => symbols !== undefined)).toEqual([]);
        expect(bob.faults.length).toBeLessThan(2);
      }),
      { numRuns: 100 },
    );
  });
});

it("makes the string of the documented construction", async () => {
  const { createHash } = await import("node:crypto");
  const text = ["tincan-sas-1", AMY, BOB, nonce, "1".repeat(64)].join("\n");
  const expected = [...createHash("sha256").update(text).digest().subarray(0, 5)];
  const nonces = { committedNonce: nonce, answeringNonce: "1".repeat(64) };
  expect(await authenticationString({ fingerprints: [BOB, AMY], ...nonces })).toEqual(expected);
});

it("has 256 different signs with 256 different names", () => {
  expect(VERIFICATION_SYMBOLS).toHaveLength(256);
  expect(new Set(VERIFICATION_SYMBOLS.map(({ emoji }) => emoji)).size).toBe(256);
  expect(new Set(VERIFICATION_SYMBOLS.map(({ name }) => name)).size).toBe(256);
  expect(VERIFICATION_SYMBOLS[0]).toEqual({ emoji: "🐶", name: "dog" });
  expect(VERIFICATION_SYMBOLS.every(({ name }) => /^[a-z-]+$/.test(name))).toBe(true);
});

it("takes a fingerprint from a description that names just one", () => {
  const line = (hash: string, value: string) => `a=fingerprint:${hash} ${value}\r\n`;
  const of = (...lines: string[]) => describedFingerprint({ sdp: `v=0\r\n${lines.join("")}` });
  expect(of(line("sha-256", AMY.toLowerCase()), line("SHA-256", AMY))).toBe(AMY);
  expect(of(line("sha-256", AMY), line("sha-256", EVE))).toBeUndefined();
  expect(of(line("sha-256", AMY), line("sha-1", "AA:BB"))).toBeUndefined();
  expect(of(line("sha-1", AMY))).toBeUndefined();
  expect(of()).toBeUndefined();
  expect(describedFingerprint(null)).toBeUndefined();
});
