import { expect, it } from "vitest";
import { Pair } from "../ice/index.ts";
import { PairTraffic } from "./pair-traffic.ts";

function pair(port: number): Pair {
  const address = { ip: "192.0.2.1", port };
  const candidate = {
    type: "host",
    transport: "udp",
    address,
    priority: 1,
    foundation: "1",
  } as const;
  return new Pair({ ...candidate, base: 0 }, candidate);
}

it("counts what goes over a pair while it is selected, each time", () => {
  const total = { packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 };
  const traffic = new PairTraffic(total);
  const [first, second] = [pair(1), pair(2)];
  const send = (bytes: number): void => {
    total.packetsSent += 1;
    total.bytesSent += bytes;
  };
  traffic.select(first);
  send(10);
  traffic.select(second);
  send(100);
  send(100);
  traffic.select(first);
  send(1);
  expect(traffic.of(first)).toMatchObject({ packetsSent: 2, bytesSent: 11, bytesReceived: 0 });
  expect(traffic.of(second)).toMatchObject({ packetsSent: 2, bytesSent: 200 });
  expect(traffic.of(pair(3))).toMatchObject({ packetsSent: 0, bytesSent: 0 });
});
