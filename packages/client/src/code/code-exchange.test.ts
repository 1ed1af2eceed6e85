import { beforeEach, expect, test } from "vitest";
import { CodeExchange, type CodeFailure, type CodeRole } from "./code-exchange.ts";
import { parseCode, type TransferCode } from "./transfer-code.ts";

const RIGHT = code("4821-beacon-mosaic-tulip");
const WRONG = code("4821-beacon-mosaic-zebra");

/** What both sides have said and what came of it, in order. */
let heard: string[];

beforeEach(() => {
  heard = [];
});

interface SideOptions {
  readonly code?: TransferCode;
  readonly fingerprints?: readonly [string, string];
  readonly mayRisk?: () => boolean;
}

class Side {
  readonly exchange: CodeExchange;
  readonly sent: string[] = [];

  constructor(role: CodeRole, options: SideOptions = {}) {
    const ours = role === "maker" ? "AA" : "BB";
    const theirs = role === "maker" ? "BB" : "AA";
    this.exchange = new CodeExchange({
      role,
      code: options.code ?? RIGHT,
      fingerprints: async () => options.fingerprints ?? [ours, theirs],
      send: (text) => this.sent.push(text),
      mayRisk: options.mayRisk ?? (() => true),
      onTrusted: () => heard.push(`${role} trusts`),
      onFailed: (failure: CodeFailure) => heard.push(`${role} ${failure}`),
    });
  }
}

/** Carries messages until nobody says anything more. */
async function talk(maker: Side, taker: Side, lost: (text: string) => boolean = () => false) {
  for (let quiet = 0; quiet < 20; quiet += 1) {
    for (const [from, to] of [
      [maker, taker],
      [taker, maker],
    ] as const) {
      for (const text of from.sent.splice(0)) {
        quiet = 0;
        heard.push(text.split(" ")[0] as string);
        if (!lost(text)) to.exchange.receive(text);
      }
    }
    await Promise.resolve();
  }
}

test("with the same code both trust each other, the taker having confirmed first", async () => {
  await talk(new Side("maker"), new Side("taker"));
  const [first, second] = heard.filter((word) => word === "confirm" || word.endsWith("trusts"));
  expect([first, second]).toEqual(["confirm", "maker trusts"]);
  expect(heard.at(-1)).toBe("taker trusts");
});

test("whoever opens later is found: a hello that was lost does no harm", async () => {
  let lost = 0;
  await talk(new Side("maker"), new Side("taker"), (text) => text === "hello" && lost++ === 0);
  expect(heard).toContain("taker trusts");
});

test("with another code nobody trusts anybody, and the maker has confirmed nothing", async () => {
  await talk(new Side("maker"), new Side("taker", { code: WRONG }));
  expect(heard.filter((word) => word === "confirm")).toHaveLength(1);
  expect(heard.filter((word) => word.includes(" "))).toEqual(["maker wrong", "taker wrong"]);
});

test.each<[string, SideOptions, SideOptions]>([
  ["the taker sees another certificate of the maker", {}, { fingerprints: ["BB", "CC"] }],
  ["the maker sees another certificate of the taker", { fingerprints: ["AA", "CC"] }, {}],
  ["each sees its own twice", { fingerprints: ["AA", "AA"] }, { fingerprints: ["BB", "BB"] }],
])("where %s, the right code is of no use", async (_, ofMaker, ofTaker) => {
  await talk(new Side("maker", ofMaker), new Side("taker", ofTaker));
  expect(heard.filter((word) => word.includes(" "))).toEqual(["maker wrong", "taker wrong"]);
});

test("a maker at whom somebody guessed wrong takes no further guess", async () => {
  await talk(new Side("maker", { mayRisk: () => false }), new Side("taker"));
  expect(heard.filter((word) => word.includes(" "))).toEqual(["taker spent"]);
});

test("a taker that has shown its confirmation and got none back does not show another one", async () => {
  const taker = new Side("taker");
  await talk(new Side("maker"), taker, (text) => text.startsWith("confirm"));
  expect(taker.exchange.isRisking).toBe(true);
  taker.exchange.close();
  expect(heard.at(-1)).toBe("taker lost");
});

test("one's own messages, sent back, convince nobody", async () => {
  const maker = new Side("maker");
  for (let round = 0; round < 20; round += 1) {
    for (const text of maker.sent.splice(0, 4)) maker.exchange.receive(text);
    await Promise.resolve();
  }
  expect(heard).toEqual([]);
});

test("what is no message, and no point of the curve, changes nothing", async () => {
  const maker = new Side("maker");
  const taker = new Side("taker");
  for (const text of ["", "share", "share 04", "confirm zz", `confirm ${"0".repeat(64)}`]) {
    maker.exchange.receive(text);
  }
  maker.exchange.receive(new Uint8Array(65));
  await talk(maker, taker);
  expect(heard).toContain("maker trusts");
  const other = new Side("maker");
  other.exchange.receive(`share 04${"1".repeat(128)}`);
  await talk(other, new Side("taker"));
  expect(heard.filter((word) => word === "maker trusts")).toHaveLength(1);
});

function code(text: string): TransferCode {
  const parsed = parseCode(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}
