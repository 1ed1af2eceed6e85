import { describe, expect, it } from "vitest";
import { parseStunUri } from "./stun-uri.ts";

describe("a STUN server's name", () => {
  it.each([
    ["stun:stun.example.org", "stun.example.org", 3478, "udp", true],
    ["stun:stun.example.org:19302", "stun.example.org", 19302, "udp", false],
    ["stuns:stun.example.org", "stun.example.org", 5349, "tls", true],
    ["STUN:example.org?transport=tcp", "example.org", 3478, "tcp", true],
    ["stun:[2001:db8::1]:80", "2001:db8::1", 80, "udp", false],
    ["192.0.2.1", "192.0.2.1", 3478, "udp", true],
    ["192.0.2.1:5000", "192.0.2.1", 5000, "udp", false],
    ["2001:DB8::1", "2001:db8::1", 3478, "udp", true],
    ["call.example.org:443", "call.example.org", 443, "udp", false],
  ])("%s", (text, host, port, transport, isDefaultPort) => {
    expect(parseStunUri(text)).toEqual({ host, port, transport, isDefaultPort });
  });

  it.each([
    "",
    "stun:",
    "http://example.org",
    "stun:a:0",
    "stun:a:70000",
    "stuns:a?transport=udp",
    "[example.org]",
    "a b",
  ])("%j is none", (text) => {
    expect(parseStunUri(text)).toBeUndefined();
  });
});
