import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  type NodeConfiguration,
  type RTCDataChannel,
  RTCIceCandidate,
  RTCPeerConnection,
  RTCSessionDescription,
} from "./index.ts";
import { described, negotiate, Peers, refusal, settled, trickle } from "./test-rig.ts";

const peers = new Peers();
afterEach(() => peers.closeAll());

describe("two connections", () => {
  it("open a channel, talk, and report it", async () => {
    const { a, b, channel, other } = await peers.connected();
    expect([channel.readyState, other.readyState, other.label]).toEqual(["open", "open", "chat"]);
    channel.send("hello");
    const [message] = await once(other, "message");
    expect(message.data).toBe("hello");
    expect(String(message)).toBe("[object MessageEvent]");
    expect(message).toMatchObject({ origin: "", lastEventId: "", source: null, ports: [] });
    other.send(Uint8Array.of(1, 2, 3).subarray(1));
    const [{ data: bytes }] = await once(channel, "message");
    expect(bytes).toEqual(Uint8Array.of(2, 3).buffer);
    expect([a.connectionState, b.connectionState, a.signalingState]).toEqual([
      "connected",
      "connected",
      "stable",
    ]);
    const stats = [...(await a.getStats()).values()];
    expect(new Set(stats.map(({ type }) => type))).toEqual(
      new Set([
        "peer-connection",
        "data-channel",
        "certificate",
        "local-candidate",
        "remote-candidate",
        "candidate-pair",
        "transport",
      ]),
    );
    expect(stats.find(({ type }) => type === "data-channel")).toMatchObject({
      label: "chat",
      messagesSent: 1,
      bytesSent: 5,
      messagesReceived: 1,
      bytesReceived: 2,
    });
    const pairId = stats.find(({ type }) => type === "transport")?.selectedCandidatePairId;
    expect(stats.find(({ id }) => id === pairId)).toMatchObject({ state: "succeeded" });
  });

  it("fire their events in the standard's order", async () => {
    const [a, b] = [peers.make(), peers.make()];
    trickle(a, b);
    const events: string[] = [];
    a.onnegotiationneeded = () => events.push("negotiationneeded");
    a.onsignalingstatechange = () => events.push(a.signalingState);
    a.oniceconnectionstatechange = () => events.push(`ice ${a.iceConnectionState}`);
    a.onconnectionstatechange = () => events.push(a.connectionState);
    const channel = a.createDataChannel("x");
    await once(a, "negotiationneeded");
    await Promise.all([negotiate(a, b), once(channel, "open")]);
    // When ICE is completed is a matter of timing.
    expect(events.filter((event) => event !== "ice completed")).toEqual([
      "negotiationneeded",
      "have-local-offer",
      "stable",
      "ice checking",
      "connecting",
      "ice connected",
      "connected",
    ]);
    expect(a.sctp).toMatchObject({ state: "connected", maxMessageSize: 262_144 });
    expect(a.sctp?.transport.state).toBe("connected");
    expect(a.sctp?.transport.getRemoteCertificates()).toHaveLength(1);
    expect(a.sctp?.transport.iceTransport.role).toBe("controlling");
    const selected = a.sctp?.transport.iceTransport.getSelectedCandidatePair();
    expect(selected?.remote.address).toBe("127.0.0.1");
  });

  it("gather: a candidate, an empty one, and null when all is told", async () => {
    const one = peers.make();
    one.createDataChannel("x");
    const told: (string | undefined)[] = [];
    const states: string[] = [];
    one.onicecandidate = ({ candidate }) =>
      told.push(candidate === null ? "null" : candidate.candidate.split(" ")[7]);
    one.onicegatheringstatechange = () => states.push(one.iceGatheringState);
    await one.setLocalDescription();
    await expect.poll(() => told.at(-1)).toBe("null");
    // One of UDP, and the active one of TCP.
    expect(told).toEqual(["host", "host", undefined, "null"]);
    expect(states).toEqual(["gathering", "complete"]);
    expect(one.localDescription?.sdp).toContain("a=end-of-candidates");
  });

  it("lose no message though each is awaited anew", async () => {
    const { channel, other } = await peers.connected();
    for (let i = 0; i < 50; i += 1) channel.send(String(i));
    const heard: string[] = [];
    for (let i = 0; i < 50; i += 1) {
      const [{ data }] = await once(other, "message");
      heard.push(data);
    }
    expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
  });

  it("keep blobs and what follows them in order", async () => {
    const { channel, other } = await peers.connected();
    other.binaryType = "blob";
    const heard: string[] = [];
    other.onmessage = async ({ data }) => heard.push(data instanceof Blob ? "blob" : data);
    channel.send(new Blob(["one", "two"]));
    channel.send("three");
    expect(channel.bufferedAmount).toBe(11);
    await expect.poll(() => heard).toEqual(["blob", "three"]);
  });

  it("tell when what waits has become little", async () => {
    const { channel } = await peers.connected();
    channel.bufferedAmountLowThreshold = 10_000;
    channel.send(new Uint8Array(200_000));
    expect(channel.bufferedAmount).toBe(200_000);
    await once(channel, "bufferedamountlow");
    expect(channel.bufferedAmount).toBeLessThanOrEqual(10_000);
  });

  it("close a channel on both sides, what was sent before arriving first", async () => {
    const { channel, other } = await peers.connected();
    const events: string[] = [];
    for (const type of ["message", "closing", "close", "error"]) {
      other.addEventListener(type, () => events.push(type));
    }
    channel.addEventListener("closing", () => events.push("ours"));
    channel.send("last");
    channel.close();
    expect(channel.readyState).toBe("closing");
    expect(await refusal(() => channel.send("late"))).toBe("InvalidStateError");
    await once(channel, "close");
    await expect.poll(() => events).toEqual(["message", "closing", "close"]);
  });

  it("end: silently here, with an error and a close there", async () => {
    const { a, b, channel, other } = await peers.connected();
    const events: string[] = [];
    for (const type of ["error", "close"]) {
      channel.addEventListener(type, () => events.push(`ours ${type}`));
      other.addEventListener(type, () => events.push(type));
    }
    a.close();
    expect([channel.readyState, a.connectionState, a.signalingState]).toEqual([
      "closed",
      "closed",
      "closed",
    ]);
    await expect.poll(() => events).toEqual(["error", "close"]);
    await expect.poll(() => b.sctp?.transport.state).toBe("closed");
    expect(await refusal(() => a.createOffer())).toBe("InvalidStateError");
    expect(await refusal(() => a.createDataChannel("x"))).toBe("InvalidStateError");
  });

  it("find each other by names in place of addresses, where that is asked for", async () => {
    const { a, channel, other } = await peers.connected({ hideLocalAddresses: true });
    expect(a.localDescription?.sdp).toMatch(/a=candidate:\S+ 1 udp \d+ [0-9a-f-]{36}\.local /);
    expect(a.localDescription?.sdp).not.toMatch(/candidate.*127\.0\.0\.1/);
    channel.send("hello");
    expect((await once(other, "message"))[0].data).toBe("hello");
  });

  it("gather ahead with a pool, and tell nothing before there is a description", async () => {
    const one = peers.make({ iceCandidatePoolSize: 1 });
    const told: unknown[] = [];
    one.onicecandidate = ({ candidate }) => told.push(candidate);
    one.createDataChannel("x");
    // As long as another one takes for all of it.
    const other = peers.make();
    other.createDataChannel("x");
    await other.setLocalDescription();
    await expect.poll(() => other.iceGatheringState).toBe("complete");
    expect([told.length, one.iceGatheringState]).toEqual([0, "new"]);
    await one.setLocalDescription();
    await expect.poll(() => told.length).toBe(4);
  });
});

