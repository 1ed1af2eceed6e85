import { createServer } from "node:http";
import type { Registry } from "prom-client";
import { listen } from "../http/listen.ts";

/** Where metrics are answered. */
export interface MetricsPlace {
  readonly host: string;
  readonly port: number;
}

/** A small HTTP server that answers `/metrics` and nothing else. */
export interface MetricsEndpoint {
  readonly port: number;
  close(): void;
}

/** Answers a registry's metrics to whoever reaches the port. */
export async function openMetrics(
  registry: Registry,
  { host, port }: MetricsPlace,
): Promise<MetricsEndpoint> {
  const server = createServer(async ({ url = "", method }, response) => {
    if (url.split("?", 1)[0] !== "/metrics" || (method !== "GET" && method !== "HEAD")) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": registry.contentType });
    response.end(method === "GET" ? await registry.metrics() : undefined);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const places = { portOption: "--prometheus-port", hostOption: "--prometheus-address" };
  const opened = await listen(server, { host, port, ...places });
  return {
    port: opened,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Few read metrics. */
const MAX_CONNECTIONS = 64;
