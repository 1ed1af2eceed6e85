import { describe, expect, it } from "vitest";
import { embedAddress } from "./address.ts";
import { embedMessage, parseEmbedCommand, parseEmbedEvent } from "./messages.ts";

const amy = { id: "a1", name: "Amy" };

describe("messages between a page and a frame", () => {
  it.each([
    { event: "ready" },
    { event: "joined", room: "tea", self: amy, peers: [{ id: "b2", name: "" }] },
    { event: "peer-left", peer: amy, reason: "lost" },
    { event: "media", audio: true, video: false },
    { event: "waiting" },
    { event: "refused", code: "not-admitted", message: "Nobody let you in." },
    { event: "left", reason: "replaced" },
    { event: "error", code: "full", message: "Every seat is taken." },
  ] as const)("bring the event $event over", (event) => {
    expect(parseEmbedEvent(structuredClone(embedMessage(event)))).toMatchObject(event);
  });

  it.each([
    { command: "join" },
    { command: "set", name: "Amy", audio: false, theme: "dark" },
    { command: "set" },
  ] as const)("bring the command $command over", (command) => {
    expect(parseEmbedCommand(structuredClone(embedMessage(command)))).toMatchObject(command);
  });

  it.each([
    undefined,
    null,
    "ready",
    [],
    { event: "ready" },
    { tincan: 2, event: "ready" },
    { tincan: 1, event: "exploded" },
    { tincan: 1, event: "media", audio: "yes", video: true },
    { tincan: 1, event: "joined", room: "tea", self: amy, peers: Array(257).fill(amy) },
    { tincan: 1, event: "refused", code: "full", message: "" },
    { tincan: 1, event: "error", code: "x".repeat(65), message: "" },
    { tincan: 1, command: "join" },
  ])("are not %j", (data) => {
    expect(parseEmbedEvent(data)).toBeUndefined();
  });

  it.each([
    { tincan: 1, command: "set", audio: "off" },
    { tincan: 1, command: "set", theme: "pink" },
    { tincan: 1, command: "set", name: "x".repeat(65) },
    { tincan: 2, command: "leave" },
    { tincan: 1, event: "left", reason: "left" },
  ])("ask nothing by %j", (data) => {
    expect(parseEmbedCommand(data)).toBeUndefined();
  });
});

describe("the address of a frame", () => {
  const given = { server: "https://call.example:8443/some/page", embedder: "https://site.example" };

  it("has the password in its fragment alone", () => {
    const address = new URL(embedAddress({ ...given, room: "茶室", password: "open & shut" }));
    expect(address.origin).toBe("https://call.example:8443");
    expect(decodeURIComponent(address.pathname)).toBe("/r/茶室");
    expect([...address.searchParams]).toEqual([["embed", "https://site.example"]]);
    expect(new URLSearchParams(address.hash.slice(1)).get("password")).toBe("open & shut");
  });

  it("says what was said, and leaves the rest to the visitor", () => {
    const options = { room: "tea", name: "Amy", audio: false, autojoin: true, lang: "zh" };
    const { searchParams } = new URL(embedAddress({ ...given, ...options }));
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ embed: "https://site.example", name: "Amy", audio: "0", autojoin: "1", lang: "zh" },
    });
  });
});
