import { describe, expect, it } from "vitest";
import { writeU24 } from "../wire/index.ts";
import { cipherSuites } from "./cipher-suite.ts";
import { srtpMasterKeys } from "./index.ts";
import { closing, serverCertificate, serverFingerprint, types, worldOf } from "./test-rig.ts";

const world = worldOf("1.2");

/** The datagram's first handshake message of a type with its body changed; other datagrams as they are. */
function changing(
  type: number,
  change: (body: Uint8Array) => Uint8Array,
): (packet: Uint8Array) => Uint8Array {
  return (packet) => {
    for (let at = 0; at < packet.length; ) {
      const length = ((packet[at + 11] as number) << 8) | (packet[at + 12] as number);
      if (packet[at] === 22 && packet[at + 4] === 0 && packet[at + 13] === type) {
        const body = change(packet.slice(at + 25, at + 13 + length));
        const record = new Uint8Array(25 + body.length);
        record.set(packet.subarray(at, at + 25));
        record[11] = (12 + body.length) >> 8;
        record[12] = 12 + body.length;
        writeU24(record, 14, body.length);
        writeU24(record, 22, body.length);
        record.set(body, 25);
        return Buffer.concat([packet.subarray(0, at), record, packet.subarray(at + 13 + length)]);
      }
      at += 13 + length;
    }
    return packet;
  };
}

