import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ServerMetrics } from "../metrics/server-metrics.ts";
import { Forwarding } from "../proxy/forwarding.ts";
import type { SignalingStats } from "../signaling/signaling-server.ts";
import { operatorRoutes, type ServerState } from "./operator-routes.ts";

const STATS = {
  rooms: 3,
  peers: 5,
  connections: 6,
  addresses: 2,
  messages: 40,
  joins: { created: 3, joined: 2, resumed: 1 },
  refusals: { full: 4 },
} as SignalingStats;

let app: FastifyInstance;
let metrics: ServerMetrics;
let state: ServerState = "ready";

beforeEach(() => {
  app = Fastify();
  metrics = new ServerMetrics(() => STATS);
  const forwarding = new Forwarding(["10.0.0.1"]);
  operatorRoutes(app, {
    state: () => state,
    metrics,
    forwarding,
    metricsAllow: ["192.0.2.0/24"],
  });
});
afterEach(() => app.close());

it.each([
  ["starting", 503],
  ["draining", 503],
  ["ready", 200],
] as const)("while it is %s, /readyz answers %d", async (status, code) => {
  state = status;
  const answer = await app.inject("/readyz");
  expect([answer.statusCode, answer.json()]).toEqual([code, { status }]);
});

it("tells figures, at every scrape as they are then", async () => {
  metrics.report({ outcome: "failed" });
  metrics.report({
    outcome: "connected",
    setupMs: 900,
    local: "relay",
    remote: "srflx",
    protocol: "udp",
    relay: "tls",
  });
  await app.inject("/metrics");
  const { body, headers } = await app.inject("/metrics");
  expect(headers["content-type"]).toContain("text/plain");
  for (const line of [
    "tincan_rooms 3",
    "tincan_peers 5",
    'tincan_joins_total{how="resumed"} 1',
    'tincan_refusals_total{reason="full"} 4',
    'tincan_messages_total{result="carried"} 40',
    'tincan_ice_results_total{outcome="failed",local="",remote="",protocol="",relay=""} 1',
    'tincan_ice_results_total{outcome="connected",local="relay",remote="srflx",protocol="udp",relay="tls"} 1',
    'tincan_call_setup_seconds_bucket{le="1",path="relayed"} 1',
  ]) {
    expect(body.split("\n")).toContain(line);
  }
  expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds [0-9.e-]+$/m);
});

it.each([
  ["127.0.0.1", undefined, 200],
  ["::1", undefined, 200],
  ["192.0.2.9", undefined, 200],
  ["198.51.100.1", undefined, 403],
  ["127.0.0.1", "198.51.100.1", 403],
  ["10.0.0.1", "127.0.0.1", 200],
  ["10.0.0.1", "198.51.100.1", 403],
  ["198.51.100.1", "127.0.0.1", 403],
])("metrics from %s, forwarded for %s: %d", async (remoteAddress, forwardedFor, status) => {
  const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
  const answer = await app.inject({ url: "/metrics", remoteAddress, headers });
  expect(answer.statusCode).toBe(status);
});
