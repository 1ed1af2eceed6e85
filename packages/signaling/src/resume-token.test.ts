import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { issueResumeToken, RESUME_TOKEN_LIFETIME_MS, readResumeToken } from "./resume-token.ts";

const CLAIM = {
  peer: "abcdefgh234567ab",
  session: "s2s2s2s2",
  opened: 1000,
  since: 1_795_000_000_000,
};

function mac(text: string, key = "key"): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

describe("resume tokens", () => {
  it("prove the seat they were issued for", () => {
    const token = issueResumeToken("café", CLAIM, 5000, mac);
    expect(token.length).toBeLessThan(512);
    expect(readResumeToken("café", token, 6000, mac)).toEqual({ ok: true, value: CLAIM });
  });

  it("prove nothing for another room, under another key, or after their time", () => {
    const token = issueResumeToken("here", CLAIM, 5000, mac);
    const forged = { ok: false, fault: "forged" };
    expect(readResumeToken("there", token, 6000, mac)).toEqual(forged);
    expect(readResumeToken("here", token, 6000, (text) => mac(text, "other"))).toEqual(forged);
    const late = 5000 + RESUME_TOKEN_LIFETIME_MS;
    expect(readResumeToken("here", token, late - 1000, mac).ok).toBe(true);
    expect(readResumeToken("here", token, late + 1000, mac)).toEqual({
      ok: false,
      fault: "expired",
    });
  });

  it("prove nothing once a character is another", () => {
    const token = issueResumeToken("here", CLAIM, 5000, mac);
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.string({ maxLength: 2 }), (at, text) => {
        const mutated = token.slice(0, at) + text + token.slice(at + 1);
        expect(readResumeToken("here", mutated, 6000, mac).ok).toBe(mutated === token);
      }),
      { numRuns: 1000 },
    );
  });

  it("are read without a throw whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        expect(readResumeToken("here", text, 0, mac).ok).toBe(false);
      }),
    );
  });
});
