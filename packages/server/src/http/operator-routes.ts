import type { FastifyInstance } from "fastify";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import { AddressRanges, LOOPBACK } from "../proxy/address-ranges.ts";
import type { Forwarding } from "../proxy/forwarding.ts";

/** Whether people can come: not yet, now, or no longer. */
export type ServerState = "starting" | "ready" | "draining";

export interface OperatorRoutes {
  readonly state: () => ServerState;
  readonly metrics: ServerMetrics;
  readonly forwarding: Forwarding;
  /** Who may read the metrics, beside this machine. */
  readonly metricsAllow: readonly string[];
}

/** What the one who runs the server asks: `/readyz` for load balancers, `/metrics` for Prometheus. */
export function operatorRoutes(app: FastifyInstance, options: OperatorRoutes): void {
  const { state, metrics, forwarding } = options;
  const allowed = new AddressRanges([...LOOPBACK, ...options.metricsAllow]);
  app.get("/readyz", async (_request, reply) => {
    reply.header("cache-control", "no-store");
    const status = state();
    return reply.code(status === "ready" ? 200 : 503).send({ status });
  });
  app.get("/metrics", async ({ raw }, reply) => {
    reply.header("cache-control", "no-store");
    // A proxy on this machine, of which nobody told us, makes the whole world look like this machine.
    if (forwarding.isDubious(raw)) return reply.code(403).send(BEHIND_UNKNOWN_PROXY);
    if (!allowed.contains(forwarding.clientAddress(raw))) return reply.code(403).send(NOT_ALLOWED);
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

const NOT_ALLOWED = {
  error: "forbidden",
  message: "Only this machine and the addresses of --metrics-allow may read the metrics.",
};

const BEHIND_UNKNOWN_PROXY = {
  error: "forbidden",
  message: "A proxy forwarded this request; the server believes it only with --behind-proxy.",
};
