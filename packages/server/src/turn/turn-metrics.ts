import type { NodeTurnStats } from "@tincan/webrtc/node";
import type { Traffic } from "@tincan/webrtc/turn";
import { Counter, Gauge, type Registry } from "prom-client";

/** Adds the numbers of a TURN server to a registry, under `tincan_turn_`. No label grows with the users. */
export function registerTurnMetrics(registry: Registry, stats: () => NodeTurnStats): void {
  for (const [name, [help, read]] of Object.entries(GAUGES)) {
    new Gauge({
      name: `tincan_turn_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read(stats()));
      },
    });
  }
  for (const [name, [help, labels, read]] of Object.entries(COUNTERS)) {
    new Counter({
      name: `tincan_turn_${name}_total`,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect() {
        this.reset();
        for (const [values, count] of read(stats())) {
          this.inc(Object.fromEntries(labels.map((label, i) => [label, values[i] ?? ""])), count);
        }
      },
    });
  }
}

type Row = readonly [values: readonly (string | number)[], count: number];

const GAUGES: Readonly<Record<string, readonly [string, (stats: NodeTurnStats) => number]>> = {
  allocations: ["Allocations at the moment", (stats) => stats.allocations],
  users: ["Users that hold an allocation", (stats) => stats.users],
  permissions: ["Permissions at the moment", (stats) => stats.permissions],
  channels: ["Channels at the moment", (stats) => stats.channels],
  reservations: ["Ports held for reservation tokens", (stats) => stats.reservations],
  mobility_tickets: ["Mobility tickets at the moment", (stats) => stats.tickets],
  relay_ports: ["Relay ports in use", (stats) => stats.relayPorts],
  peer_connections: ["TCP connections to peers", (stats) => stats.tcpConnections],
  client_connections: ["TCP and TLS connections of clients", (stats) => stats.streams],
  draining: ["1 while no new allocations are made", (stats) => (stats.isDraining ? 1 : 0)],
};

const COUNTERS: Readonly<
  Record<string, readonly [string, readonly string[], (stats: NodeTurnStats) => Iterable<Row>]>
> = {
  allocations_made: ["Allocations made", [], ({ counters }) => [[[], counters.allocationsMade]]],
  auth_failures: [
    "Requests with wrong credentials",
    [],
    ({ counters }) => [[[], counters.authFailures]],
  ],
  refusals: [
    "Error responses by code; 401 are challenges too",
    ["code"],
    ({ counters }) => rows(counters.refusals),
  ],
  quota_refusals: [
    "Allocations refused for a quota (486) or for want of ports (508)",
    ["code"],
    ({ counters }) => [486, 508].map((code) => [[code], counters.refusals[code as 486 | 508] ?? 0]),
  ],
  drops: ["Packets dropped, by fault", ["reason"], ({ counters }) => rows(counters.drops)],
  packets: ["Data packets", ["side", "direction", "transport"], traffic((one) => one.packets)],
  bytes: ["Bytes of data", ["side", "direction", "transport"], traffic((one) => one.bytes)],
  datagrams_lost: [
    "Datagrams that the network did not take",
    [],
    (stats) => [[[], stats.datagramsLost]],
  ],
  connections_refused: [
    "Connections refused for their number",
    [],
    (stats) => [[[], stats.streamsRefused]],
  ],
};

function rows(counts: Readonly<Partial<Record<string | number, number>>>): readonly Row[] {
  return Object.entries(counts).map(([key, count]) => [[key], count ?? 0]);
}

function traffic(read: (traffic: Traffic) => number): (stats: NodeTurnStats) => readonly Row[] {
  return ({ counters }) => {
    const { fromClients, toClients, fromPeers, toPeers } = counters;
    const ofClients = (direction: string, all: Readonly<Record<string, Traffic>>): Row[] =>
      Object.entries(all).map(([transport, one]) => [["client", direction, transport], read(one)]);
    return [
      ...ofClients("in", fromClients),
      ...ofClients("out", toClients),
      [["peer", "in", "udp"], read(fromPeers)],
      [["peer", "out", "udp"], read(toPeers)],
    ];
  };
}