describe("perfect negotiation", () => {
  it("settles two offers at once: the polite side's own is taken back", async () => {
    const [a, b] = [peers.make(), peers.make()];
    trickle(a, b);
    const states: string[] = [];
    b.onsignalingstatechange = () => states.push(b.signalingState);
    const [one, two] = [a.createDataChannel("one"), b.createDataChannel("two")];
    await Promise.all([a.setLocalDescription(), b.setLocalDescription()]);
    await b.setRemoteDescription(described(a));
    await b.setLocalDescription();
    await a.setRemoteDescription(described(b));
    await Promise.all([once(one, "open"), once(two, "open")]);
    expect(states).toEqual(["have-local-offer", "stable", "have-remote-offer", "stable"]);
  });

  it("asks for negotiation once, and again when something new is wanted", async () => {
    const { a, b } = await peers.connected();
    let asked = 0;
    a.onnegotiationneeded = () => {
      asked += 1;
    };
    a.createDataChannel("second");
    await settled(a);
    expect(asked).toBe(0);
    a.restartIce();
    await once(a, "negotiationneeded");
    await negotiate(a, b);
    await settled(a);
    expect(asked).toBe(1);
  });
});

describe("what the standard refuses", () => {
  it.each([
    ["both limits", { maxRetransmits: 1, maxPacketLifeTime: 1 }],
    ["a negotiated channel without an id", { negotiated: true }],
    ["an id of 65535", { negotiated: true, id: 65_535 }],
    ["an id out of range", { id: -1 }],
    ["a protocol that is too long", { protocol: "x".repeat(65_536) }],
  ])("createDataChannel with %s", async (_, init) => {
    expect(await refusal(() => peers.make().createDataChannel("x", init))).toBe("TypeError");
  });

  it("an id twice, a message that is too long, one before the channel is open", async () => {
    const { a, channel } = await peers.connected();
    const taken = { negotiated: true, id: channel.id ?? 0 };
    expect(await refusal(() => a.createDataChannel("x", taken))).toBe("OperationError");
    expect(await refusal(() => channel.send(new Uint8Array(262_145)))).toBe("TypeError");
    const early = peers.make().createDataChannel("x");
    expect(await refusal(() => early.send("x"))).toBe("InvalidStateError");
  });

  it("descriptions by the name that belongs to the reason", async () => {
    const one = peers.make();
    one.createDataChannel("x");
    const offer = await one.createOffer();
    const changed = { ...offer, sdp: `${offer.sdp}a=x:1\r\n` };
    expect(await refusal(() => one.setLocalDescription(changed))).toBe("InvalidModificationError");
    expect(await refusal(() => one.setRemoteDescription({ ...offer, type: "answer" }))).toBe(
      "InvalidStateError",
    );
    await expect(
      one.setRemoteDescription({ type: "offer", sdp: "v=0\r\nx" }),
    ).rejects.toMatchObject({
      name: "OperationError",
      errorDetail: "sdp-syntax-error",
      sdpLineNumber: 2,
    });
    const bare = offer.sdp.replace(/a=fingerprint.*\r\n/, "");
    expect(await refusal(() => one.setRemoteDescription({ type: "offer", sdp: bare }))).toBe(
      "InvalidAccessError",
    );
    expect(await refusal(() => one.setRemoteDescription({ type: "x" as "offer" }))).toBe(
      "TypeError",
    );
    expect(await refusal(() => one.createAnswer())).toBe("InvalidStateError");
  });

  it("candidates without a place, without a description, and of nobody", async () => {
    const { a } = await peers.connected();
    const line = "candidate:1 1 udp 1 127.0.0.1 9 typ host";
    expect(await refusal(() => a.addIceCandidate({ candidate: line }))).toBe("TypeError");
    expect(await refusal(() => a.addIceCandidate({ candidate: line, sdpMid: "9" }))).toBe(
      "OperationError",
    );
    expect(
      await refusal(() => peers.make().addIceCandidate({ candidate: line, sdpMid: "0" })),
    ).toBe("InvalidStateError");
    expect(await refusal(() => new RTCIceCandidate({ candidate: line }))).toBe("TypeError");
  });

  it.each([
    ["SyntaxError", { iceServers: [{ urls: "http://example.org" }] }],
    ["SyntaxError", { iceServers: [{ urls: "stun:a?transport=udp" }] }],
    ["SyntaxError", { iceServers: [{ urls: [] }] }],
    ["InvalidAccessError", { iceServers: [{ urls: "turn:a", username: "x" }] }],
    ["TypeError", { iceTransportPolicy: "some" as "all" }],
    ["TypeError", { iceCandidatePoolSize: 256 }],
  ])("a configuration with %s: %j", async (name, configuration) => {
    expect(await refusal(() => peers.make(configuration))).toBe(name);
  });

  it("certificates that have expired, and other ones later", async () => {
    const [ecdsa, short] = await Promise.all([
      RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" }),
      RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256", expires: 0 }),
    ]);
    expect(await refusal(() => peers.make({ certificates: [short] }))).toBe("InvalidAccessError");
    expect(await refusal(() => peers.make().setConfiguration({ certificates: [ecdsa] }))).toBe(
      "InvalidModificationError",
    );
    const one = peers.make({ certificates: [ecdsa] });
    one.createDataChannel("x");
    const [fingerprint] = ecdsa.getFingerprints();
    expect((await one.createOffer()).sdp).toContain(fingerprint?.value?.toUpperCase());
    expect(await refusal(() => RTCPeerConnection.generateCertificate("MD5"))).toBe(
      "NotSupportedError",
    );
  });
});

