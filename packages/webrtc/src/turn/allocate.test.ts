import { describe, expect, it } from "vitest";
import { ErrorCode, UnknownAttributes, XorMappedAddress } from "../stun/index.ts";
import { fromUtf8 } from "../wire/index.ts";
import { allValues } from "./all-values.ts";
import {
  AdditionalAddressFamily,
  AddressErrorCode,
  CoturnAdditionalAddressFamily,
  DontFragment,
  EvenPort,
  Lifetime,
  MobilityTicket,
  RequestedAddressFamily,
  RequestedTransport,
  ReservationToken,
  XorRelayedAddress,
} from "./attributes.ts";
import { allocateMethod, refreshMethod } from "./methods.ts";
import { Rig, relayIp, relayIp6 } from "./test-rig.ts";

describe("Allocate (RFC 8656 §7.2)", () => {
  it("gives a relay, and says how long and who the client is", () => {
    const rig = new Rig();
    const client = rig.client();
    const response = client.allocate();
    expect(response.class).toBe("success");
    expect(response.value(XorRelayedAddress)?.ip).toBe(relayIp);
    expect(response.value(XorMappedAddress)).toEqual(client.address);
    expect(response.value(Lifetime)).toBe(600);
    expect(client.longTerm.isAuthentic(response)).toBe(true);
    expect(rig.server.stats()).toMatchObject({ allocations: 1, relayPorts: 1, users: 1 });
    expect(rig.events.at(-1)).toMatchObject({ type: "allocated", username: "alice" });
  });

  it("answers a retransmission with the same success, and another request with 437", () => {
    const rig = new Rig();
    const client = rig.client();
    const write = (writer: { add: CallableFunction }) => writer.add(RequestedTransport, 17);
    client.allocate();
    expect(client.code(allocateMethod, write)).toBe(437);
    const other = rig.client(1001);
    other.ask(allocateMethod);
    const request = other.build(allocateMethod, write);
    other.sendRaw(request);
    const first = other.inbox.pop();
    other.sendRaw(request);
    expect(other.inbox.pop()).toEqual(first);
    expect(rig.server.stats().allocations).toBe(2);
  });

  it("gives a dual allocation, and says why where one family is missing", () => {
    const dual = new Rig().client().allocate((writer) => writer.add(AdditionalAddressFamily, 2));
    expect([...allValues(dual, XorRelayedAddress)].map((one) => one?.ip)).toEqual([
      relayIp,
      relayIp6,
    ]);
    const rig = new Rig({ relays: [{ ip: relayIp, firstPort: 50_000, lastPort: 50_009 }] });
    const half = rig.client().allocate((writer) => writer.add(AdditionalAddressFamily, 2));
    expect(half.value(AddressErrorCode)).toMatchObject({ family: 2, code: 440 });
    expect(
      rig.client(1001).code(allocateMethod, (w) => {
        w.add(RequestedTransport, 17).add(RequestedAddressFamily, 2);
      }),
    ).toBe(440);
  });

  it("gives coturn's clients a dual allocation too, who ask for it by another number", () => {
    const dual = new Rig().client().allocate((w) => w.add(CoturnAdditionalAddressFamily, 2));
    expect([...allValues(dual, XorRelayedAddress)]).toHaveLength(2);
  });

  it("holds the next port for a token, which is good once and for its user", () => {
    const rig = new Rig();
    const first = rig.client().allocate((writer) => writer.add(EvenPort, true));
    const port = first.value(XorRelayedAddress)?.port ?? 0;
    const token = first.value(ReservationToken) as Uint8Array;
    expect(port % 2).toBe(0);
    expect(rig.server.stats()).toMatchObject({ reservations: 1, relayPorts: 2 });
    const byStranger = rig.client(1001, "bob").allocate((w) => w.add(ReservationToken, token));
    expect(byStranger.value(ErrorCode)?.code).toBe(508);
    const second = rig.client(1002).allocate((w) => w.add(ReservationToken, token));
    expect(second.value(XorRelayedAddress)?.port).toBe(port + 1);
    const again = rig.client(1003).allocate((w) => w.add(ReservationToken, token));
    expect(again.value(ErrorCode)?.code).toBe(508);
  });

  it("frees the reserved sibling when nobody comes for it", () => {
    const rig = new Rig();
    rig.client().allocate((writer) => writer.add(EvenPort, true));
    rig.advance(31);
    expect(rig.server.stats()).toMatchObject({ reservations: 0, relayPorts: 1 });
    expect(rig.relays.size).toBe(1);
  });

  it("takes another port where somebody else has the first", () => {
    const rig = new Rig({ relays: [{ ip: relayIp, firstPort: 50_000, lastPort: 50_003 }] });
    for (const port of [50_000, 50_001, 50_002]) rig.occupied.add(`${relayIp}:${port}`);
    let given = 0;
    for (let i = 0; i < 20 && given === 0; i += 1) {
      const response = rig.client(1000 + i).allocate();
      if (response.class === "success") given = response.value(XorRelayedAddress)?.port ?? 0;
      else expect(response.value(ErrorCode)?.code).toBe(508);
    }
    expect(given).toBe(50_003);
    expect(rig.server.stats().relayPorts).toBe(1);
  });

  it.each([
    ["no transport", 400, []],
    ["an unknown transport", 442, [[RequestedTransport, 99]]],
    ["TCP relays over UDP", 400, [[RequestedTransport, 6]]],
    [
      "an unknown family",
      440,
      [
        [RequestedTransport, 17],
        [RequestedAddressFamily, 7],
      ],
    ],
    [
      "two ways to name families",
      400,
      [
        [RequestedTransport, 17],
        [RequestedAddressFamily, 1],
        [AdditionalAddressFamily, 2],
      ],
    ],
    [
      "IPv4 as additional family",
      400,
      [
        [RequestedTransport, 17],
        [AdditionalAddressFamily, 1],
      ],
    ],
    [
      "a pair and two families",
      400,
      [
        [RequestedTransport, 17],
        [EvenPort, true],
        [AdditionalAddressFamily, 2],
      ],
    ],
    [
      "a token and EVEN-PORT",
      400,
      [
        [RequestedTransport, 17],
        [EvenPort, false],
        [ReservationToken, new Uint8Array(8)],
      ],
    ],
    [
      "a token that is none",
      508,
      [
        [RequestedTransport, 17],
        [ReservationToken, new Uint8Array(8)],
      ],
    ],
  ] as const)("refuses %s with %i", (_what, code, attributes) => {
    const rig = new Rig();
    const got = rig.client().code(allocateMethod, (writer) => {
      for (const [attribute, value] of attributes) writer.add(attribute as never, value as never);
    });
    expect(got).toBe(code);
    expect(rig.server.stats()).toMatchObject({ allocations: 0, relayPorts: 0, users: 0 });
  });

  it("names DONT-FRAGMENT in a 420 where the sockets cannot do it", () => {
    const response = new Rig({ canSetDontFragment: false })
      .client()
      .allocate((writer) => writer.add(DontFragment, true));
    expect(response.value(ErrorCode)?.code).toBe(420);
    expect(response.value(UnknownAttributes)).toEqual([DontFragment.type]);
  });

  it("keeps the user's and the server's quota (486), and gives back what ends", () => {
    const rig = new Rig();
    const { limits } = rig.server.settings;
    rig.server.reconfigure({ limits: { ...limits, allocations: 3, allocationsPerUser: 2 } });
    const codes = [1, 2, 3].map((n) => rig.client(n).allocate().value(ErrorCode)?.code);
    expect(codes).toEqual([undefined, undefined, 486]);
    expect(rig.client(4, "bob").allocate().class).toBe("success");
    expect(rig.client(5, "bob").allocate().value(ErrorCode)?.code).toBe(486);
    rig.clients.get("192.0.2.7:1")?.ask(refreshMethod, (w) => w.add(Lifetime, 0));
    expect(rig.client(6, "bob").allocate().class).toBe("success");
  });
});

