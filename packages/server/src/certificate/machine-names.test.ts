import { expect, test } from "vitest";
import { type Interfaces, machineNames, networkAddresses } from "./machine-names.ts";

const INTERFACES = {
  lo: [face("127.0.0.1", true), face("::1", true)],
  eth0: [
    face("192.0.2.7"),
    face("2001:db8:0:0::5"),
    face("2001:db8::6"),
    face("fe80::1"),
    face("169.254.3.4"),
  ],
  wlan0: [face("198.51.100.9"), face("2001:db8:1::9")],
} as unknown as Interfaces;

function face(address: string, internal = false): { address: string; internal: boolean } {
  return { address, internal };
}

test("a certificate names localhost, the host and every address once, in canonical form", () => {
  expect(machineNames(INTERFACES, "box.lan")).toEqual({
    dns: ["localhost", "box.lan"],
    ips: [
      ...["127.0.0.1", "::1", "192.0.2.7", "2001:db8::5", "2001:db8::6", "fe80::1"],
      ...["169.254.3.4", "198.51.100.9", "2001:db8:1::9"],
    ],
  });
});

test("a host name that is no DNS name is left out", () => {
  expect(machineNames({}, "my_box").dns).toEqual(["localhost"]);
  expect(machineNames({}, "localhost").dns).toEqual(["localhost"]);
});

test("links go to addresses that other devices reach: IPv4 first, one IPv6 of an interface", () => {
  const addresses = networkAddresses(INTERFACES);
  expect(addresses.slice(0, 2)).toEqual(["192.0.2.7", "198.51.100.9"]);
  expect(addresses.slice(2).sort()).toEqual(["2001:db8:1::9", "2001:db8::5"]);
});
