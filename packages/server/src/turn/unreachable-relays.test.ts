import { expect, test } from "vitest";
import { unreachableRelays } from "./unreachable-relays.ts";

const PORTS = { firstPort: 49_152, lastPort: 65_535 };
const LAN = { ip: "192.168.1.5", ...PORTS };
const BRIDGE = { ip: "172.17.0.2", ...PORTS };
const MAPPED = { ...LAN, externalIp: "203.0.113.9" };

test.each([
  ["at home, a private address is the right one", [LAN], false, false, undefined],
  [
    "on the internet it is warned of, with the option",
    [LAN],
    true,
    false,
    /^.* 192.168.1.5, .*--external-ip PUBLIC/,
  ],
  ["one that is mapped is well, in a container too", [LAN, MAPPED], true, true, undefined],
  [
    "one that is mapped to another private one is not",
    [{ ...LAN, externalIp: "10.0.0.1" }],
    true,
    false,
    /10\.0\.0\.1/,
  ],
  [
    "in a container it is warned of at home as well",
    [BRIDGE],
    false,
    true,
    /172\.17\.0\.2; .*--network host.*--external-ip/,
  ],
  [
    "but not of loopback, which is asked for",
    [{ ip: "127.0.0.1", ...PORTS }],
    false,
    true,
    undefined,
  ],
] as const)("%s", (_case, relays, isPublic, isContainer, warning) => {
  const said = unreachableRelays(relays, { isPublic, isContainer });
  if (warning === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(warning);
});
