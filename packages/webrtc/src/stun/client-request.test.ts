import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import type { Machine } from "../wire/index.ts";
import { flagAttribute } from "./attribute.ts";
import {
  AlternateDomain,
  AlternateServer,
  ErrorCode,
  Nonce,
  Realm,
  Software,
  XorMappedAddress,
} from "./attributes.ts";
import { ClientRequest, type ClientRequestOptions, type RequestEvent } from "./client-request.ts";
import { ClientTransaction, udpRetransmission } from "./client-transaction.ts";
import { LongTermClient } from "./long-term-client.ts";
import { decodeMessage, type MessageClass, type StunMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";

const mapped = { ip: "192.0.2.1", port: 5000 };

function drain<Packet, Event>(machine: Machine<Packet, Event>): (Packet | Event)[] {
  const outputs: (Packet | Event)[] = [];
  for (let output = machine.poll(); output !== undefined; output = machine.poll()) {
    outputs.push(output.type === "packet" ? output.packet : output.event);
  }
  return outputs;
}

function view(bytes: unknown): StunMessage {
  const result = decodeMessage((bytes as Uint8Array).slice());
  if (!result.ok) throw new Error(result.fault);
  return result.value;
}

function start(options: Partial<ClientRequestOptions> = {}): {
  machine: ClientRequest;
  sent: StunMessage;
} {
  const machine = new ClientRequest(
    { crypto: nodeCrypto, method: 1, retransmission: udpRetransmission, ...options },
    0,
  );
  return { machine, sent: view(drain(machine)[0]) };
}

function respond(
  machine: ClientRequest,
  to: StunMessage,
  messageClass: "success" | "error",
  write: (writer: MessageWriter) => void,
): (Uint8Array | RequestEvent)[] {
  const writer = new MessageWriter().beginResponse(to, messageClass);
  write(writer);
  machine.receive(writer.finishCopy(), 1);
  return drain(machine);
}

describe("a transaction (RFC 8489 §6.2)", () => {
  const request = new MessageWriter().begin(1, "request", new Uint8Array(12).fill(1)).finishCopy();

  it("is sent over UDP at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s and given up at 39.5 s", () => {
    const machine = new ClientTransaction(request, udpRetransmission, 1000);
    const log: (number | string)[] = drain(machine).map(() => 0);
    while (machine.deadline !== undefined) {
      const now = machine.deadline;
      machine.handleTimeout(now);
      for (const output of drain(machine)) log.push("type" in output ? output.type : now - 1000);
      if (now - 1000 >= 39_500) log.push(now - 1000);
    }
    expect(log).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500, "timeout", 39_500]);
  });

  it("is sent over TCP once and given up at 39.5 s", () => {
    const machine = new ClientTransaction(request, undefined, 0);
    expect(drain(machine).length).toBe(1);
    expect(machine.deadline).toBe(39_500);
    machine.handleTimeout(39_500);
    expect(drain(machine)).toEqual([{ type: "timeout" }]);
  });

  it("takes its own response only, and only once", () => {
    const machine = new ClientTransaction(request, udpRetransmission, 0);
    drain(machine);
    const answer = (method: number, messageClass: MessageClass, id: number): Uint8Array =>
      new MessageWriter().begin(method, messageClass, new Uint8Array(12).fill(id)).finishCopy();
    machine.receive(answer(1, "success", 2), 1);
    machine.receive(answer(3, "success", 1), 1);
    machine.receive(answer(1, "indication", 1), 1);
    machine.receive(answer(1, "request", 1), 1);
    machine.receive(new Uint8Array(7), 1);
    expect(drain(machine)).toEqual([]);
    machine.receive(answer(1, "success", 1), 1);
    machine.receive(answer(1, "success", 1), 2);
    expect(drain(machine)).toMatchObject([{ type: "response" }]);
    expect(machine.deadline).toBeUndefined();
  });
});

