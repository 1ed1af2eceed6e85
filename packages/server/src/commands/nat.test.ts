import { listenForBindings } from "@tincan/webrtc/node";
import { classicName, type NatReport } from "@tincan/webrtc/stun";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Io } from "../io.ts";
import { main } from "../main.ts";
import { natText } from "./nat-text.ts";

let close: () => void = () => undefined;
let server = "";

beforeAll(async () => {
  for (let port = 31_000 + (process.pid % 1000); server === ""; port += 2) {
    try {
      const primary = { ip: "127.0.0.1", port };
      const alternate = { ip: "127.0.0.2", port: port + 1 };
      ({ close } = await listenForBindings({ primary, alternate }));
      server = `127.0.0.1:${port}`;
    } catch (error) {
      if (port > 40_000) throw error;
    }
  }
});

afterAll(() => close());

async function tincan(
  args: readonly string[],
  env: Io["env"] = {},
  interrupted: AbortSignal = new AbortController().signal,
): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await main(["nat", ...args], {
    env,
    cwd: "/",
    interrupted,
    stdout: {
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      write: (text) => {
        err += text;
      },
    },
  });
  return { code, out, err };
}

describe("tincan nat", () => {
  it("tells people in their words", async () => {
    const { code, out, err } = await tincan([server]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Your address: +127\.0\.0\.1:\d+$/m);
    expect(out).toMatch(/^Kind: +open internet/m);
    expect(out).toContain("What this means for calls:\nNothing is in the way");
  });

  it("tells programs in JSON, with every key", async () => {
    const { code, out } = await tincan(["--json"], { TINCAN_STUN_SERVER: server });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      server,
      classic: "open",
      filtering: "endpoint-independent",
      mapping: null,
      hairpinning: null,
      lifetime: null,
      tcp: null,
    });
  });

  it.each([
    [[], "needs a STUN server"],
    [["a", "b"], "leave one out"],
    [["http://a"], "write it as"],
    [["stuns:a"], "write stun:a"],
    [["--jsno"], "did you mean --json?"],
    [["a", "--lifetime-max", "x"], "a number of seconds from 10"],
    [["nowhere.invalid:3478"], "check the name"],
  ])("says of %j in one line what would cure it", async (args, cure) => {
    const { code, out, err } = await tincan(args);
    expect(code).not.toBe(0);
    expect(out).toBe("");
    expect(err).toMatch(/^tincan: .*\n$/);
    expect(err).toContain(cure);
  });

  it("ends quietly when it is interrupted", async () => {
    const result = await tincan(["127.0.0.1:9"], {}, AbortSignal.timeout(30));
    expect(result).toEqual({ code: 1, out: "", err: "" });
  });
});

describe("what it means", () => {
  const local = { ip: "192.168.1.2", port: 1 };
  const mapped = { ip: "203.0.113.1", port: 2 };
  const found = (report: Partial<NatReport>, tcp?: boolean): string => {
    const whole: NatReport = {
      local,
      mapped,
      isTranslated: true,
      mapping: undefined,
      filtering: undefined,
      hairpinning: undefined,
      isRewritten: false,
      lifetime: undefined,
      classic: undefined,
      ...report,
    };
    const classic = classicName(whole);
    return natText({ server: "s:3478", report: { ...whole, classic }, tcp }).replace(/\s+/g, " ");
  };

  it("is a relay for a symmetric NAT with most others, and for blocked UDP always", () => {
    const dependent = "address-and-port-dependent" as const;
    expect(found({ mapping: dependent, filtering: dependent })).toContain(
      "only to those with no NAT",
    );
    expect(found({ mapped: undefined }, true)).toContain("a relay over TCP will work");
    expect(found({ mapped: undefined }, false)).toContain("try another server");
  });

  it("is said of what could not be told, too", () => {
    expect(found({})).toContain("a server with two addresses could tell");
  });

  it("names a binding's lifetime, and a gateway that breaks calls", () => {
    const lifetime = { atLeastMs: 117_500, belowMs: 125_000 };
    expect(found({ lifetime })).toContain("between 118 and 125 s");
    expect(found({ lifetime: { atLeastMs: 0, belowMs: 20_000 } })).toContain("less than 20 s");
    expect(found({ lifetime: { atLeastMs: 300_000, belowMs: undefined } })).toContain(
      "at least 300",
    );
    expect(found({ isRewritten: true })).toContain("an ALG");
  });
});
