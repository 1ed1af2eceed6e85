import { pbkdf2Sync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { passwordVerifier } from "./password-verifier.ts";

describe("passwordVerifier", () => {
  test("is PBKDF2 as PROTOCOL.md has it, of the password and the room's own name", async () => {
    const expected = pbkdf2Sync("pässword", "tincan room café", 600_000, 32, "sha256");
    const verifier = await passwordVerifier("Cafe\u0301", "pa\u0308ssword");
    expect(verifier).toBe(expected.toString("base64url"));
    expect(verifier).toHaveLength(43);
    expect(await passwordVerifier("elsewhere", "pässword")).not.toBe(verifier);
  });

  test.each([
    ["room", "", "malformed"],
    ["room", "x".repeat(257), "malformed"],
    ["two words", "secret", "bad-room-name"],
  ])("for %j and a password of %j rejects", async (room, password, code) => {
    await expect(passwordVerifier(room, password)).rejects.toMatchObject({ code });
  });
});
