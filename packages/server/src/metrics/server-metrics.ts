import type { Report } from "@tincan/signaling";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { SignalingStats } from "../signaling/signaling-server.ts";

/**
 * What `/metrics` tells: figures of the whole server, whose labels come from closed lists. Other parts of the
 * server add theirs to `registry`.
 */
export class ServerMetrics {
  readonly registry: Registry = new Registry();
  readonly #setup: Histogram<"path">;
  readonly #ice: Counter<"outcome" | "local" | "remote" | "protocol" | "relay">;

  /** `stats` is asked at every scrape. */
  constructor(stats: () => SignalingStats) {
    const registers = [this.registry];
    // Memory, CPU time, open files and the delay of the event loop, under the names that dashboards know.
    collectDefaultMetrics({ register: this.registry });
    addSignaling(this.registry, stats);
    this.#setup = new Histogram({
      name: "tincan_call_setup_seconds",
      help: "From both being in the room to connected, as reported by clients",
      labelNames: ["path"],
      buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64],
      registers,
    });
    this.#ice = new Counter({
      name: "tincan_ice_results_total",
      help: "How connecting to a peer went, as reported by clients, by candidate type",
      labelNames: ["outcome", "local", "remote", "protocol", "relay"],
      registers,
    });
  }

  /** Counts what a client reports. */
  report(report: Report): void {
    if (report.outcome === "failed") {
      this.#ice.inc({ outcome: "failed", local: "", remote: "", protocol: "", relay: "" });
      return;
    }
    const { outcome, local, remote, protocol, relay = "", setupMs } = report;
    this.#ice.inc({ outcome, local, remote, protocol, relay });
    const path = local === "relay" || remote === "relay" ? "relayed" : "direct";
    this.#setup.observe({ path }, setupMs / 1000);
  }
}

function addSignaling(registry: Registry, stats: () => SignalingStats): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: (stats: SignalingStats) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(stats()));
      },
    });
  };
  const counter = (
    name: string,
    help: string,
    label: string,
    values: (stats: SignalingStats) => Readonly<Record<string, number>>,
  ): void => {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        // The signaling counts for itself; this only repeats how far it has come.
        this.reset();
        for (const [key, value] of Object.entries(values(stats())))
          this.inc({ [label]: key }, value);
      },
    });
  };
  gauge("tincan_rooms", "Rooms with somebody in them", ({ rooms }) => rooms);
  gauge("tincan_peers", "Seats that are taken, kept ones included", ({ peers }) => peers);
  gauge("tincan_connections", "Signaling connections", ({ connections }) => connections);
  counter("tincan_joins_total", "Seats taken, by how", "how", ({ joins }) => joins);
  counter("tincan_refusals_total", "What was not done, by reason", "reason", (s) => s.refusals);
  counter("tincan_messages_total", "Messages between peers", "result", ({ messages }) => ({
    carried: messages,
  }));
}
