import { readTurnserverConf } from "../packages/server/src/turn/turnserver-conf.ts";
import { decodeClientHello, encodeClientHello } from "../packages/webrtc/src/dtls/client-hello.ts";
import { decodeFragments, encodeMessage } from "../packages/webrtc/src/dtls/handshake-message.ts";
import { CookieExchange, decodeCertificate } from "../packages/webrtc/src/dtls/index.ts";
import {
  decodeRecord,
  dtls12,
  dtls13,
  writeRecordHeader,
} from "../packages/webrtc/src/dtls/record.ts";
import { decodeRetryCookie } from "../packages/webrtc/src/dtls/retry-cookie.ts";
import { decodeServerHello } from "../packages/webrtc/src/dtls/server-hello.ts";
import { nodeCrypto } from "../packages/webrtc/src/node/index.ts";
import { decodeMdns } from "../packages/webrtc/src/node/webrtc/mdns-message.ts";
import { decodeDcep } from "../packages/webrtc/src/sctp/dcep.ts";
import { decodeInit } from "../packages/webrtc/src/sctp/init-chunk.ts";
import { parseCandidate, parseDescription } from "../packages/webrtc/src/sdp/index.ts";
import { StunFramer } from "../packages/webrtc/src/stun/framing.ts";
import * as stun from "../packages/webrtc/src/stun/index.ts";
import * as turn from "../packages/webrtc/src/turn/index.ts";
import { Rig, type TestClient } from "../packages/webrtc/src/turn/test-rig.ts";
import * as wire from "../packages/webrtc/src/wire/index.ts";

/** Something that takes bytes from anybody: whatever they are, `take` returns. */
export interface Target {
  readonly name: string;
  readonly take: (bytes: Uint8Array) => void;
  /** What to begin with where the corpus is empty. */
  readonly seeds: readonly Uint8Array[];
}

const text = new TextDecoder("utf-8");
const id = new Uint8Array(12);
const request = (method: number): stun.MessageWriter =>
  new stun.MessageWriter().begin(method, "request", id);
const binding = request(stun.bindingMethod).add(stun.Software, "x").addFingerprint().finishCopy();
const send = new stun.MessageWriter()
  .begin(turn.sendMethod, "indication", id)
  .add(turn.XorPeerAddress, { ip: "8.8.8.8", port: 5000 })
  .add(turn.Data, Uint8Array.of(1, 2, 3))
  .finishCopy();
const channelData = turn.encodeChannelData(0x4000, Uint8Array.of(1, 2, 3), false);

/** Every decoder of the protocol stack, and the TURN server behind some of them. */
export const targets: readonly Target[] = [
  { name: "stun-message", take: stunMessage, seeds: [binding, send] },
  { name: "stun-stream", take: (bytes) => void new StunFramer().push(bytes), seeds: [binding] },
  {
    name: "stun-uri",
    take: (bytes) => void stun.parseStunUri(text.decode(bytes)),
    seeds: texts("stuns:[::1]:80"),
  },
  { name: "turn-stream", take: turnStream, seeds: [binding, channelData] },
  { name: "turn-server", take: turnServer(), seeds: [binding, send, channelData] },
  {
    name: "turn-user",
    take: turnUser(),
    seeds: [Uint8Array.of(1, 0, 0x12, 8, 0, 1, 0, 0, 0, 0, 0, 0)],
  },
  {
    name: "turn-ranges",
    take: (bytes) => void wire.parseIpRange(text.decode(bytes)),
    seeds: texts("10.0.0.0-10.9.9.9", "::/8"),
  },
  {
    name: "turnserver-conf",
    take: (bytes) => void readTurnserverConf(text.decode(bytes)),
    seeds: texts('user="a:b" # c\nno-tls'),
  },
  {
    name: "dtls-record",
    take: (bytes) => void decodeRecord(bytes, 0),
    seeds: [Uint8Array.of(22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7)],
  },
  {
    name: "dtls-fragments",
    take: (bytes) => void decodeFragments(bytes),
    seeds: [new Uint8Array(12)],
  },
  { name: "dtls-client-hello", take: (bytes) => void decodeClientHello(bytes), seeds: [hello(34)] },
  { name: "dtls-server-hello", take: (bytes) => void decodeServerHello(bytes), seeds: [hello(35)] },
  {
    name: "dtls-retry-cookie",
    take: (bytes) => void decodeRetryCookie(bytes),
    seeds: [Uint8Array.of(0x13, 1, 0, 29, ...new Array(48).fill(7))],
  },
  { name: "dtls-cookie-exchange", take: cookieExchange(), seeds: [hello13()] },
  {
    name: "dtls-certificate",
    take: (bytes) => void decodeCertificate(bytes),
    seeds: [Uint8Array.of(48, 3, 2, 1, 0)],
  },
  {
    name: "sctp-init",
    take: (bytes) => void decodeInit(bytes, 0, bytes.length),
    seeds: [new Uint8Array(24).fill(1)],
  },
  {
    name: "sctp-dcep",
    take: (bytes) => void decodeDcep(bytes),
    seeds: [Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 65), Uint8Array.of(2)],
  },
  {
    name: "sdp",
    take: (bytes) => void parseDescription(text.decode(bytes)),
    seeds: texts(
      "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\na=group:BUNDLE 0\r\nm=application 9 UDP/DTLS/SCTP x\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=sctp-port:5000\r\n",
    ),
  },
  {
    name: "candidate",
    take: (bytes) => void parseCandidate(text.decode(bytes)),
    seeds: texts("candidate:1 1 udp 1 192.0.2.1 1 typ srflx raddr ::1 rport 9"),
  },
  {
    name: "mdns",
    take: (bytes) => void decodeMdns(bytes),
    seeds: [Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 97, 0, 0, 1, 0, 1)],
  },
];

