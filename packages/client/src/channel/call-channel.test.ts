import { beforeEach, expect, test } from "vitest";
import type { Peer } from "../peer/peer.ts";
import { CallChannel } from "./call-channel.ts";

/** What a channel uses of `RTCDataChannel`. */
class FakeLane extends EventTarget {
  readyState = "connecting";
  bufferedAmount = 0;
  readonly sent: unknown[] = [];
  readonly options: RTCDataChannelInit;

  constructor(options: RTCDataChannelInit) {
    super();
    this.options = options;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = "closed";
  }

  open(): void {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  receive(data: string | ArrayBuffer): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}

const peer = { id: "amy" } as Peer;
let lanes: FakeLane[];
let heard: string[];

beforeEach(() => {
  lanes = [];
  heard = [];
});

function channel(options: { maxRetransmits?: number; ordered?: boolean } = {}): CallChannel {
  const made = new CallChannel({ label: "x", id: 40, ...options }, () => heard.push("gone"));
  made.on("open", ({ id }) => heard.push(`open ${id}`));
  made.on("close", ({ id }) => heard.push(`close ${id}`));
  made.on("message", ({ data }) => heard.push(`message ${data}`));
  return made;
}

function connection() {
  return {
    signalingState: "stable" as const,
    createDataChannel: (_label: string, options: RTCDataChannelInit) => {
      const lane = new FakeLane(options);
      lanes.push(lane);
      return lane as unknown as RTCDataChannel;
    },
  };
}

test("another connection to the same peer closes it and opens it anew; what the old one says is not heard", () => {
  const made = channel();
  made.attach(peer, connection());
  lanes[0]?.open();
  lanes[0]?.receive("one");
  made.attach(peer, connection());
  lanes[0]?.receive("late");
  lanes[0]?.dispatchEvent(new Event("close"));
  lanes[1]?.open();
  lanes[1]?.receive(Uint8Array.of(2).buffer);
  expect(heard).toEqual(["open amy", "message one", "close amy", "open amy", "message 2"]);
});

test("both sides open it by themselves, with the same options", () => {
  channel({ ordered: false, maxRetransmits: 0 }).attach(peer, connection());
  expect(lanes[0]?.options).toEqual({
    negotiated: true,
    id: 40,
    ordered: false,
    maxRetransmits: 0,
  });
});

test("a message is taken only when the channel is open and the queue is not long", () => {
  const made = channel();
  expect(made.send("amy", "nobody")).toBe(false);
  made.attach(peer, connection());
  expect(made.send("amy", "early")).toBe(false);
  lanes[0]?.open();
  expect(made.send("amy", "now")).toBe(true);
  (lanes[0] as FakeLane).bufferedAmount = 5 * 1024 * 1024;
  expect(made.send("amy", "much")).toBe(false);
  expect(lanes[0]?.sent).toEqual(["now"]);
});

test("what is too large is not sent, and not heard", () => {
  const made = channel();
  made.attach(peer, connection());
  lanes[0]?.open();
  const large = "é".repeat(32_769);
  expect(() => made.send("amy", large)).toThrow(expect.objectContaining({ code: "too-large" }));
  lanes[0]?.receive(large);
  lanes[0]?.receive(new ArrayBuffer(65_537));
  expect(heard).toEqual(["open amy"]);
});

test("closed, it is closed to everybody and hears nothing more", () => {
  const made = channel();
  made.attach(peer, connection());
  lanes[0]?.open();
  made.close();
  lanes[0]?.receive("late");
  made.attach(peer, connection());
  expect([lanes.length, lanes[0]?.readyState, ...heard]).toEqual([1, "closed", "open amy", "gone"]);
});

test.each([
  { label: "x", id: 0 },
  { label: "x", id: 256 },
  { label: "x", id: 1.5 },
  { label: "A B", id: 40 },
])("%j is refused", (options) => {
  expect(() => new CallChannel(options, () => {})).toThrow(
    expect.objectContaining({ code: "malformed" }),
  );
});
