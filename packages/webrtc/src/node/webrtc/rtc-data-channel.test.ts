import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import {
  RTCDataChannel,
  RTCDataChannelEvent,
  type RTCDataChannelInit,
  type RTCError,
  type RTCErrorEvent,
  RTCPeerConnection,
} from "./index.ts";
import { negotiate, Peers, thrown, trickle } from "./test-rig.ts";

const peers = new Peers();
afterEach(() => peers.closeAll());

/** Two connections, after offer and answer. */
async function agreed(prepare: (a: RTCPeerConnection, b: RTCPeerConnection) => void) {
  const [a, b] = [peers.make(), peers.make()];
  trickle(a, b);
  prepare(a, b);
  await negotiate(a, b);
  return { a, b };
}

/** Two ends of an open channel that both sides have made. */
async function pair(init: RTCDataChannelInit = {}) {
  const made: RTCDataChannel[] = [];
  const opened: Promise<unknown>[] = [];
  const { a, b } = await agreed((...sides) => {
    for (const side of sides) {
      const channel = side.createDataChannel("x", { ...init, negotiated: true, id: 0 });
      made.push(channel);
      opened.push(once(channel, "open"));
    }
  });
  await Promise.all(opened);
  const [channel, other] = made as [RTCDataChannel, RTCDataChannel];
  return { a, b, channel, other };
}

describe("a new channel", () => {
  it("takes its arguments as Web IDL has it", () => {
    const one = peers.make();
    const create = one.createDataChannel.bind(one) as (...given: unknown[]) => RTCDataChannel;
    expect(RTCPeerConnection.prototype.createDataChannel).toHaveLength(1);
    expect(thrown(() => create())).toBe("TypeError");
    expect(thrown(() => create(Symbol("x")))).toBe("TypeError");
    expect(thrown(() => create("x", 5))).toBe("TypeError");
    expect(thrown(() => create("x", { maxRetransmits: 1n }))).toBe("TypeError");
    expect([create(undefined).label, create(null).label]).toEqual(["undefined", "null"]);
    expect([create("x", null).ordered, create("x", { ordered: null }).ordered]).toEqual([
      true,
      false,
    ]);
    const read: (string | symbol)[] = [];
    create("x", new Proxy({}, { get: (_, name) => void read.push(name) }));
    expect(read).toEqual([
      "id",
      "maxPacketLifeTime",
      "maxRetransmits",
      "negotiated",
      "ordered",
      "protocol",
    ]);
  });

  it("refuses wrong arguments before it says that the connection is closed", () => {
    const one = peers.make();
    one.close();
    expect(thrown(() => one.createDataChannel("x", { id: -1 }))).toBe("TypeError");
    expect(thrown(() => one.createDataChannel("x"))).toBe("InvalidStateError");
  });

  it("has its attributes on the prototype, and none that can be changed", () => {
    const channel = peers.make().createDataChannel("x");
    expect(Object.keys(channel)).toEqual([]);
    expect(thrown(() => Object.assign(channel, { label: "y" }))).toBe("TypeError");
    expect(Object.prototype.toString.call(channel)).toBe("[object RTCDataChannel]");
    const construct = RTCDataChannel as unknown as new () => unknown;
    expect(thrown(() => new construct())).toBe("TypeError");
  });

  it("takes a low threshold of 32 bits and refuses any other", () => {
    const channel = peers.make().createDataChannel("x");
    channel.bufferedAmountLowThreshold = 4_294_967_295;
    for (const wrong of [-1, 4_294_967_296, Number.NaN, Number.POSITIVE_INFINITY]) {
      const set = (): void => {
        channel.bufferedAmountLowThreshold = wrong;
      };
      expect(thrown(set)).toBe("TypeError");
    }
    expect(channel.bufferedAmountLowThreshold).toBe(4_294_967_295);
  });

  it.each([
    { setup: "active", parity: 1 },
    { setup: "passive", parity: 0 },
  ])("gets its number as soon as the other side's answer is $setup", async ({ setup, parity }) => {
    const one = peers.make();
    const channel = one.createDataChannel("x");
    await one.setLocalDescription();
    const sdp = one.localDescription?.sdp.replace("actpass", setup) ?? "";
    expect(channel.id).toBeNull();
    await one.setRemoteDescription({ type: "answer", sdp });
    const later = one.createDataChannel("later");
    expect([channel.id, later.id]).toEqual([parity, parity + 2]);
    expect(thrown(() => one.createDataChannel("", { negotiated: true, id: parity }))).toBe(
      "OperationError",
    );
  });

  it("ends with an error when the session has ended before", async () => {
    const { a, b, other } = await pair();
    const closed = once(other, "close");
    a.close();
    await closed;
    const late = b.createDataChannel("late");
    const told: string[] = [];
    late.onerror = ({ error }) => told.push(error.errorDetail, late.readyState);
    expect(late.readyState).toBe("connecting");
    await once(late, "close");
    expect(told).toEqual(["data-channel-failure", "closed"]);
  });
});

