import { describe, expect, it } from "vitest";
import { fromHex } from "../wire/index.ts";
import { bytesAttribute, flagAttribute } from "./attribute.ts";
import {
  ErrorCode,
  MappedAddress,
  Software,
  UnknownAttributes,
  XorMappedAddress,
} from "./attributes.ts";
import {
  ChangedAddress,
  ChangeRequest,
  OtherAddress,
  Padding,
  ResponseOrigin,
  ResponsePort,
  SourceAddress,
} from "./behaviour-attributes.ts";
import {
  type BindingRoute,
  BindingServer,
  type BindingServerOptions,
  type Endpoint,
} from "./binding-server.ts";
import { decodeMessage, type MessageClass, type StunMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";

const client = { ip: "198.51.100.1", port: 5000 };
const behaviour = {
  primary: { ip: "203.0.113.10", port: 3478 },
  alternate: { ip: "203.0.113.11", port: 3479 },
};

function view(bytes: Uint8Array): StunMessage {
  const result = decodeMessage(bytes, { classic: true });
  if (!result.ok) throw new Error(result.fault);
  return result.value;
}

function ask(
  options: BindingServerOptions,
  write: (writer: MessageWriter) => void = () => undefined,
  {
    method = 1,
    messageClass = "request" as MessageClass,
    endpoint = undefined as Endpoint | undefined,
    from = client,
  } = {},
): { route: BindingRoute; answer: StunMessage } | undefined {
  const request = new MessageWriter().begin(method, messageClass, new Uint8Array(12).fill(5));
  write(request);
  return pass(options, request.finish(), endpoint, from);
}

function pass(
  options: BindingServerOptions,
  bytes: Uint8Array,
  endpoint?: Endpoint,
  from = client,
): { route: BindingRoute; answer: StunMessage } | undefined {
  const writer = new MessageWriter();
  const route = new BindingServer(options).answer(view(bytes), from, writer, endpoint);
  return route && { route, answer: view(writer.finish()) };
}

describe("a Binding server", () => {
  it("tells a client its address, in at most 40 bytes and no more than is needed", () => {
    const { route, answer } = ask({}) ?? {};
    expect(route?.to).toEqual(client);
    expect(answer?.class).toBe("success");
    expect(answer?.value(XorMappedAddress)).toEqual(client);
    expect(answer?.bytes.length).toBe(32);
    const marked = ask({}, (writer) => writer.addFingerprint())?.answer;
    expect(marked?.bytes.length).toBe(40);
    expect(marked?.fingerprintAt).toBeGreaterThan(0);
    const over6 = ask({}, undefined, { from: { ip: "2001:db8::1", port: 1 } });
    expect(over6?.answer.bytes.length).toBe(44);
  });

  it("names its software only when it is told to", () => {
    expect(ask({ software: "Tincan" })?.answer.value(Software)).toBe("Tincan");
  });

  it("answers nothing but Binding requests", () => {
    expect(ask({}, undefined, { messageClass: "indication" })).toBeUndefined();
    expect(ask({}, undefined, { messageClass: "success" })).toBeUndefined();
    expect(ask({}, undefined, { method: 3 })).toBeUndefined();
    expect(ask({}, undefined, { from: { ...client, port: 0 } })).toBeUndefined();
  });

  it("names the attributes that it would have to understand, and does not", () => {
    const { answer } =
      ask({}, (writer) => {
        writer.add(flagAttribute(0x7001), true).add(ChangeRequest, { ip: true, port: true });
      }) ?? {};
    expect(answer?.value(ErrorCode)?.code).toBe(420);
    expect(answer?.value(UnknownAttributes)).toEqual([0x7001, 0x0003]);
    expect(answer?.bytes.length).toBeLessThanOrEqual(40);
  });
});

describe("with RFC 5780", () => {
  const ips = ["primary", "alternate"] as const;
  const cases = ips.flatMap((ip) =>
    ips.flatMap((port) =>
      [0, 1, 2, 3].map((bits) => ({
        endpoint: { ip, port },
        change: { ip: (bits & 1) !== 0, port: (bits & 2) !== 0 },
      })),
    ),
  );

  it.each(cases)(
    "at $endpoint, asked for $change, answers from where it was asked to",
    ({ endpoint, change }) => {
      const flip = (side: "primary" | "alternate", isChanged: boolean): "primary" | "alternate" =>
        isChanged === (side === "primary") ? "alternate" : "primary";
      const { route, answer } =
        ask({ behaviour }, (writer) => writer.add(ChangeRequest, change), { endpoint }) ?? {};
      const via = { ip: flip(endpoint.ip, change.ip), port: flip(endpoint.port, change.port) };
      expect(route?.via).toEqual(via);
      expect(answer?.value(ResponseOrigin)).toEqual({
        ip: behaviour[via.ip].ip,
        port: behaviour[via.port].port,
      });
      expect(answer?.value(OtherAddress)).toEqual({
        ip: behaviour[flip(endpoint.ip, true)].ip,
        port: behaviour[flip(endpoint.port, true)].port,
      });
    },
  );

  it("answers to another port of the same client, and never to another address", () => {
    const { route } = ask({ behaviour }, (writer) => writer.add(ResponsePort, 777)) ?? {};
    expect(route?.to).toEqual({ ip: client.ip, port: 777 });
  });

  it("pads its answer as the request was padded", () => {
    const { answer } =
      ask({ behaviour }, (writer) => writer.add(Padding, new Uint8Array(1400))) ?? {};
    expect(answer?.value(Padding)?.length).toBe(1400);
  });

  it("refuses a padded answer to another port, and what is malformed", () => {
    const both = ask({ behaviour }, (writer) =>
      writer.add(ResponsePort, 777).add(Padding, new Uint8Array(1400)),
    );
    expect(both?.answer.value(ErrorCode)?.code).toBe(400);
    expect(both?.route.to).toEqual(client);
    const odd = ask({ behaviour }, (writer) =>
      writer.add(bytesAttribute(0x0003), new Uint8Array(1)),
    );
    expect(odd?.answer.value(ErrorCode)?.code).toBe(400);
  });
});

describe("RFC 3489", () => {
  const classic = fromHex(
    "00010008 000102030405060708090a0b0c0d0e0f 00030004 00000002",
  ) as Uint8Array;

  it("is not answered at all, unless it is switched on", () => {
    expect(pass({ behaviour }, classic)).toBeUndefined();
  });

  it("is answered in its own words", () => {
    const { route, answer } = pass({ behaviour, classic: true }, classic) ?? {};
    expect(answer?.transactionId).toEqual(classic.subarray(4, 20));
    expect(answer?.value(MappedAddress)).toEqual(client);
    expect(answer?.has(XorMappedAddress)).toBe(false);
    expect(answer?.value(SourceAddress)).toEqual({ ...behaviour.primary, port: 3479 });
    expect(answer?.value(ChangedAddress)).toEqual(behaviour.alternate);
    expect(route?.via).toEqual({ ip: "primary", port: "alternate" });
  });

  it("is never answered to where a RESPONSE-ADDRESS (0x0002) points", () => {
    const reflected = fromHex(
      "0001000c 000102030405060708090a0b0c0d0e0f 00020008 0001 0050 c0000201",
    ) as Uint8Array;
    expect(pass({ behaviour, classic: true }, reflected)?.route.to).toEqual(client);
  });
});
