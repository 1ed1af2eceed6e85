import type { PeerInfo, Seated } from "@tincan/signaling";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Emitter } from "../emitter.ts";
import type { Letter } from "../signaling/outbox.ts";
import type { SignalingConnection, SignalingEvents } from "../signaling/signaling-connection.ts";
import { CallSession } from "./call-session.ts";
import type { Publication } from "./publication.ts";

/** What a call does with connections: as in a browser, a closed one throws at whoever asks for something. */
class FakeConnection extends EventTarget {
  static readonly made: FakeConnection[] = [];
  connectionState: RTCPeerConnectionState = "new";
  signalingState: RTCSignalingState = "stable";
  readonly configurations: unknown[];

  constructor(configuration: unknown) {
    super();
    this.configurations = [configuration];
    FakeConnection.made.push(this);
  }

  setConfiguration(configuration: unknown): void {
    this.#assertOpen();
    this.configurations.push(configuration);
  }

  createDataChannel(): EventTarget {
    this.#assertOpen();
    return new EventTarget();
  }

  addTrack(): unknown {
    this.#assertOpen();
    return {};
  }

  removeTrack(): void {
    this.#assertOpen();
  }

  getTransceivers(): [] {
    return [];
  }

  close(): void {
    this.connectionState = "closed";
    this.signalingState = "closed";
  }

  #assertOpen(): void {
    if (this.signalingState === "closed") throw new DOMException("closed", "InvalidStateError");
  }
}

/** The seat's side of the server, told by the test. */
class FakeSignaling extends Emitter<SignalingEvents> {
  readonly posted: Letter[] = [];

  post(letter: Letter): boolean {
    this.posted.push(letter);
    return true;
  }

  remember(): void {}
  report(): void {}
  async leave(): Promise<void> {}
}

const errors: unknown[] = [];
let signaling: FakeSignaling;
let call: CallSession;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", FakeConnection);
  for (const name of ["addEventListener", "removeEventListener"]) vi.stubGlobal(name, () => {});
  vi.stubGlobal("reportError", (error: unknown) => errors.push(error));
  FakeConnection.made.length = 0;
  errors.length = 0;
  signaling = new FakeSignaling();
  call = new CallSession({
    signaling: signaling as unknown as SignalingConnection,
    seated: seated("one", [info("bob")]),
    ...{ password: undefined, rtc: {}, codecs: {}, reports: false },
    createConnection: (configuration) => new RTCPeerConnection(configuration),
  });
});

afterEach(async () => {
  await call.leave();
  expect(errors).toEqual([]);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

// Both connections closed while the server was down: its new credentials were given to a connection
// that throws, and with that nobody in the call heard that there is a server again.
test("a server that is back finds a closed connection: another takes its place, with the new credentials", () => {
  const [first] = FakeConnection.made;
  first?.close();
  signaling.emit("state", "reconnecting");
  signaling.emit("reseated", { seated: seated("two", [info("bob")]), unsent: [] });
  expect(FakeConnection.made).toHaveLength(2);
  expect(FakeConnection.made[1]?.configurations).toEqual([configuration("two")]);
});

test("the same where the other side comes to the server after us", () => {
  FakeConnection.made[0]?.close();
  signaling.emit("reseated", { seated: seated("two", []), unsent: [] });
  expect(FakeConnection.made).toHaveLength(1);
  signaling.emit("event", { type: "ready", peer: info("bob") });
  expect(FakeConnection.made[1]?.configurations).toEqual([configuration("two")]);
});

test("a seat that is resumed gives new credentials to all, whatever one connection is", () => {
  signaling.emit("event", { type: "ready", peer: info("eve") });
  FakeConnection.made[0]?.close();
  signaling.emit("resumed", seated("two", [info("bob"), info("eve")]));
  expect(FakeConnection.made[1]?.configurations.at(-1)).toEqual(configuration("two"));
});

test("what is published, taken back and opened meanwhile goes to those whose connection stands", async () => {
  const stream = new EventTarget() as unknown as MediaStream;
  Object.assign(stream, { id: "s", getTracks: () => [], getAudioTracks: () => [] });
  Object.assign(stream, { getVideoTracks: () => [] });
  signaling.emit("event", { type: "ready", peer: info("eve") });
  FakeConnection.made[0]?.close();
  const publication: Publication = call.publish(stream);
  call.channel({ label: "x", id: 40 });
  publication.unpublish();
  await vi.advanceTimersByTimeAsync(0);
  expect(call.publications).toEqual([]);
});

function info(name: string): PeerInfo {
  return { id: name.padEnd(16, "0"), name, instance: "instance1", here: true };
}

function seated(credential: string, peers: readonly PeerInfo[]): Seated {
  return {
    type: "joined",
    room: "tea",
    capacity: 3,
    self: info("amy"),
    peers: [...peers],
    resume: "t",
    received: 0,
    iceServers: [{ urls: ["turn:x"], username: "u", credential }],
  };
}

function configuration(credential: string): RTCConfiguration {
  const iceServers = [{ urls: ["turn:x"], username: "u", credential }];
  return { bundlePolicy: "max-bundle", iceServers };
}
