import { expect, it } from "vitest";
import { ipOf } from "./gather.ts";
import { isStranger } from "./probe-ice.ts";

it.each([
  ["another public address", "203.0.113.9", "198.51.100.7", true],
  ["a public address of IPv6 at a relay of IPv6", "2001:4860::9", "2606:4700::7", true],
  ["a public address of IPv6 at a relay of IPv4", "2001:4860::9", "198.51.100.7", false],
  ["the relay's own", "198.51.100.7", "198.51.100.7", false],
  ["a private one", "192.168.1.5", "198.51.100.7", false],
  ["a private one of IPv6", "fd00::2", "2606:4700::7", false],
  ["one that the browser hides behind a name", "0b9c.local", "198.51.100.7", false],
  ["one that the browser does not tell", "", "198.51.100.7", false],
])("%s: whether a relay for the public sends there", (_what, ip, relayIp, expected) => {
  expect(isStranger(ip, relayIp)).toBe(expected);
});

it("an address of IPv6 is read without Chromium's brackets", () => {
  expect(["[fd00::2]", "fd00::2", "192.0.2.2", null].map((address) => ipOf({ address }))).toEqual([
    ...["fd00::2", "fd00::2", "192.0.2.2", ""],
  ]);
});