describe("DtlsConnection with 1.2", () => {
  it("connects in two round trips and carries data both ways", () => {
    const { client, server, pair } = world();
    pair.run(40);
    expect(types(pair.events.a)).toEqual(["connected"]);
    expect(types(pair.events.b)).toEqual(["connected"]);
    client.send(Uint8Array.of(1, 2, 3));
    server.send(Uint8Array.of(4));
    pair.run();
    expect(pair.events.b[1]).toEqual({ type: "data", data: Uint8Array.of(1, 2, 3) });
    expect(pair.events.a[1]).toEqual({ type: "data", data: Uint8Array.of(4) });
    expect([client.deadline, server.deadline]).toEqual([undefined, undefined]);
    expect(client.faults.size + server.faults.size).toBe(0);
  });

  it.each(cipherSuites.filter((suite) => suite.authentication === "ecdsa"))(
    "agrees on $name, and both export the same keys",
    ({ name }) => {
      const { client, server, pair } = world({ server: { cipherSuites: [name] } });
      pair.run();
      expect(pair.events.a[0]).toMatchObject({ session: { cipherSuite: name } });
      const context = Uint8Array.of(7);
      expect(client.exportKeyingMaterial("EXPORTER-x", 99, context)).toEqual(
        server.exportKeyingMaterial("EXPORTER-x", 99, context),
      );
      expect(client.exportKeyingMaterial("EXPORTER-x", 99)).not.toEqual(
        client.exportKeyingMaterial("EXPORTER-x", 99, new Uint8Array(0)),
      );
    },
  );

  it("agrees on an SRTP profile whose keys are the other side's turned round", () => {
    const { client, server, pair } = world({
      client: { srtpProfiles: ["SRTP_AES128_CM_HMAC_SHA1_80", "SRTP_AEAD_AES_256_GCM"] },
      server: { srtpProfiles: ["SRTP_AES128_CM_HMAC_SHA1_32", "SRTP_AEAD_AES_256_GCM"] },
    });
    pair.run();
    const profile = "SRTP_AEAD_AES_256_GCM";
    expect(pair.events.a[0]).toMatchObject({ session: { srtpProfile: profile } });
    const ofClient = srtpMasterKeys(client, profile);
    const ofServer = srtpMasterKeys(server, profile);
    expect(ofClient.local).toEqual(ofServer.remote);
    expect(ofClient.remote).toEqual(ofServer.local);
    expect([ofClient.local.key.length, ofClient.local.salt.length]).toEqual([32, 12]);
  });

  it("leaves SRTP out where the two have no profile in common", () => {
    const { pair } = world({
      client: { srtpProfiles: ["SRTP_AES128_CM_HMAC_SHA1_80"] },
      server: { srtpProfiles: ["SRTP_AEAD_AES_256_GCM"] },
    });
    pair.run();
    expect(pair.events.a[0]).toMatchObject({ session: { srtpProfile: undefined } });
  });

  it("agrees on an application protocol, and refuses to go on without one", () => {
    const { pair } = world({
      client: { alpn: ["c-webrtc", "webrtc"] },
      server: { alpn: ["webrtc"] },
    });
    pair.run();
    expect(pair.events.b[0]).toMatchObject({ session: { alpn: "webrtc" } });
    const other = world({ client: { alpn: ["c-webrtc"] }, server: { alpn: ["webrtc"] } });
    other.pair.run();
    expect(closing(other.pair.events.a)).toEqual(["alert-received", "no_application_protocol"]);
  });

  it("asks for no certificate where nobody's identity matters", () => {
    const anybody = { peerIdentity: "none" } as const;
    const { client, pair } = world({
      client: anybody,
      server: anybody,
      untold: ["client", "server"],
    });
    pair.run();
    expect(pair.events.a[0]).toMatchObject({
      session: { peerCertificates: [serverCertificate.chain[0]] },
    });
    expect(pair.events.b[0]).toMatchObject({ session: { peerCertificates: [] } });
    client.send(Uint8Array.of(1));
    pair.run();
    expect(types(pair.events.b)).toEqual(["connected", "data"]);
  });

  it("says goodbye, and answers one", () => {
    const { client, pair } = world();
    pair.run();
    client.close();
    pair.run();
    expect(closing(pair.events.a)).toEqual(["closed", undefined]);
    expect(closing(pair.events.b)).toEqual(["closed-by-peer", "close_notify"]);
    expect(() => client.send(new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: "not-connected" }),
    );
  });

  it("gives up when nobody answers", () => {
    const { client, pair } = world({ tamper: () => undefined });
    pair.run();
    expect(closing(pair.events.a)).toEqual(["timeout", undefined]);
    expect(pair.now).toBe(120_000);
    expect(client.state).toBe("closed");
  });

  it("waits 1 s for an answer, then twice as long each time, up to 60 s", () => {
    const times: number[] = [];
    const { pair } = world({
      client: { handshakeTimeoutMs: 400_000 },
      tamper: (_packet, _from, now) => {
        times.push(now / 1000);
        return undefined;
      },
    });
    pair.run();
    const waits = times.slice(1).map((time, index) => time - (times[index] as number));
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
  });

  it("cuts its flights smaller when nothing gets through a narrow path", () => {
    const { pair } = world({ link: { delayMs: 10, mtu: 400 } });
    pair.run();
    expect(types(pair.events.a)).toEqual(["connected"]);
  });

  it("sends nothing longer than its MTU", () => {
    const { pair } = world({ client: { mtu: 228 }, server: { mtu: 228 } });
    pair.run();
    expect(types(pair.events.a)).toEqual(["connected"]);
    const lengths = [...pair.sent.a, ...pair.sent.b].map((packet) => packet.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(228);
  });

  it("repeats its last flight for a client that has not got it", () => {
    let isLost = false;
    const { pair } = world({
      tamper: (packet, from) => {
        if (isLost || from === "a" || packet[0] !== 20) return packet;
        isLost = true;
        return undefined;
      },
    });
    pair.run();
    expect(types(pair.events.a)).toEqual(["connected"]);
    expect(pair.sent.b.filter((packet) => packet[0] === 20)).toHaveLength(1);
    expect(pair.now).toBeGreaterThan(1000);
  });

  it("asks for a lost Finished as soon as data shows that the server has sent it", () => {
    let isLost = false;
    const { client, server, pair } = world({
      link: { delayMs: 60 },
      tamper: (packet, from) => {
        if (isLost || from === "a" || packet[0] !== 20) return packet;
        isLost = true;
        return undefined;
      },
    });
    pair.run(190);
    expect([client.state, server.state]).toEqual(["handshaking", "connected"]);
    server.send(Uint8Array.of(1));
    pair.run(500);
    expect(types(pair.events.a)).toEqual(["connected", "data"]);
  });

  it("needs no ChangeCipherSpec to understand what comes after it", () => {
    const { pair } = world({
      tamper: (packet) => {
        const at = packet[0] === 20 ? 0 : -1;
        return at === 0 ? packet.subarray(14) : packet;
      },
    });
    pair.run(50);
    expect(types(pair.events.a)).toEqual(["connected"]);
  });

  it("is connected only when it knows whom it may believe, and keeps early data until then", () => {
    const { client, server, pair } = world({ client: { remoteFingerprints: [] } });
    pair.run();
    expect(closing(pair.events.a)).toEqual(["fingerprint-mismatch", "bad_certificate"]);
    expect([client.state, server.state]).toEqual(["closed", "closed"]);

    const latecomer = world({ untold: ["client"] });
    const { client: late, server: other, pair: latePair } = latecomer;
    latePair.run();
    other.send(Uint8Array.of(9));
    latePair.run();
    expect(late.state).toBe("unverified");
    expect(latePair.events.a).toEqual([]);
    expect(() => late.exportKeyingMaterial("x", 1)).toThrow("no keys to export");
    late.setRemoteFingerprints([serverFingerprint], 5000);
    latePair.run();
    expect(types(latePair.events.a)).toEqual(["connected", "data"]);
  });

  it("drops a peer that turns out to be another when the fingerprint comes late", () => {
    const { server, pair } = world({ untold: ["client", "server"] });
    pair.run();
    server.setRemoteFingerprints([serverFingerprint], 10);
    pair.run();
    expect(closing(pair.events.b)).toEqual(["fingerprint-mismatch", "bad_certificate"]);
    expect(closing(pair.events.a)).toEqual(["alert-received", "bad_certificate"]);
  });

  it("keeps no more early data than it has room for", () => {
    const { client, server, pair } = world({ untold: ["client"] });
    pair.run();
    for (let i = 0; i < 100; i += 1) server.send(new Uint8Array(1000));
    pair.run();
    client.setRemoteFingerprints([serverFingerprint], 10);
    pair.run();
    expect(pair.events.a.filter((event) => event.type === "data")).toHaveLength(64);
    expect(client.faults.get("too-many-early-records")).toBe(36);
  });

  it("takes a record once", () => {
    const { client, server, pair } = world();
    pair.run();
    const packet = new Uint8Array(client.overhead + 3);
    const length = client.seal(Uint8Array.of(1, 2, 3), packet, 0);
    server.receive(packet.slice(0, length), pair.now);
    server.receive(packet.slice(0, length), pair.now);
    pair.run();
    expect(types(pair.events.b)).toEqual(["connected", "data"]);
    expect(server.faults.get("replayed")).toBe(1);
  });

  it("does not believe alerts in clear once it has keys in use", () => {
    const { client, pair } = world();
    pair.run();
    const alert = Uint8Array.of(21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40);
    client.receive(alert, pair.now);
    expect(client.state).toBe("connected");
    expect(client.faults.get("unexpected-record")).toBe(1);
  });

  it("tells misuse by its code", () => {
    const { client, pair } = world();
    expect(() => client.start(0)).toThrow(expect.objectContaining({ code: "already-started" }));
    expect(() => client.setMtu(100)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    pair.run();
    expect(() => client.exportKeyingMaterial("master secret", 48)).toThrow(
      expect.objectContaining({ code: "reserved-label" }),
    );
    expect(() => client.send(new Uint8Array(16_385))).toThrow(
      expect.objectContaining({ code: "too-long" }),
    );
  });
});

describe("a peer out of order", () => {
  const hello = 1;
  const serverHello = 2;
  const keyExchange = 12;
  const verify = 15;
  const clientKeyExchange = 16;

  it.each([
    ["a hello of DTLS 1.0", hello, patch(1, 0xff), "protocol_version"],
    ["no null compression", hello, patch(41, 1), "illegal_parameter"],
    ["a hello cut short", hello, (body: Uint8Array) => body.slice(0, 30), "decode_error"],
    ["no suite of ours", hello, noSuites, "handshake_failure"],
    [
      "a key of small order",
      clientKeyExchange,
      patch(1, ...new Array(32).fill(0)),
      "illegal_parameter",
    ],
    ["a CertificateVerify by somebody else", verify, patchEnd, "decrypt_error"],
  ] as const)("server: %s", (_name, type, change, alert) => {
    const { pair } = world({
      client: { cipherSuites: ["ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], groups: ["x25519"] },
      tamper: changing(type, change),
    });
    pair.run(2000);
    expect(closing(pair.events.b)).toEqual(["handshake-failed", alert]);
    expect(closing(pair.events.a)).toEqual(["alert-received", alert]);
  });

  it.each([
    ["a version we did not offer", serverHello, patch(1, 0xfc), "protocol_version"],
    ["a suite we did not offer", serverHello, patch(36, 0x2c), "illegal_parameter"],
    ["compression", serverHello, patch(37, 1), "illegal_parameter"],
    ["an extension we did not offer", serverHello, patch(41, 77), "unsupported_extension"],
    ["a signature by somebody else", keyExchange, patchEnd, "decrypt_error"],
    ["a group we did not offer", keyExchange, patch(2, 24), "illegal_parameter"],
    ["a message cut short", keyExchange, (body: Uint8Array) => body.slice(0, 20), "decode_error"],
  ] as const)("client: %s", (_name, type, change, alert) => {
    const { pair } = world({
      client: { cipherSuites: ["ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], groups: ["x25519"] },
      tamper: changing(type, change),
    });
    pair.run(2000);
    expect(closing(pair.events.a)).toEqual(["handshake-failed", alert]);
    expect(closing(pair.events.b)).toEqual(["alert-received", alert]);
  });

  it("a hello that was weakened on the way, by the client's signature over what it has sent", () => {
    const extendedMasterSecret = 49;
    const { pair } = world({
      client: { cipherSuites: ["ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"] },
      tamper: changing(hello, patch(extendedMasterSecret, 0, 99)),
    });
    pair.run(2000);
    expect(closing(pair.events.b)).toEqual(["handshake-failed", "decrypt_error"]);
  });

  function patch(at: number, ...bytes: readonly number[]): (body: Uint8Array) => Uint8Array {
    return (body) => {
      body.set(bytes, at);
      return body;
    };
  }

  function patchEnd(body: Uint8Array): Uint8Array {
    const at = body.length - 1;
    body[at] = (body[at] as number) ^ 1;
    return body;
  }

  function noSuites(body: Uint8Array): Uint8Array {
    return patch(38, 0x13)(body);
  }
});
