import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startTurnServer } from "../index.ts";
import {
  type NodeConfiguration,
  type RTCIceServer,
  RTCPeerConnection,
  type RTCPeerConnectionIceErrorEvent,
  type RTCSessionDescription,
} from "./index.ts";

/** Whom a connection asks, what it tells of them, and when the configuration counts. */

const localhost = "127.0.0.1";
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function peer(configuration: NodeConfiguration = {}): RTCPeerConnection {
  const one = new RTCPeerConnection({ localAddresses: [localhost], ...configuration });
  endings.push(() => one.close());
  one.createDataChannel("x");
  return one;
}

async function turn(transport: "udp" | "tcp" = "udp"): Promise<RTCIceServer & { urls: string }> {
  const server = await startTurnServer({
    udp: [{ ip: localhost, port: 0 }],
    streams: [{ ip: localhost, port: 0 }],
    relays: [{ ip: localhost, firstPort: 52_000, lastPort: 52_989 }],
    users: { users: [{ name: "amy", password: "secret" }] },
    settings: { realm: "tincan", peers: { allowLoopback: true } },
  });
  endings.push(() => server.close());
  const { udp, streams } = server.addresses;
  const [address] = transport === "udp" ? udp : streams;
  const urls = `turn:${localhost}:${address?.port}?transport=${transport}`;
  return { urls, username: "amy", credential: "secret" };
}

/** A port of TCP that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, localhost);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

/** The description with all candidates of the gathering that setting it begins. */
async function described(
  one: RTCPeerConnection,
  offer?: { readonly type: "offer"; readonly sdp: string },
): Promise<RTCSessionDescription> {
  const complete = new Promise<void>((resolve) => {
    one.addEventListener("icegatheringstatechange", () => {
      if (one.iceGatheringState === "complete") resolve();
    });
  });
  await one.setLocalDescription(offer);
  await complete;
  return one.localDescription as RTCSessionDescription;
}

function typesIn({ sdp }: { readonly sdp: string }): string[] {
  return [...sdp.matchAll(/candidate:\S+ 1 udp .* typ (\w+)/g)].map(([, type]) => type as string);
}

function ufragIn({ sdp }: { readonly sdp: string }): string | undefined {
  return /a=ice-ufrag:(\S+)/.exec(sdp)?.[1];
}

describe("icecandidateerror", () => {
  function errorsOf(one: RTCPeerConnection): RTCPeerConnectionIceErrorEvent[] {
    const errors: RTCPeerConnectionIceErrorEvent[] = [];
    one.addEventListener("icecandidateerror", (event) => {
      expect(one.iceGatheringState).toBe("gathering");
      errors.push(event);
    });
    return errors;
  }

  it("tells a server's error, and where it was asked from", async () => {
    const server = await turn();
    const one = peer({ iceServers: [{ ...server, credential: "wrong" }] });
    const errors = errorsOf(one);
    await described(one);
    expect(errors).toMatchObject([{ errorCode: 401, url: server.urls, address: localhost }]);
    expect(errors[0]?.port).toBeGreaterThan(0);
    expect(errors[0]?.errorText).not.toBe("");
  });

  it.each([
    ["the policy is relay", { iceTransportPolicy: "relay" }],
    ["local addresses are hidden", { hideLocalAddresses: true }],
  ] as const)("keeps the address to itself where %s", async (_, configuration) => {
    const server = await turn();
    const iceServers = [{ ...server, credential: "wrong" }];
    const one = peer({ iceServers, ...configuration });
    const errors = errorsOf(one);
    await described(one);
    expect(errors).toMatchObject([{ errorCode: 401, address: null, port: null }]);
  });

  it("tells 701 once for a server that cannot be reached", async () => {
    const urls = `turn:${localhost}:${await closedPort()}?transport=tcp`;
    const one = peer({
      iceServers: [
        { urls: [urls, urls], username: "amy", credential: "secret" },
        { urls: ["stun:nobody.invalid", "stuns:127.0.0.1"] },
      ],
    });
    const errors = errorsOf(one);
    await described(one);
    const told = errors.map(({ errorCode, url, address }) => [errorCode, url, address]);
    expect(told.sort()).toEqual([
      [701, "stun:nobody.invalid", null],
      [701, "stuns:127.0.0.1", null],
      [701, urls, null],
    ]);
  });

  it("waits for a description, as candidates of the pool do", async () => {
    const server = await turn();
    const one = peer({ iceServers: [{ ...server, credential: "wrong" }], iceCandidatePoolSize: 1 });
    const errors: unknown[] = [];
    one.onicecandidateerror = ({ errorCode }) => errors.push([errorCode, one.iceGatheringState]);
    await described(one);
    expect(errors).toEqual([[401, "gathering"]]);
  });
});

