import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  base64,
  type Capture,
  type CapturedHandshake,
  fromBase64,
  ReplayingKey,
  replayingCrypto,
} from "./fixtures/captured-handshake.ts";
import { decodeFragments, type HandshakeFragment, handshakeType } from "./handshake-message.ts";
import {
  DtlsConnection,
  type DtlsEvent,
  fingerprintOf,
  formatFingerprint,
  parseFingerprint,
  srtpProfiles,
} from "./index.ts";
import { contentType, decodeRecord, recordHeaderLength } from "./record.ts";
import { isUnifiedHeader } from "./unified-header.ts";

/**
 * Whole handshakes with Chromium, Firefox and OpenSSL, replayed: our side is given what it was
 * given then, from the peer and from its Crypto port, and has to say the same bytes again.
 */

const handshakes = ["chromium", "firefox", "openssl"].flatMap((name) => {
  const text = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8");
  const { peer, handshakes } = JSON.parse(text) as Capture;
  return handshakes.map((handshake) => ({
    title: `our ${handshake.role} with ${peer}, DTLS ${handshake.versions[0]}`,
    peer,
    handshake,
  }));
});

describe.each(handshakes)("$title", ({ peer, handshake }) => {
  it("is the same again, byte for byte", () => {
    const { key, connection, sent, events } = replay(handshake);
    expect(sent.map(base64)).toEqual(ofUs(handshake));
    expect(key.valid).toBe(handshake.draws.signatures.length);
    expect(events.map(({ type }) => type)).toEqual(["connected", "data"]);
    expect([...connection.faults]).toEqual([]);
  });

  it("connects with the peer that signaling has told of, under its keys", () => {
    const { crypto, connection, events } = replay(handshake);
    const [connected, data] = events;
    if (connected?.type !== "connected" || data?.type !== "data") throw new Error("not connected");
    expect(connected.session).toMatchObject({
      version: handshake.versions[0],
      cipherSuite: expect.stringMatching(/AES_128_GCM_SHA256$/),
      srtpProfile: expect.any(String),
      extendedMasterSecret: true,
    });
    const [certificate] = connected.session.peerCertificates as [Uint8Array];
    expect(formatFingerprint(fingerprintOf(crypto, certificate))).toBe(handshake.fingerprint);
    const exported = base64(connection.exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60));
    if (!peer.startsWith("Chromium")) expect(exported).toBe(handshake.exported);
    expect(base64(data.data)).toBe(handshake.data);
    // What a browser says first is an INIT of SCTP, from port 5000 to 5000, without a tag (RFC 9260 §3.3.2).
    if (peer.startsWith("OpenSSL")) expect(text(data.data)).toBe("from openssl to tincan\n");
    else expect(hex(data.data)).toMatch(/^1388138800000000.{8}01/);
  });

  it("fails where a hello is not the one that was sent", () => {
    // The first byte of its random, behind the version.
    const { events } = replay(handshake, flip(handshake, isPeersHello, 2));
    // In 1.2 the signature is over it; in 1.3 the keys are, and nothing that follows can be read.
    if (handshake.versions[0] === "1.2") expect(events).toEqual([refused("decrypt_error")]);
    else expect(events).toEqual([timedOut]);
  });

  it("fails where the last flight is not what its keys have sealed", () => {
    const { connection, events } = replay(handshake, flipInFinished(handshake));
    expect(events).toEqual([timedOut]);
    expect(connection.faults.get("forged")).toBeGreaterThan(0);
  });

  it("fails where signaling has told of somebody else", () => {
    const fingerprint = handshake.fingerprint.replace(/..$/, (last) =>
      last === "00" ? "01" : "00",
    );
    expect(replay({ ...handshake, fingerprint }).events).toEqual([mismatched]);
  });

  it("never connects with one bit changed, wherever that is", () => {
    const places = authenticated(handshake);
    const stride = Math.ceil(places.length / 16);
    for (let i = 0; i < places.length; i += stride) {
      const [index, at] = places[i] as Place;
      const { events } = replay(handshake, { index, at, mask: 1 << (i % 8) });
      const [closed] = events;
      expect(events, `bit ${i % 8} of byte ${at} of datagram ${index}`).toHaveLength(1);
      if (closed?.type !== "closed") throw new Error(`${closed?.type} with a changed byte ${at}`);
      const reasons = ["timeout", "handshake-failed", "fingerprint-mismatch"];
      expect(reasons).toContain(closed.reason);
    }
  });
});

describe.each(handshakes.filter(({ handshake }) => handshake.versions[0] === "1.2"))(
  "$title",
  ({ handshake }) => {
    it("fails where the certificate is not the one of the fingerprint", () => {
      const change = flip(handshake, ({ type }) => type === handshakeType.certificate, -1);
      expect(replay(handshake, change).events).toEqual([mismatched]);
    });

    it("fails where the signature is not over what was said", () => {
      const signed =
        handshake.role === "client"
          ? handshakeType.serverKeyExchange
          : handshakeType.certificateVerify;
      const change = flip(handshake, ({ type }) => type === signed, -1);
      expect(replay(handshake, change).events).toEqual([refused("decrypt_error")]);
    });
  },
);

const timedOut = { type: "closed", reason: "timeout", alert: undefined };
const mismatched = {
  type: "closed",
  reason: "fingerprint-mismatch",
  alert: "bad_certificate",
};

function refused(alert: string): unknown {
  return { type: "closed", reason: "handshake-failed", alert };
}

