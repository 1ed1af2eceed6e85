import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import type { Host, Socket } from "../testing/index.ts";
import { type LinkOptions, type NatOptions, natKinds, World } from "../testing/index.ts";
import { BindingServer, type BindingServerOptions, type Endpoint } from "./binding-server.ts";
import { decodeMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { NatBehaviour, type NatBehaviourOptions } from "./nat-behaviour.ts";
import type { NatReport } from "./nat-report.ts";

const primary = { ip: "203.0.113.10", port: 3478 };
const alternate = { ip: "203.0.113.11", port: 3479 };

/** A server with two addresses and two ports on each, as RFC 5780 §6 wants it. */
function serve(world: World, options: BindingServerOptions): void {
  const host = world.host([primary.ip, alternate.ip]);
  const server = new BindingServer(options);
  const sockets = new Map<string, Socket>();
  for (const ip of ["primary", "alternate"] as const) {
    for (const port of ["primary", "alternate"] as const) {
      const addresses = { primary, alternate };
      const receive = (bytes: Uint8Array, from: { ip: string; port: number }): void => {
        const message = decodeMessage(bytes);
        if (!message.ok) return;
        const writer = new MessageWriter();
        const endpoint: Endpoint = { ip, port };
        const route = server.answer(message.value, from, writer, endpoint);
        if (route === undefined) return;
        sockets.get(`${route.via.ip} ${route.via.port}`)?.send(writer.finish(), route.to);
      };
      const socket = host.bind(receive, addresses[port].port, addresses[ip].ip);
      sockets.set(`${ip} ${port}`, socket);
    }
  }
}

function discover(
  world: World,
  host: Host,
  options: Partial<NatBehaviourOptions> = {},
): NatReport | undefined {
  let report: NatReport | undefined;
  const main = host.bind((bytes, remote) => receive("main", bytes, remote));
  const second = host.bind((bytes, remote) => receive("second", bytes, remote));
  const machine = new NatBehaviour(
    { crypto: nodeCrypto, server: primary, local: main.address, ...options },
    world.now,
  );
  const drain = world.drive(
    machine,
    ({ socket, remote, bytes }) => (socket === "main" ? main : second).send(bytes, remote),
    (event) => {
      report = event.report;
    },
  );
  const receive = (
    socket: "main" | "second",
    bytes: Uint8Array,
    remote: { ip: string; port: number },
  ): void => {
    machine.receive({ socket, remote, bytes }, world.now);
    drain();
  };
  world.runUntil(world.now + 24 * 3_600_000, () => report !== undefined);
  expect(machine.deadline).toBeUndefined();
  return report;
}

function behind(nat: NatOptions, options: Partial<NatBehaviourOptions> = {}, link?: LinkOptions) {
  const world = new World(1);
  serve(world, { behaviour: { primary, alternate } });
  const { host } = world.hostBehind(nat, link);
  return discover(world, host, options);
}

describe("NAT behaviour discovery (RFC 5780 §4)", () => {
  const dependences = [
    "endpoint-independent",
    "address-dependent",
    "address-and-port-dependent",
  ] as const;
  const all = dependences.flatMap((mapping) =>
    dependences.flatMap((filtering) =>
      [true, false].map((hairpinning) => ({ mapping, filtering, hairpinning })),
    ),
  );

  it.each(all)("tells $mapping mapping, $filtering filtering, hairpinning $hairpinning", (nat) => {
    const report = behind(nat);
    const { mapping, filtering } = nat;
    expect(report).toMatchObject({ isTranslated: true, mapping, filtering });
    // Where both depend on the other end, the way back is a mapping of its own, which the filter stops.
    const isSeen = mapping === "endpoint-independent" || filtering === "endpoint-independent";
    if (isSeen || !nat.hairpinning) expect(report?.hairpinning).toBe(nat.hairpinning);
    expect(report?.mapped?.ip).toBe("198.51.100.1");
  });

  it.each(["full cone", "restricted", "port restricted", "symmetric"] as const)(
    "knows a %s NAT by its classic name",
    (kind) => {
      expect(behind(natKinds[kind])?.classic).toBe(kind);
    },
  );

  it("calls a network that lets no UDP out blocked", () => {
    const report = behind(natKinds["udp blocked"]);
    expect(report).toMatchObject({ classic: "blocked", mapped: undefined, filtering: undefined });
  });

  it("calls a host without NAT and filter open", () => {
    const world = new World(1);
    serve(world, { behaviour: { primary, alternate } });
    const report = discover(world, world.host(["198.51.100.77"]));
    expect(report).toMatchObject({ classic: "open", isTranslated: false, isRewritten: false });
  });

  it("notices a gateway that rewrites the addresses in packets (RFC 5780 §4.7)", () => {
    const world = new World(1);
    serve(world, { behaviour: { primary, alternate } });
    const host = world.host(["198.51.100.77"]);
    const machine = new NatBehaviour(
      { crypto: nodeCrypto, server: primary, local: { ip: "198.51.100.77", port: 1 } },
      0,
    );
    let report: NatReport | undefined;
    const socket = host.bind((bytes, remote) => {
      if (bytes.length < 44) return;
      const rewritten = bytes.slice();
      // MAPPED-ADDRESS follows XOR-MAPPED-ADDRESS; its IP becomes the inner one.
      rewritten.set([192, 168, 1, 2], 40);
      machine.receive({ socket: "main", remote, bytes: rewritten }, world.now);
      drain();
    });
    const drain = world.drive(
      machine,
      ({ remote, bytes }) => socket.send(bytes, remote),
      (event) => {
        report = event.report;
      },
    );
    world.run(60_000);
    expect(report?.isRewritten).toBe(true);
  });

  it("says that it does not know where the server has one address only", () => {
    const world = new World(1);
    serve(world, {});
    const { host } = world.hostBehind({ ...natKinds.restricted, hairpinning: true });
    expect(discover(world, host)).toMatchObject({
      isTranslated: true,
      hairpinning: true,
      mapping: undefined,
      filtering: undefined,
      classic: undefined,
    });
  });

  it("comes to the same end when a tenth of all packets is lost", () => {
    let right = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const world = new World(seed);
      serve(world, { behaviour: { primary, alternate } });
      const { host } = world.hostBehind(natKinds.symmetric, { loss: 0.1 });
      if (discover(world, host)?.classic === "symmetric") right += 1;
    }
    expect(right).toBeGreaterThanOrEqual(19);
  });

  it.each([30_000, 65_000, 120_000, 300_000])(
    "measures a binding lifetime of %i ms",
    (lifetimeMs) => {
      const report = behind(
        { ...natKinds["port restricted"], lifetimeMs },
        { lifetimeUpToMs: 900_000 },
      );
      const found = report?.lifetime;
      expect(found?.atLeastMs).toBeLessThanOrEqual(lifetimeMs);
      expect(found?.belowMs).toBeGreaterThanOrEqual(lifetimeMs - 3_000);
      expect((found?.belowMs ?? 0) - (found?.atLeastMs ?? 0)).toBeLessThanOrEqual(
        Math.max(5_000, lifetimeMs / 5),
      );
    },
  );

  it("says how long a binding lives at least, where it outlives the search", () => {
    const report = behind(
      { ...natKinds.symmetric, lifetimeMs: 10_000_000 },
      { lifetimeUpToMs: 100_000 },
    );
    expect(report?.lifetime).toEqual({ atLeastMs: 100_000, belowMs: undefined });
  });

  it("leaves the lifetime open where the server does not know RESPONSE-PORT", () => {
    const world = new World(1);
    serve(world, {});
    const { host } = world.hostBehind(natKinds.restricted);
    expect(discover(world, host, { lifetimeUpToMs: 100_000 })?.lifetime).toBeUndefined();
  });
});
