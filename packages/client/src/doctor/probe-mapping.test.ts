import { expect, it } from "vitest";
import { isPerServer } from "./probe-mapping.ts";

const OWN = "192.168.1.5:50000";
/** Without a permission for the camera, browsers do not name the socket. */
const HIDDEN = "0.0.0.0:0";

function seen(address: string, port: number, from = OWN, type: RTCIceCandidateType = "srflx") {
  const [relatedAddress, relatedPort] = from.split(":");
  const candidate = { relatedAddress, relatedPort: Number(relatedPort) } as RTCIceCandidate;
  return { type, address, port, candidate };
}

it.each([
  ["nothing", []],
  ["one address, which both servers saw", [seen("203.0.113.9", 61000)]],
  ["the same address twice", [seen("203.0.113.9", 61000), seen("203.0.113.9", 61000)]],
  ["two networks", [seen("203.0.113.9", 1), seen("203.0.113.77", 2, "10.0.0.5:50001")]],
  ["IPv4 and IPv6", [seen("203.0.113.9", 1, HIDDEN), seen("2001:db8::9", 1, HIDDEN)]],
  ["a relay beside it", [seen("203.0.113.9", 1), seen("198.51.100.7", 2, OWN, "relay")]],
])("an address for all servers: %s", (_what, candidates) => {
  expect(isPerServer(candidates)).toBe(false);
});

it.each([
  ["other ports", [seen("203.0.113.9", 1), seen("203.0.113.9", 2)]],
  ["other addresses", [seen("203.0.113.9", 1), seen("203.0.113.10", 1)]],
  ["a hidden socket", [seen("203.0.113.9", 1, HIDDEN), seen("203.0.113.9", 2, HIDDEN)]],
])("an address for each server: %s", (_what, candidates) => {
  expect(isPerServer(candidates)).toBe(true);
});