describe("Refresh (RFC 8656 §8.2)", () => {
  it("lets an allocation live longer, up to the maximum, and then end", () => {
    const rig = new Rig();
    const client = rig.client();
    client.allocate();
    rig.advance(599);
    expect(client.ask(refreshMethod, (w) => w.add(Lifetime, 100_000))?.value(Lifetime)).toBe(3600);
    rig.advance(3599);
    expect(rig.server.stats().allocations).toBe(1);
    rig.advance(2);
    expect(rig.server.stats()).toMatchObject({ allocations: 0, relayPorts: 0, users: 0 });
    expect(rig.relays.size).toBe(0);
    expect(rig.events.at(-1)).toMatchObject({ type: "ended", reason: "expired" });
    expect(client.code(refreshMethod)).toBe(437);
  });

  it("shortens a lifetime too", () => {
    const rig = new Rig();
    const client = rig.client();
    client.allocate((w) => w.add(Lifetime, 3000));
    client.ask(refreshMethod);
    rig.advance(601);
    expect(rig.server.stats().allocations).toBe(0);
  });

  it("of 0 gives everything back at once", () => {
    const rig = new Rig();
    const client = rig.client();
    client.allocate();
    expect(client.code(refreshMethod, (w) => w.add(Lifetime, 0))).toBe("ok");
    expect(rig.server.stats()).toMatchObject({ allocations: 0, relayPorts: 0 });
    expect(client.allocate().class).toBe("success");
  });

  it("of one family leaves the other; of a family that is not there is a 443", () => {
    const rig = new Rig();
    const client = rig.client();
    client.allocate((w) => w.add(AdditionalAddressFamily, 2));
    const six = (w: { add: CallableFunction }) => w.add(RequestedAddressFamily, 2);
    expect(
      client.code(refreshMethod, (w) => {
        six(w);
        w.add(Lifetime, 0);
      }),
    ).toBe("ok");
    expect(rig.server.stats()).toMatchObject({ allocations: 1, relayPorts: 1 });
    expect(client.code(refreshMethod, six)).toBe(443);
  });

  it("by another user is a 441", () => {
    const rig = new Rig();
    rig.client().allocate();
    expect(rig.client(1000, "bob").code(refreshMethod)).toBe(441);
  });
});

