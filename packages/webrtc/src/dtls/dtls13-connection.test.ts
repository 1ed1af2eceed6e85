import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateRsaKey } from "../node/index.ts";
import { cipherSuites13 } from "./cipher-suite13.ts";
import { type DtlsVersion, fingerprintOf, selfSigned, srtpMasterKeys } from "./index.ts";
import {
  clientFingerprint,
  closing,
  serverFingerprint,
  types,
  validity,
  worldOf,
} from "./test-rig.ts";

const world = worldOf("1.3");

describe("DtlsConnection with 1.3", () => {
  it("connects the client after one round trip, and carries data both ways", () => {
    const { client, server, pair } = world();
    pair.run(20);
    expect(types(pair.events.a)).toEqual(["connected"]);
    pair.run(30);
    expect(types(pair.events.b)).toEqual(["connected"]);
    client.send(Uint8Array.of(1, 2, 3));
    server.send(Uint8Array.of(4));
    pair.run();
    expect(pair.events.b[1]).toEqual({ type: "data", data: Uint8Array.of(1, 2, 3) });
    expect(pair.events.a[1]).toEqual({ type: "data", data: Uint8Array.of(4) });
    expect(client.faults.size + server.faults.size).toBe(0);
    // Nothing was sent twice: two flights of the client and its data, the server's, its ACK, its data.
    expect([pair.sent.a.length, pair.sent.b.length]).toEqual([3, 3]);
  });

  it.each(cipherSuites13)("agrees on $name, and both export the same keys", ({ name }) => {
    const { client, server, pair } = world({ server: { cipherSuites: [name] } });
    pair.run();
    expect(pair.events.a[0]).toMatchObject({ session: { version: "1.3", cipherSuite: name } });
    const context = Uint8Array.of(7);
    expect(client.exportKeyingMaterial("EXPORTER-x", 99, context)).toEqual(
      server.exportKeyingMaterial("EXPORTER-x", 99, context),
    );
    client.send(Uint8Array.of(1));
    pair.run();
    expect(types(pair.events.b)).toEqual(["connected", "data"]);
  });

  it("works with RSA certificates", async () => {
    const rsa = selfSigned(crypto, await generateRsaKey(), validity);
    const remoteFingerprints = [fingerprintOf(crypto, rsa.chain[0] as Uint8Array)];
    const { pair } = world({
      client: { certificate: rsa, remoteFingerprints },
      server: { certificate: rsa, remoteFingerprints },
    });
    pair.run();
    expect(types([...pair.events.a, ...pair.events.b])).toEqual(["connected", "connected"]);
  });

  it("asks for another key share where the client has offered none of its own groups", () => {
    const { pair } = world({
      client: { groups: ["x25519", "secp256r1"] },
      server: { groups: ["secp256r1"] },
    });
    pair.run();
    expect(types(pair.events.a)).toEqual(["connected"]);
    expect(types(pair.events.b)).toEqual(["connected"]);
  });

  it("agrees on SRTP and an application protocol", () => {
    const { client, server, pair } = world({
      client: { srtpProfiles: ["SRTP_AEAD_AES_256_GCM"], alpn: ["c-webrtc", "webrtc"] },
      server: { srtpProfiles: ["SRTP_AEAD_AES_256_GCM"], alpn: ["webrtc"] },
    });
    pair.run();
    const profile = "SRTP_AEAD_AES_256_GCM";
    expect(pair.events.a[0]).toMatchObject({ session: { srtpProfile: profile, alpn: "webrtc" } });
    expect(srtpMasterKeys(client, profile).local).toEqual(srtpMasterKeys(server, profile).remote);
  });

  it("drops a peer that is another, on either side", () => {
    const wrongServer = world({ client: { remoteFingerprints: [clientFingerprint] } });
    wrongServer.pair.run();
    expect(closing(wrongServer.pair.events.a)).toEqual(["fingerprint-mismatch", "bad_certificate"]);
    expect(closing(wrongServer.pair.events.b)).toEqual(["alert-received", "bad_certificate"]);
    const wrongClient = world({ server: { remoteFingerprints: [serverFingerprint] } });
    wrongClient.pair.run();
    expect(closing(wrongClient.pair.events.b)).toEqual(["fingerprint-mismatch", "bad_certificate"]);
    expect(closing(wrongClient.pair.events.a)).toEqual(["alert-received", "bad_certificate"]);
  });

  it("keeps data until it knows whom it may believe", () => {
    const { client, server, pair } = world({ untold: ["client"] });
    pair.run();
    server.send(Uint8Array.of(9));
    pair.run();
    expect(client.state).toBe("unverified");
    expect(pair.events.a).toEqual([]);
    client.setRemoteFingerprints([serverFingerprint], pair.now);
    pair.run();
    expect(types(pair.events.a)).toEqual(["connected", "data"]);
  });

  it("says goodbye, and answers one", () => {
    const { client, pair } = world();
    pair.run();
    client.close();
    pair.run();
    expect(closing(pair.events.a)).toEqual(["closed", undefined]);
    expect(closing(pair.events.b)).toEqual(["closed-by-peer", "close_notify"]);
  });

  it("takes a record once", () => {
    const { client, server, pair } = world();
    pair.run();
    const packet = new Uint8Array(client.overhead + 3);
    const length = client.seal(Uint8Array.of(1, 2, 3), packet, 0);
    expect(length).toBe(packet.length);
    server.receive(packet.slice(), pair.now);
    server.receive(packet.slice(), pair.now);
    pair.run();
    expect(types(pair.events.b)).toEqual(["connected", "data"]);
    expect(server.faults.get("replayed")).toBe(1);
  });

  it("hides the numbers of its records", () => {
    const { client, pair } = world();
    pair.run();
    const numbers = new Set<number>();
    for (let i = 0; i < 8; i += 1) {
      const packet = new Uint8Array(client.overhead + 3);
      client.seal(Uint8Array.of(1, 2, 3), packet, 0);
      numbers.add(((packet[1] as number) << 8) | (packet[2] as number));
    }
    expect([...numbers].every((number) => number < 8)).toBe(false);
  });

  it("sends again only what the peer has not acknowledged", () => {
    let count = 0;
    const { pair } = world({
      client: { mtu: 228 },
      server: { mtu: 228 },
      // The third datagram of the server's flight is lost.
      tamper: (packet, from) => {
        if (from === "a") return packet;
        count += 1;
        return count === 3 ? undefined : packet;
      },
    });
    pair.run();
    expect(types(pair.events.a)).toEqual(["connected"]);
    const flight = pair.sent.b.length;
    expect(flight).toBeLessThan(8);
    // Before the first retransmission timeout: by the client's ACK.
    expect(pair.now).toBeLessThan(1000);
  });

  it("is told of a lost last flight by its own timer, and stops when it is acknowledged", () => {
    let isLost = false;
    const { client, pair } = world({
      tamper: (packet, from, now) => {
        if (isLost || from === "b" || now < 20) return packet;
        isLost = true;
        return undefined;
      },
    });
    pair.run();
    expect(types(pair.events.b)).toEqual(["connected"]);
    expect(client.deadline).toBeUndefined();
    expect(pair.now).toBeLessThan(130_000);
  });
});