describe("a request", () => {
  it("succeeds with its response", () => {
    const { machine, sent } = start();
    const events = respond(machine, sent, "success", (writer) => {
      writer.add(XorMappedAddress, mapped);
    });
    expect(events).toMatchObject([{ type: "success" }]);
    expect(machine.deadline).toBeUndefined();
  });

  it("answers a challenge in a new transaction, and a stale nonce in another", () => {
    const longTerm = new LongTermClient(nodeCrypto, { username: "alice", password: "secret" });
    const { machine, sent } = start({ longTerm, fingerprint: true });
    const challenge = (code: number, nonce: string) => (writer: MessageWriter) => {
      writer.add(ErrorCode, { code, reason: "" }).add(Realm, "r").add(Nonce, nonce);
    };
    const second = view(respond(machine, sent, "error", challenge(401, "one"))[0]);
    expect([second.value(Nonce), second.integrityAt > 0]).toEqual(["one", true]);
    expect(second.transactionId).not.toEqual(sent.transactionId);
    const third = view(respond(machine, second, "error", challenge(438, "two"))[0]);
    expect(third.value(Nonce)).toBe("two");
    // A success that nobody has signed is passed over: anybody could have sent it.
    expect(respond(machine, third, "success", () => undefined)).toEqual([]);
    expect(machine.deadline).toBeDefined();
    expect(respond(machine, third, "error", challenge(401, "three"))).toMatchObject([
      { type: "unauthorized", why: "refused" },
    ]);
  });

  it("does not run in circles with a server whose nonces are always stale", () => {
    const longTerm = new LongTermClient(nodeCrypto, { username: "alice", password: "secret" });
    const { machine, sent } = start({ longTerm });
    let last: unknown = sent.bytes;
    for (let count = 0; last instanceof Uint8Array; count += 1) {
      expect(count).toBeLessThan(5);
      [last] = respond(machine, view(last), "error", (writer) => {
        writer.add(ErrorCode, { code: 438, reason: "" }).add(Realm, "r").add(Nonce, `n${count}`);
      });
    }
    expect(last).toMatchObject({ type: "unauthorized", why: "refused" });
  });

  it("ends where it is challenged and has nothing to answer with", () => {
    const { machine, sent } = start();
    const events = respond(machine, sent, "error", (writer) => {
      writer.add(ErrorCode, { code: 401, reason: "" }).add(Realm, "r").add(Nonce, "n");
    });
    expect(events).toEqual([{ type: "unauthorized", why: "no-credentials" }]);
  });

  it("tells where else to ask (RFC 8489 §10)", () => {
    const { machine, sent } = start();
    const events = respond(machine, sent, "error", (writer) => {
      writer.add(ErrorCode, { code: 300, reason: "Try Alternate" });
      writer.add(AlternateServer, mapped).add(AlternateDomain, "stun.example.org");
    });
    expect(events).toEqual([{ type: "alternate", server: mapped, domain: "stun.example.org" }]);
  });

  it.each([
    ["an error without a code", "error", (writer: MessageWriter) => writer.add(Software, "x")],
    [
      "a 300 without a server",
      "error",
      (writer: MessageWriter) => writer.add(ErrorCode, { code: 300, reason: "" }),
    ],
    [
      "an attribute that has to be understood",
      "success",
      (writer: MessageWriter) => writer.add(flagAttribute(0x7777), true),
    ],
  ] as const)("ends with a bad response: %s", (_, messageClass, write) => {
    const { machine, sent } = start();
    expect(respond(machine, sent, messageClass, write)).toMatchObject([{ type: "bad-response" }]);
  });

  it("tells an error's code and reason", () => {
    const { machine, sent } = start();
    const events = respond(machine, sent, "error", (writer) => {
      writer.add(ErrorCode, { code: 500, reason: "Server Error" });
    });
    expect(events).toMatchObject([{ type: "error", code: 500, reason: "Server Error" }]);
  });
});
