import { once } from "node:events";
import { afterEach, expect, it, vi } from "vitest";
import { PeerConnection, type PeerEvent } from "../../peer/index.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import { InterfaceWatch } from "./interface-watch.ts";
import type { Interfaces } from "./local-addresses.ts";
import { PeerDriver } from "./peer-driver.ts";
import { certificateContent, ecdsaCertificate } from "./rtc-certificate.ts";

const drivers: PeerDriver[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const one of drivers.splice(0)) one.close();
});

/** A machine whose interfaces have these addresses, until it is told otherwise. */
class Machine extends EventTarget {
  readonly watch: InterfaceWatch = new InterfaceWatch(() => this.#interfaces);
  readonly driver: PeerDriver;
  readonly candidates: string[] = [];
  readonly states: string[] = [];
  peerMachine: Machine | undefined;
  #interfaces: Interfaces = {};

  constructor(...ips: string[]) {
    super();
    this.setAddresses(...ips);
    const peer = new PeerConnection({
      crypto: nodeDtlsCrypto,
      certificate: certificateContent(ecdsaCertificate()),
    });
    this.driver = new PeerDriver(peer, (event) => this.#handle(event), this.watch);
    drivers.push(this.driver);
  }

  /** The network changes, and the watch looks. */
  setAddresses(...ips: string[]): void {
    const interfaces = ips.map((address, i) => [
      `eth${i}`,
      [{ address, netmask: "255.0.0.0", family: "IPv4", mac: "", internal: false, cidr: null }],
    ]);
    this.#interfaces = Object.fromEntries(interfaces) as Interfaces;
    this.watch.look();
  }

  get way(): string | undefined {
    return this.driver.peer.ice.selectedPair?.local.address.ip;
  }

  #handle(event: PeerEvent): void {
    if (event.type === "gather") {
      void this.driver.gather({
        servers: [],
        localAddresses: undefined,
        tcpCandidates: "none",
        policy: "all",
      });
    }
    if (event.type === "candidate") {
      this.candidates.push(event.line);
      const init = { candidate: event.line, sdpMid: event.mid, usernameFragment: event.ufrag };
      this.peerMachine?.driver.run((peer, at) => peer.addIceCandidate(init, at));
    }
    if (event.type === "ice-state") {
      this.states.push(event.state);
      this.dispatchEvent(new Event(event.state));
    }
  }
}

/** Offer and answer; done when both have a way. */
async function negotiate(a: Machine, b: Machine, iceRestart = false): Promise<void> {
  const connected = [a, b].map((one) => once(one, "connected"));
  const [from, to] = [a.driver, b.driver];
  const offer = from.run(
    (peer) => ({ type: "offer", sdp: peer.createOffer({ iceRestart }) }) as const,
  );
  // Candidates follow the description that they belong to.
  to.run((peer, at) => peer.setRemoteDescription(offer, at));
  from.run((peer, at) => peer.setLocalDescription(offer, at));
  const answer = to.run((peer) => ({ type: "answer", sdp: peer.createAnswer() }) as const);
  from.run((peer, at) => peer.setRemoteDescription(answer, at));
  to.run((peer, at) => peer.setLocalDescription(answer, at));
  await Promise.all(connected);
}

it("closes what an interface takes along at once, and gathers from a new one with the next restart", async () => {
  const a = new Machine("127.0.0.1");
  const b = new Machine("127.0.0.3");
  a.peerMachine = b;
  b.peerMachine = a;
  a.driver.run((peer, at) => peer.openChannel({ label: "chat" }, at));
  await negotiate(a, b);
  expect(a.way).toBe("127.0.0.1");

  a.setAddresses("127.0.0.1", "127.0.0.2");
  expect(a.candidates.filter((line) => line.includes("127.0.0.2"))).toEqual([]);
  a.setAddresses("127.0.0.2");
  expect([a.way, a.states.at(-1)]).toEqual([undefined, "disconnected"]);

  await negotiate(a, b, true);
  expect(a.way).toBe("127.0.0.2");
  expect(a.candidates.at(-1)).toContain("127.0.0.2");
});

it("has a timer only while somebody listens, and survives a system that does not tell", () => {
  vi.useFakeTimers();
  let isRefused = false;
  let reads = 0;
  const watch = new InterfaceWatch(() => {
    reads += 1;
    if (isRefused) throw new Error("not allowed");
    return {};
  });
  let count = 0;
  const stop = watch.subscribe(() => {
    count += 1;
  });
  isRefused = true;
  vi.advanceTimersByTime(10_000);
  stop();
  expect([count, reads]).toEqual([0, 6]);
  vi.advanceTimersByTime(10_000);
  expect([count, reads]).toEqual([0, 6]);
});
