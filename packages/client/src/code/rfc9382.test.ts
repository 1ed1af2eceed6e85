import { p256 } from "@noble/curves/nist.js";
import { expect, test } from "vitest";
import { Spake2 } from "./spake2.ts";

/** RFC 9382 Appendix B, the first vector: A='server', B='client'. */
const password = 0x2ee57912099d31560b3a44b1184b9b4866e904c49d12ac5042c97dca461b1a5fn;
const identities = { A: "server", B: "client" };
const x = 0x43dd0fd7215bdcb482879fca3220c6a968e66d70b1356cac18bb26c84a78d729n;
const y = 0xdcb60106f276b02606d8ef0a328c02e4b629f84f89786af5befb0bc75b6e66ben;

test("shares and confirmations are those of the RFC", () => {
  const a = new Spake2({ side: "A", password, identities, secret: x });
  const b = new Spake2({ side: "B", password, identities, secret: y });
  expect(hex(a.share)).toBe(
    "04a56fa807caaa53a4d28dbb9853b9815c61a411118a6fe516a8798434751470f9010153ac33d0d5f2047ffdb1a3e42c9b4e6be662766e1eeb4116988ede5f912c",
  );
  expect(hex(b.share)).toBe(
    "0406557e482bd03097ad0cbaa5df82115460d951e3451962f1eaf4367a420676d09857ccbc522686c83d1852abfa8ed6e4a1155cf8f1543ceca528afb591a1e0b7",
  );
  const expected = {
    A: "58ad4aa88e0b60d5061eb6b5dd93e80d9c4f00d127c65b3b35b1b5281fee38f0",
    B: "d3e2e547f1ae04f2dbdbf0fc4b79f8ecff2dff314b5d32fe9fcef2fb26dc459b",
  };
  const nothing = new Uint8Array();
  for (const confirmations of [
    a.confirmations(b.share, nothing),
    b.confirmations(a.share, nothing),
  ]) {
    expect({
      A: hex(confirmations?.A ?? nothing),
      B: hex(confirmations?.B ?? nothing),
    }).toEqual(expected);
  }
});

test.each([
  ["nothing", new Uint8Array()],
  ["the point at infinity", Uint8Array.of(0)],
  ["a point beside the curve", Uint8Array.from({ length: 65 }, (_, i) => (i === 0 ? 4 : i))],
])("%s is no share", (_, share) => {
  const a = new Spake2({ side: "A", password, identities });
  expect(a.confirmations(share, new Uint8Array())).toBeUndefined();
});

test("w times N is no share: whoever guesses w would know the key without a secret", () => {
  const { Point } = p256;
  const n = Point.fromHex("03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49");
  const a = new Spake2({ side: "A", password, identities });
  const share = n.multiply(password).toBytes(false);
  expect(a.confirmations(share, new Uint8Array())).toBeUndefined();
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