describe("versions", () => {
  const both = ["1.3", "1.2"] as const;
  it.each([
    [["1.2"], both, "1.2"],
    [both, ["1.2"], "1.2"],
    [both, both, "1.3"],
    [both, ["1.3"], "1.3"],
    [["1.3"], both, "1.3"],
    [["1.3"], ["1.2"], undefined],
    [["1.2"], ["1.3"], undefined],
  ] as readonly (readonly [
    readonly DtlsVersion[],
    readonly DtlsVersion[],
    DtlsVersion | undefined,
  ])[])("client %j, server %j: %s", (ours, theirs, expected) => {
    const { client, server, pair } = world({
      client: { versions: ours },
      server: { versions: theirs },
    });
    pair.run();
    if (expected === undefined) {
      expect([client.state, server.state]).toEqual(["closed", "closed"]);
      return;
    }
    expect(pair.events.a[0]).toMatchObject({ session: { version: expected } });
    expect(pair.events.b[0]).toMatchObject({ session: { version: expected } });
    client.send(Uint8Array.of(1));
    server.send(Uint8Array.of(2));
    pair.run();
    expect(types(pair.events.a)).toEqual(["connected", "data"]);
    expect(types(pair.events.b)).toEqual(["connected", "data"]);
  });

  it("gives up when nobody answers, in either role", () => {
    for (const side of ["a", "b"] as const) {
      const { pair } = world({
        client: { versions: both },
        server: { versions: both },
        tamper: () => undefined,
      });
      pair.run();
      expect(closing(pair.events[side])).toEqual(["timeout", undefined]);
      expect(pair.now).toBe(120_000);
    }
  });
});