describe("an ICE restart", () => {
  it.each(["udp", "tcp"] as const)(
    "tells the relay's address again, over the allocation that stands: %s",
    async (transport) => {
      const server = await turn(transport);
      const one = peer({ iceServers: [server] });
      const first = await described(one);
      expect(typesIn(first).sort()).toEqual(["host", "relay"]);
      const other = peer();
      await other.setRemoteDescription(first);
      await other.setLocalDescription();
      await one.setRemoteDescription(other.localDescription as RTCSessionDescription);
      const errors: unknown[] = [];
      one.onicecandidateerror = ({ errorCode }) => errors.push(errorCode);
      const offer = await one.createOffer({ iceRestart: true });
      expect(ufragIn(offer)).not.toBe(ufragIn(first));
      const second = await described(one, offer);
      expect(typesIn(second).sort()).toEqual(["host", "relay"]);
      const relayedIn = ({ sdp }: { readonly sdp: string }) => /(\S+ \d+) typ relay/.exec(sdp)?.[1];
      expect(relayedIn(second)).toBe(relayedIn(first));
      expect(errors).toEqual([]);
    },
  );
});

describe("setConfiguration", () => {
  it("refuses another pool once there is a local description, and takes it before", async () => {
    const one = peer();
    one.setConfiguration({ localAddresses: [localhost], iceCandidatePoolSize: 3 });
    expect(one.getConfiguration().iceCandidatePoolSize).toBe(3);
    await one.setLocalDescription();
    const refused = (iceCandidatePoolSize: number) => () =>
      one.setConfiguration({ iceCandidatePoolSize });
    expect(refused(0)).toThrow(expect.objectContaining({ name: "InvalidModificationError" }));
    expect(refused(256)).toThrow(TypeError);
    expect(refused(Number.NaN)).toThrow(TypeError);
    expect(refused(3.9)).not.toThrow();
  });

  it("gathers anew from other servers while candidates wait in the pool", async () => {
    const one = peer({ iceCandidatePoolSize: 1 });
    const iceServers = [await turn()];
    one.setConfiguration({ localAddresses: [localhost], iceCandidatePoolSize: 1, iceServers });
    expect(typesIn(await described(one)).sort()).toEqual(["host", "relay"]);
  });

  it("drops what a policy forbids that comes while candidates wait in the pool", async () => {
    const iceServers = [await turn()];
    const localAddresses = [localhost];
    const one = peer({ iceServers, iceCandidatePoolSize: 1 });
    const told: string[] = [];
    one.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.candidate) told.push(candidate.candidate);
    });
    const offer = await one.createOffer();
    one.setConfiguration({
      localAddresses,
      iceServers,
      iceCandidatePoolSize: 1,
      iceTransportPolicy: "relay",
    });
    expect(typesIn(await described(one, offer))).toEqual(["relay"]);
    expect(told.filter((line) => !line.includes("typ relay"))).toEqual([]);
    expect(told.join()).toMatch(/raddr 0\.0\.0\.0 rport 9/);
  });

  it("has no effect before the next gathering, which the next offer begins", async () => {
    const iceServers = [await turn()];
    const localAddresses = [localhost];
    const one = peer({ localAddresses });
    const before = await described(one);
    let asked = 0;
    one.onnegotiationneeded = () => {
      asked += 1;
    };
    one.setConfiguration({ localAddresses, iceServers, iceTransportPolicy: "relay" });
    expect(typesIn(one.localDescription as RTCSessionDescription)).toEqual(["host"]);
    const offer = await one.createOffer();
    expect(ufragIn(offer)).not.toBe(ufragIn(before));
    expect(typesIn(await described(one, offer))).toEqual(["relay"]);
    expect(ufragIn(await one.createOffer())).toBe(ufragIn(offer));
    one.setConfiguration({ localAddresses, iceServers });
    expect(typesIn(await described(one, await one.createOffer())).sort()).toEqual([
      "host",
      "relay",
    ]);
    expect(asked).toBe(0);
  });
});