describe("the event of a channel", () => {
  it("needs a channel, and takes what every event does", () => {
    const channel = peers.make().createDataChannel("x");
    const event = new RTCDataChannelEvent("datachannel", { channel, cancelable: true });
    expect(event.channel).toBe(channel);
    expect(event).toMatchObject({ cancelable: true, bubbles: false });
    for (const wrong of [undefined, null, {}]) {
      const init = { channel: wrong } as unknown as { channel: RTCDataChannel };
      expect(thrown(() => new RTCDataChannelEvent("datachannel", init))).toBe("TypeError");
    }
  });
});

describe("what is sent", () => {
  it("counts as buffered until the task is over that sent it", async () => {
    const { a, channel, other } = await pair();
    const received = once(other, "message");
    channel.send("hello");
    await undefined;
    a.createDataChannel("another");
    await undefined;
    expect(channel.bufferedAmount).toBe(5);
    await received;
    expect(channel.bufferedAmount).toBe(0);
  });

  it("is refused at once when it is too large, a Blob and what follows one as well", async () => {
    const { channel, other } = await pair();
    const large = "x".repeat(262_145);
    expect(thrown(() => channel.send(new Blob([large])))).toBe("TypeError");
    const received = once(other, "message");
    channel.send(new Blob(["small"]));
    expect(thrown(() => channel.send(large))).toBe("TypeError");
    await received;
    expect([channel.readyState, channel.bufferedAmount]).toEqual(["open", 0]);
  });

  it("is not nothing", async () => {
    const { channel } = await pair();
    for (const nothing of [undefined, null] as unknown as string[]) {
      expect(thrown(() => channel.send(nothing))).toBe("TypeError");
    }
  });

  it.each([
    { end: "channel", close: (_: RTCPeerConnection, channel: RTCDataChannel) => channel.close() },
    { end: "connection", close: (one: RTCPeerConnection) => one.close() },
  ])(
    "is not refused before the channel knows that the other side has closed its $end",
    async ({ close }) => {
      const { a, channel, other } = await pair();
      const answers: string[] = [];
      other.onmessage = () => {
        answers.push(
          other.readyState,
          thrown(() => other.send("answer")),
        );
        expect(other.bufferedAmount).toBe(6);
      };
      const closed = once(other, "close");
      channel.send("question");
      // Behind what has been sent, so that the other side has both at the same time.
      queueMicrotask(() => process.nextTick(() => close(a, channel)));
      await closed;
      expect(answers).toEqual(["open", "none"]);
      expect(thrown(() => other.send("x"))).toBe("InvalidStateError");
    },
  );

  it("is an error of the channel when it is a Blob that cannot be read", async () => {
    const { channel } = await pair();
    const blob = new Blob(["x"]);
    blob.arrayBuffer = () => Promise.reject(new Error("The file is gone."));
    const failed = once(channel, "error") as Promise<[RTCErrorEvent]>;
    channel.send(blob);
    const [{ error }] = await failed;
    expect(error).toMatchObject({
      errorDetail: "data-channel-failure",
      message: "The file is gone.",
    });
    expect(channel.readyState).toBe("closing");
  });
});

describe("bufferedamountlow", () => {
  it("is not told when more has been sent since", async () => {
    const { channel, other } = await pair();
    const amounts: number[] = [];
    channel.onbufferedamountlow = () => amounts.push(channel.bufferedAmount);
    other.onmessage = () => other.send("x");
    channel.onmessage = () => channel.send("y");
    channel.send("y");
    for (let i = 0; i < 100; i += 1) {
      channel.send("z".repeat(2000));
      if (i % 7 === 0) await setImmediate();
    }
    await expect.poll(() => channel.bufferedAmount).toBe(0);
    await once(channel, "message");
    expect(new Set(amounts)).toEqual(new Set([0]));
  });

  it("takes into account what waits for a Blob to be read", async () => {
    const { channel, other } = await pair();
    channel.bufferedAmountLowThreshold = 6;
    const amounts: number[] = [];
    channel.onbufferedamountlow = () => amounts.push(channel.bufferedAmount);
    channel.send(new Blob(["12345"]));
    channel.send(new Blob(["12345"]));
    expect(channel.bufferedAmount).toBe(10);
    for (let i = 0; i < 2; i += 1) await once(other, "message");
    await expect.poll(() => channel.bufferedAmount).toBe(0);
    expect(amounts).toHaveLength(1);
    expect(amounts[0]).toBeLessThanOrEqual(6);
  });
});