function stunMessage(bytes: Uint8Array): void {
  const message = stun.decodeMessage(bytes, { classic: true });
  if (!message.ok) return;
  for (const attribute of attributes) message.value.value(attribute);
  message.value.unknownRequired(stun.baseAttributeTypes);
  stun.hasFingerprint(message.value);
  new stun.BindingServer({ classic: true }).answer(
    message.value,
    { ip: "192.0.2.1", port: 1 },
    new stun.MessageWriter(),
  );
}

/** All attributes that the two protocols export. */
const attributes: readonly stun.Attribute<unknown>[] = ([stun, turn] as readonly object[])
  .flatMap((exports) => Object.values(exports) as unknown[])
  .filter(isAttribute);

function isAttribute(value: unknown): value is stun.Attribute<unknown> {
  return typeof value === "object" && value !== null && "read" in value && "type" in value;
}

function turnStream(bytes: Uint8Array): void {
  const framer = new turn.StreamFramer();
  for (const half of [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]) {
    framer.push(half.slice());
    while (framer.next() !== undefined);
  }
}

/** Bytes at a server, from somebody who has an allocation with a channel. */
function turnServer(): (bytes: Uint8Array) => void {
  const client = fresh();
  return (bytes) => client().sendRaw(bytes.slice());
}

/** A user of the server: a method, and attributes of any kind, properly signed. */
function turnUser(): (bytes: Uint8Array) => void {
  const client = fresh();
  return (bytes) => {
    const method = 1 + ((bytes[0] ?? 0) % 12);
    client().ask(method, (writer) => {
      for (let at = 1; at + 3 <= bytes.length && writer.length < 1500; ) {
        const length = (bytes[at + 2] as number) % 64;
        const value = bytes.slice(at + 3, at + 3 + length);
        writer.add(stun.bytesAttribute(wire.readU16(bytes, at) & 0x80ff), value);
        at += 3 + value.length;
      }
    });
  };
}

/** A client of a server that is made anew from time to time, so that an input's story stays short. */
function fresh(): () => TestClient {
  let uses = 0;
  let client: TestClient | undefined;
  return () => {
    if (client === undefined || uses % 200 === 0) {
      client = new Rig().client();
      client.allocate();
      client.ask(turn.channelBindMethod, (writer) => {
        writer
          .add(turn.ChannelNumber, 0x4000)
          .add(turn.XorPeerAddress, { ip: "8.8.8.8", port: 5000 });
      });
    }
    uses += 1;
    client.inbox.length = 0;
    return client;
  };
}

function texts(...all: readonly string[]): Uint8Array[] {
  return all.map(wire.toUtf8);
}

/** The fixed part of a hello, all zeros but for the version. */
function hello(length: number): Uint8Array {
  const bytes = new Uint8Array(length + 8);
  bytes.set([254, 253]);
  return bytes;
}

/** A hello that comes first to a server, and what it says has to be read before it is believed. */
function cookieExchange(): (bytes: Uint8Array) => void {
  const cookies = new CookieExchange(nodeCrypto, {});
  return (bytes) => {
    const message = encodeMessage({ type: 1, sequence: 0, body: bytes.slice(0, 1500) });
    const packet = new Uint8Array(13 + message.length);
    writeRecordHeader(packet, 0, 22, dtls12, 0, 0, message.length);
    packet.set(message, 13);
    if (cookies.judge(packet, "192.0.2.1:1", 0).type === "accept") throw new Error("a forgery");
  };
}

/** A ClientHello of 1.3 that shows a cookie. */
function hello13(): Uint8Array {
  return encodeClientHello({
    version: dtls12,
    random: new Uint8Array(32),
    sessionId: new Uint8Array(0),
    cookie: new Uint8Array(0),
    cipherSuites: [0x1301],
    compressionMethods: [0],
    extensions: {
      extendedMasterSecret: false,
      encryptThenMac: false,
      supportedVersions: [dtls13],
      groups: [29],
      keyShares: [{ group: 29, publicKey: new Uint8Array(32) }],
      cookie: new Uint8Array(52),
    },
  });
}
