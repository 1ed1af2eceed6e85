import { describe, expect, it } from "vitest";
import {
  RTCDataChannelEvent,
  RTCError,
  type RTCErrorDetailType,
  RTCErrorEvent,
  RTCIceCandidate,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
} from "./index.ts";

/** What callers without a compiler pass is taken, or refused, as Web IDL has it. */

// biome-ignore lint/suspicious/noExplicitAny: these are the calls that the compiler would not let pass.
const loosely = (value: unknown): any => value;

describe("RTCIceCandidate", () => {
  const line =
    "candidate:7 2 tcp 1845501695 192.0.2.1 9 typ srflx raddr 10.0.0.1 rport 5 tcptype active";

  it.each([
    [{ sdpMid: 1 }, { sdpMid: "1", sdpMLineIndex: null }],
    [{ sdpMLineIndex: "3" }, { sdpMid: null, sdpMLineIndex: 3 }],
    [{ sdpMLineIndex: 65_537 }, { sdpMid: null, sdpMLineIndex: 1 }],
    [
      { sdpMid: "a", usernameFragment: 7 },
      { sdpMid: "a", usernameFragment: "7" },
    ],
    [{ sdpMid: "a", candidate: null }, { candidate: "null" }],
  ])("takes %j", (init, expected) => {
    expect(new RTCIceCandidate(loosely(init)).toJSON()).toMatchObject(expected);
  });

  it.each([[undefined], [null], [{}], ["text"], [{ candidate: line }]])("refuses %j", (init) => {
    expect(() => new RTCIceCandidate(loosely(init))).toThrow(TypeError);
  });

  it("refuses a relay protocol that there is not", () => {
    const init = loosely({ sdpMid: "0", relayProtocol: "dtls" });
    expect(() => new RTCIceCandidate(init)).toThrow(TypeError);
  });

  it("reads its line, and cannot be changed", () => {
    const candidate = new RTCIceCandidate({ candidate: line, sdpMid: "0" });
    expect([
      candidate.foundation,
      candidate.component,
      candidate.protocol,
      candidate.type,
      candidate.tcpType,
      candidate.relatedAddress,
      candidate.relatedPort,
    ]).toEqual(["7", "rtcp", "tcp", "srflx", "active", "10.0.0.1", 5]);
    expect(() => {
      loosely(candidate).candidate = "";
    }).toThrow(TypeError);
  });

  it("says nothing of a line that it cannot read", () => {
    const candidate = new RTCIceCandidate({ candidate: "whatever", sdpMid: "0" });
    expect(candidate.candidate).toBe("whatever");
    expect([candidate.foundation, candidate.address, candidate.component]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("RTCError", () => {
  it("takes every detail of the standard, and no other", () => {
    const details: RTCErrorDetailType[] = ["dtls-failure", "hardware-encoder-error"];
    for (const errorDetail of details)
      expect(new RTCError({ errorDetail }).errorDetail).toBe(errorDetail);
    expect(() => new RTCError(loosely({ errorDetail: "no-such-thing" }))).toThrow(TypeError);
    expect(() => new RTCError(loosely({}))).toThrow(TypeError);
  });

  it("is a DOMException with numbers where there are any", () => {
    const error = new RTCError(
      loosely({ errorDetail: "sctp-failure", sctpCauseCode: "12" }),
      "Why",
    );
    expect(error).toBeInstanceOf(DOMException);
    expect([error.name, error.code, error.message]).toEqual(["OperationError", 0, "Why"]);
    expect([error.sctpCauseCode, error.sdpLineNumber, error.sentAlert]).toEqual([12, null, null]);
    expect(String(Object.prototype.toString.call(error))).toBe("[object RTCError]");
  });
});

describe("events", () => {
  it("are made with what every event is made with", () => {
    const event = new RTCPeerConnectionIceEvent("icecandidate", {
      bubbles: true,
      cancelable: true,
    });
    expect([event.candidate, event.url, event.bubbles, event.cancelable]).toEqual([
      null,
      null,
      true,
      true,
    ]);
  });

  it("take nothing for an object that is none", () => {
    const json = { candidate: "", sdpMid: "0" };
    for (const make of [
      () => new RTCPeerConnectionIceEvent("x", loosely({ candidate: json })),
      () => new RTCDataChannelEvent("x", loosely({ channel: {} })),
      () => new RTCErrorEvent("x", loosely({ error: new Error("x") })),
    ]) {
      expect(make).toThrow(TypeError);
    }
  });

  it("need what the standard requires", () => {
    for (const make of [
      () => new RTCPeerConnectionIceErrorEvent("x", loosely({})),
      () => new RTCDataChannelEvent("x", loosely({})),
      () => new RTCErrorEvent("x", loosely(undefined)),
    ]) {
      expect(make).toThrow(TypeError);
    }
    const { address, port, url, errorText } = new RTCPeerConnectionIceErrorEvent("x", {
      errorCode: 701,
    });
    expect([address, port, url, errorText]).toEqual([null, null, "", ""]);
  });
});

describe("an event handler", () => {
  function handled() {
    const one = new RTCPeerConnection();
    const calls: string[] = [];
    one.onnegotiationneeded = () => calls.push("handler");
    one.addEventListener("negotiationneeded", () => calls.push("listener"));
    const fire = () => one.dispatchEvent(new Event("negotiationneeded", { cancelable: true }));
    return { one, calls, fire };
  }

  it("hands its place on to the one that replaces it", () => {
    const { one, calls, fire } = handled();
    one.onnegotiationneeded = () => calls.push("other");
    fire();
    expect(calls).toEqual(["other", "listener"]);
  });

  it("gives its place up for null", () => {
    const { one, calls, fire } = handled();
    one.onnegotiationneeded = null;
    one.onnegotiationneeded = () => calls.push("late");
    fire();
    expect(calls).toEqual(["listener", "late"]);
  });

  it("cancels an event by answering false", () => {
    const { one, fire } = handled();
    one.onnegotiationneeded = () => false;
    expect(fire()).toBe(false);
  });

  it("is kept if it is an object, and null if it is not", () => {
    const { one, calls, fire } = handled();
    const object = {};
    loosely(one).onnegotiationneeded = object;
    expect(one.onnegotiationneeded).toBe(object);
    fire();
    expect(calls).toEqual(["listener"]);
    loosely(one).onnegotiationneeded = 1;
    expect(one.onnegotiationneeded).toBeNull();
  });
});