describe("mobility (RFC 8016)", () => {
  it("takes an allocation along to another address, and the ticket is good once", () => {
    const rig = new Rig();
    const ticket = rig
      .client()
      .allocate((w) => w.add(MobilityTicket, new Uint8Array(0)))
      .value(MobilityTicket) as Uint8Array;
    const moved = rig.client(2000);
    // Whoever keeps it as a text of C loses nothing.
    expect(fromUtf8(ticket)).toMatch(/^[0-9a-f]{32}$/);
    const response = moved.ask(refreshMethod, (w) => w.add(MobilityTicket, ticket));
    expect(response?.class).toBe("success");
    expect(response?.value(MobilityTicket)).not.toEqual(ticket);
    expect(rig.server.stats().allocations).toBe(1);
    // Heard from at the new place: the old one is nobody's any more.
    expect(moved.code(refreshMethod)).toBe("ok");
    expect(rig.client(1000).code(refreshMethod)).toBe(437);
    const third = rig
      .client(3000)
      .ask(refreshMethod, (w) =>
        w.add(MobilityTicket, response?.value(MobilityTicket) as Uint8Array),
      );
    expect(third?.class).toBe("success");
    expect(rig.client(4000).code(refreshMethod, (w) => w.add(MobilityTicket, ticket))).toBe(400);
  });

  it("is refused to another user, with a made-up ticket, and where it is off", () => {
    const rig = new Rig();
    const ticket = rig
      .client()
      .allocate((w) => w.add(MobilityTicket, new Uint8Array(0)))
      .value(MobilityTicket) as Uint8Array;
    const show = (w: { add: CallableFunction }) => w.add(MobilityTicket, ticket);
    expect(rig.client(2000, "bob").code(refreshMethod, show)).toBe(441);
    expect(
      rig.client(2001).code(refreshMethod, (w) => w.add(MobilityTicket, new Uint8Array(16))),
    ).toBe(400);
    rig.server.reconfigure({ mobility: false });
    expect(rig.client(2002).code(refreshMethod, show)).toBe(405);
    expect(
      rig
        .client(2003)
        .allocate((w) => w.add(MobilityTicket, new Uint8Array(0)))
        .has(MobilityTicket),
    ).toBe(false);
  });
});