describe("where UDP is blocked", () => {
  const isTcp = (line: string): boolean => /^(a=)?candidate:\S+ 1 tcp /.test(line);

  /** Tells nothing but TCP candidates. */
  async function connectedOverTcp(
    configurations: readonly [NodeConfiguration, NodeConfiguration],
    readdressed: (line: string) => string = (line) => line,
  ) {
    const [a, b] = configurations.map((one) => peers.make(one)) as [
      RTCPeerConnection,
      RTCPeerConnection,
    ];
    const channel = a.createDataChannel("chat");
    const announced = once(b, "datachannel");
    const told = async (one: RTCPeerConnection): Promise<RTCSessionDescription> => {
      await one.setLocalDescription();
      if (one.iceGatheringState !== "complete") await gathered(one);
      const { type, sdp } = described(one);
      const lines = sdp.split("\r\n");
      const kept = lines.filter((line) => !line.startsWith("a=candidate:") || isTcp(line));
      return new RTCSessionDescription({ type, sdp: kept.map(readdressed).join("\r\n") });
    };
    await b.setRemoteDescription(await told(a));
    await a.setRemoteDescription(await told(b));
    await once(channel, "open");
    const [{ channel: other }] = (await announced) as [{ channel: RTCDataChannel }];
    return { a, b, channel, other };
  }

  const gathered = (one: RTCPeerConnection): Promise<void> =>
    new Promise((resolve) => {
      one.addEventListener("icegatheringstatechange", () => {
        if (one.iceGatheringState === "complete") resolve();
      });
    });

  it.each([
    ["127.0.0.1", "the one that answers", {}, { tcpCandidates: "all" }],
    ["127.0.0.1", "the one that offers", { tcpCandidates: "all" }, {}],
    ["::1", "the one that answers", {}, { tcpCandidates: "all" }],
    ["::1", "both", { tcpCandidates: "all" }, { tcpCandidates: "all" }],
  ] as const)("a channel opens over TCP on %s, to a port of %s", async (ip, _, first, second) => {
    const localAddresses = [ip];
    const { a, b, channel, other } = await connectedOverTcp([
      { ...first, localAddresses },
      { ...second, localAddresses },
    ]);
    const large = new Uint8Array(200_000).fill(7);
    channel.send(large);
    const [{ data }] = await once(other, "message");
    expect(Buffer.from(data).equals(large)).toBe(true);
    for (const one of [a, b]) {
      const pair = one.sctp?.transport.iceTransport.getSelectedCandidatePair();
      expect([pair?.local?.protocol, pair?.remote?.protocol]).toEqual(["tcp", "tcp"]);
    }
  });

  it("opens a connection again that something in between has cut", async () => {
    const ways: Socket[] = [];
    let behind = 0;
    const between = createServer((from) => {
      const to = connect({ host: "127.0.0.1", port: behind });
      for (const socket of [from, to]) socket.on("error", () => undefined);
      from.pipe(to).pipe(from);
      ways.push(from, to);
    });
    between.listen(0, "127.0.0.1");
    await once(between, "listening");
    const { port } = between.address() as AddressInfo;
    const readdressed = (line: string): string =>
      line.replace(/(?<= )\d+(?= typ host tcptype passive)/, (own) => {
        behind = Number(own);
        return String(port);
      });
    const configurations = [{}, { tcpCandidates: "all" }] as const;
    const { a, channel, other } = await connectedOverTcp(configurations, readdressed);
    expect(ways).toHaveLength(2);
    const lost = once(a, "connectionstatechange");
    for (const socket of ways) socket.destroy();
    await lost;
    expect(a.connectionState).toBe("disconnected");
    channel.send("are you there?");
    const [{ data }] = await once(other, "message");
    expect(data).toBe("are you there?");
    expect(ways).toHaveLength(4);
    between.close();
  });

  it("tells an active candidate by default, a passive one when asked, and none when told so", async () => {
    const types = async (tcpCandidates: NodeConfiguration["tcpCandidates"]) => {
      const one = peers.make(tcpCandidates && { tcpCandidates });
      one.createDataChannel("chat");
      await one.setLocalDescription();
      if (one.iceGatheringState !== "complete") await gathered(one);
      const lines = described(one)
        .sdp.split("\r\n")
        .filter((line) => isTcp(line));
      return lines.map((line) =>
        line.replace(/.*?(\d+) typ host/, (_, port) => (port === "9" ? "9" : "port")),
      );
    };
    expect(await types(undefined)).toEqual(["9 tcptype active"]);
    expect((await types("all")).sort()).toEqual(["9 tcptype active", "port tcptype passive"]);
    expect(await types("none")).toEqual([]);
  });
});
