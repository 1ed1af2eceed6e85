import { expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { ClientHandshake13 } from "./client-handshake13.ts";
import { decodeClientHello } from "./client-hello.ts";
import { ClientOffer } from "./client-offer.ts";
import type { SentExtensions } from "./extensions.ts";
import type { FlightMessage } from "./flight13.ts";
import { type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { handshakeSettings } from "./handshake-settings.ts";
import { Handshake13State } from "./handshake13-state.ts";
import { selfSigned } from "./index.ts";
import { namedGroupCode } from "./named-group.ts";
import { dtls12, dtls13 } from "./record.ts";
import { encodeServerHello, retryRandom } from "./server-hello.ts";

const certificate = selfSigned(crypto, generateEcdsaKey(), { notBefore: 0, notAfter: 1000 });

function started(): { readonly client: ClientHandshake13; readonly sent: FlightMessage[] } {
  const sent: FlightMessage[] = [];
  const host = {
    sendFlight: (messages: readonly FlightMessage[]) => void sent.push(...messages),
    protect: () => {},
    admits: () => true,
    complete: () => {},
  };
  const settings = handshakeSettings({ role: "client", crypto, certificate });
  const state = new Handshake13State(settings, host, "client");
  const client = new ClientHandshake13(state, new ClientOffer(settings));
  client.start();
  return { client, sent };
}

/** A HelloRetryRequest (RFC 8446 §4.1.4). */
function retry(extensions: Partial<SentExtensions>): HandshakeMessage {
  const body = encodeServerHello({
    version: dtls12,
    random: retryRandom,
    sessionId: new Uint8Array(0),
    cipherSuite: 0x1301,
    compressionMethod: 0,
    extensions: {
      extendedMasterSecret: false,
      encryptThenMac: false,
      supportedVersions: [dtls13],
      ...extensions,
    },
  });
  return { type: handshakeType.serverHello, sequence: 0, body };
}

it("shows the cookie that a server asks to see, and is otherwise the same hello", () => {
  const { client, sent } = started();
  const cookie = Uint8Array.of(1, 2, 3);
  expect(client.receive(retry({ cookie }))).toBeUndefined();
  const [first, second] = sent.map(({ message }) => decodeClientHello(message.body));
  if (!first?.ok || !second?.ok) throw new Error("no hello");
  expect(second.value.extensions.cookie).toEqual(cookie);
  expect(second.value.cookie).toHaveLength(0);
  expect(second.value.random).toEqual(first.value.random);
  expect(second.value.extensions.keyShares).toEqual(first.value.extensions.keyShares);
  expect(sent[1]?.message.sequence).toBe(1);
});

it("offers the key share that a server asks for, once", () => {
  const { client, sent } = started();
  const p256 = namedGroupCode("secp256r1");
  const asked = retry({ keyShares: [{ group: p256, publicKey: new Uint8Array(0) }] });
  expect(client.receive(asked)).toBeUndefined();
  const second = decodeClientHello((sent[1] as FlightMessage).message.body);
  expect(second).toMatchObject({ value: { extensions: { keyShares: [{ group: p256 }] } } });
  expect(client.receive(asked)).toBe("unexpected_message");
});

it.each([
  ["nothing new", {}],
  ["the group that it has", { keyShares: [{ group: 29, publicKey: new Uint8Array(0) }] }],
  ["a group that it does not offer", { keyShares: [{ group: 30, publicKey: new Uint8Array(0) }] }],
])("refuses to be asked for %s", (_name, extensions) => {
  expect(started().client.receive(retry(extensions))).toBe("illegal_parameter");
});

it.each([
  ["another version", { supportedVersions: [dtls12] }, "protocol_version"],
  ["what was not asked", { alpn: ["x"] }, "unsupported_extension"],
] as const)("refuses %s", (_name, extensions, alert) => {
  expect(started().client.receive(retry(extensions))).toBe(alert);
});