describe("the end of the other side's connection", () => {
  it("is an error of the channel and then its end", async () => {
    const { a, other } = await pair();
    const told: string[] = [];
    let error: RTCError | undefined;
    other.onerror = (event) => {
      told.push(`error ${other.readyState}`);
      error = event.error;
    };
    other.onclosing = () => told.push("closing");
    const closed = once(other, "close");
    a.close();
    await closed;
    expect(told).toEqual(["error closed"]);
    expect(error).toMatchObject({ name: "OperationError", errorDetail: "sctp-failure" });
    expect(error?.sctpCauseCode).toBe(12);
  });
});

describe("a failure of DTLS", () => {
  it("is an error of the channels that waited for it", async () => {
    const [a, b] = [peers.make(), peers.make()];
    b.onicecandidate = ({ candidate }) => void a.addIceCandidate(candidate).catch(() => undefined);
    a.createDataChannel("x");
    const channel = b.createDataChannel("y");
    const told: string[] = [];
    channel.onerror = ({ error }) => told.push(error.errorDetail, channel.readyState);
    const closed = once(channel, "close");
    await a.setLocalDescription();
    const sdp = a.localDescription?.sdp.replace(/(sha-256 ).*/, `$1${"00:".repeat(31)}00`) ?? "";
    await b.setRemoteDescription({ type: "offer", sdp });
    await b.setLocalDescription();
    await a.setRemoteDescription({ type: "answer", sdp: b.localDescription?.sdp ?? "" });
    await closed;
    expect(told).toEqual(["sctp-failure", "closed"]);
  });
});

describe("the transport of the channels", () => {
  it("says how it is, and nobody else does", async () => {
    const { a } = await pair();
    const { sctp } = a;
    expect(Object.keys(sctp ?? {})).toEqual([]);
    expect(thrown(() => Object.assign(sctp ?? {}, { state: "closed" }))).toBe("TypeError");
    expect(String(sctp)).toBe("[object RTCSctpTransport]");
  });

  it("is there from the first offer on, unless that is taken back", async () => {
    const [a, b] = [peers.make(), peers.make()];
    a.createDataChannel("x");
    expect(a.sctp).toBeNull();
    await a.setLocalDescription();
    const offer = { type: "offer", sdp: a.localDescription?.sdp ?? "" } as const;
    expect(a.sctp).toMatchObject({ state: "connecting", maxChannels: null });
    await a.setLocalDescription({ type: "rollback" });
    expect(a.sctp).toBeNull();
    await b.setRemoteDescription(offer);
    expect(b.sctp).toMatchObject({ state: "connecting", maxChannels: null });
    await b.setRemoteDescription({ type: "rollback" });
    expect(b.sctp).toBeNull();
  });

  it("is connected, with the number of channels, before they open", async () => {
    const told: string[] = [];
    let opened: Promise<unknown> | undefined;
    const { a } = await agreed((one) => {
      const channel = one.createDataChannel("x");
      channel.onopen = () => told.push("open");
      opened = once(channel, "open");
      one.onsignalingstatechange = () => {
        const { sctp } = one;
        if (sctp !== null && one.signalingState === "have-local-offer") {
          sctp.onstatechange = () => told.push(`${sctp.state} ${channel.readyState}`);
        }
      };
    });
    await opened;
    expect(told).toEqual(["connected connecting", "open"]);
    expect(a.sctp?.maxChannels).toBe(65_535);
  });

  it("takes messages as large as the other side said last", async () => {
    const [a, b] = [peers.make(), peers.make()];
    a.createDataChannel("x");
    for (const [said, taken] of [
      ["a=max-message-size:1000", 1000],
      ["a=max-message-size:2000", 2000],
      ["a=max-message-size:0", Number.POSITIVE_INFINITY],
      ["a=x", 65_536],
    ]) {
      await a.setLocalDescription();
      const sdp = a.localDescription?.sdp.replace(/a=max-message-size:\d+/, String(said)) ?? "";
      await b.setRemoteDescription({ type: "offer", sdp });
      await b.setLocalDescription();
      await a.setRemoteDescription({ type: "answer", sdp: b.localDescription?.sdp ?? "" });
      expect(b.sctp?.maxMessageSize).toBe(taken);
    }
  });
});