/** A byte of a datagram of the peer's: which datagram, and where in it. */
type Place = readonly [index: number, at: number];

interface Change {
  readonly index: number;
  readonly at: number;
  readonly mask: number;
}

interface Replay {
  readonly crypto: ReturnType<typeof replayingCrypto>;
  readonly key: ReplayingKey;
  readonly connection: DtlsConnection;
  readonly sent: readonly Uint8Array[];
  readonly events: readonly DtlsEvent[];
  /** How many of the peer's datagrams it took. */
  readonly connectedBy: number;
}

/** Gives our side the peer's datagrams, then all the time that it wants where they have not connected it. */
function replay(handshake: CapturedHandshake, change?: Change): Replay {
  const crypto = replayingCrypto(handshake.draws);
  const key = new ReplayingKey(fromBase64(handshake.publicKey), handshake.draws);
  const believed = parseFingerprint(handshake.fingerprint);
  if (!believed.ok) throw new Error(believed.fault);
  const connection = new DtlsConnection({
    role: handshake.role,
    versions: handshake.versions,
    crypto,
    certificate: { chain: [fromBase64(handshake.certificate)], key },
    remoteFingerprints: [believed.value],
    srtpProfiles,
  });
  const sent: Uint8Array[] = [];
  const events: DtlsEvent[] = [];
  let connectedBy = 0;
  const drain = (): void => {
    for (let output = connection.poll(); output !== undefined; output = connection.poll()) {
      if (output.type === "packet") sent.push(output.packet);
      else events.push(output.event);
    }
  };
  connection.start(0);
  drain();
  for (const [index, packet] of ofPeer(handshake).entries()) {
    if (change?.index === index) packet[change.at] = (packet[change.at] as number) ^ change.mask;
    connection.receive(packet, 0);
    if (connectedBy === 0 && connection.state === "connected") connectedBy = index + 1;
    drain();
  }
  while (connection.state !== "connected" && connection.deadline !== undefined) {
    connection.handleTimeout(connection.deadline);
    drain();
  }
  return { crypto, key, connection, sent, events, connectedBy };
}

function ofPeer({ datagrams }: CapturedHandshake): Uint8Array[] {
  return datagrams.filter((one) => one.startsWith("<")).map((one) => fromBase64(one.slice(2)));
}

function ofUs({ datagrams }: CapturedHandshake): string[] {
  return datagrams.filter((one) => one.startsWith(">")).map((one) => one.slice(2));
}

function isPeersHello({ type, offset }: HandshakeFragment): boolean {
  const isHello = type === handshakeType.clientHello || type === handshakeType.serverHello;
  return isHello && offset === 0;
}

/** A bit of the last of the messages in clear that are meant, at a byte of it; -1 is its last. */
function flip(
  handshake: CapturedHandshake,
  isMeant: (fragment: HandshakeFragment) => boolean,
  byte: number,
): Change {
  const found = ofPeer(handshake).flatMap((packet, index) =>
    records(packet).flatMap(({ type, epoch, at, length }) => {
      if (type !== contentType.handshake || epoch !== 0) return [];
      const fragments = decodeFragments(packet.subarray(at, at + length));
      return fragments.ok
        ? fragments.value.filter(isMeant).map(({ bytes }) => ({
            index,
            at: bytes.byteOffset + (byte < 0 ? bytes.length + byte : byte),
            mask: 1,
          }))
        : [];
    }),
  );
  const last = found.at(-1);
  if (last === undefined) throw new Error("the peer has not sent such a message");
  return last;
}

/** The end of the datagram that connects, which is that of a Finished's tag. */
function flipInFinished(handshake: CapturedHandshake): Change {
  const places = authenticated(handshake);
  const [index, at] = places.at(-1) as Place;
  return { index, at, mask: 1 };
}

/**
 * What no bit of can change: handshake messages in clear, and protected records whole. The rest are
 * headers of records in clear, ChangeCipherSpec, and HelloVerifyRequest, which says nothing that counts
 * but its cookie (RFC 6347 §4.2.1).
 */
function authenticated(handshake: CapturedHandshake): Place[] {
  return ofPeer(handshake)
    .slice(0, replay(handshake).connectedBy)
    .flatMap((packet, index) =>
      records(packet).flatMap(({ type, epoch, at, length }) => {
        const isClear = epoch === 0 && type !== contentType.handshake;
        if (isClear || packet[at] === handshakeType.helloVerifyRequest) return [];
        return Array.from({ length }, (_, i): Place => [index, at + i]);
      }),
    );
}

interface RecordPlace {
  readonly type: number | undefined;
  readonly epoch: number | undefined;
  /** Where what it carries begins; a protected record of 1.3 is taken with its header, which is sealed too. */
  readonly at: number;
  readonly length: number;
}

function records(packet: Uint8Array): RecordPlace[] {
  const found: RecordPlace[] = [];
  for (let at = 0; at < packet.length; ) {
    if (isUnifiedHeader(packet[at] as number)) {
      // Whatever is in the rest of the datagram is protected as well.
      found.push({ type: undefined, epoch: undefined, at, length: packet.length - at });
      break;
    }
    const record = decodeRecord(packet, at);
    if (!record.ok) throw new Error(record.fault);
    const { type, epoch, fragment } = record.value;
    found.push({ type, epoch, at: at + recordHeaderLength, length: fragment.length });
    at += recordHeaderLength + fragment.length;
  }
  return found;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
