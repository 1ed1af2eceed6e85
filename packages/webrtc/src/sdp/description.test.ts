import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Description, parseDescription } from "./description.ts";
import { parseSession } from "./parse-session.ts";
import { writeSession } from "./write-session.ts";

const folder = new URL("./fixtures/", import.meta.url);
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith(".sdp"))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

function fixture(name: string): Description {
  const parsed = parseDescription(fixtures.find((one) => one.name === `${name}.sdp`)?.text ?? "");
  if (!parsed.ok) throw new Error(`${name}: ${parsed.fault}`);
  return parsed.value;
}

describe("descriptions of other people's programs", () => {
  it.each(fixtures)("$name is understood, with one transport and data channels", ({ text }) => {
    const parsed = parseDescription(text);
    if (!parsed.ok) throw new Error(`${parsed.fault} in line ${parsed.line}`);
    const application = parsed.value.sections.find(({ kind }) => kind === "application");
    expect(application?.sctp?.port).toBe(5000);
    expect(application?.isRejected).toBe(false);
    expect(application?.transport?.fingerprints[0]?.algorithm).toMatch(/^sha-(256|384|512)$/);
  });

  it.each(fixtures)("$name loses no attribute on the way through the grammar", ({ text }) => {
    const once = parseSession(text);
    if (!once.ok) throw new Error(once.fault);
    expect(parseSession(writeSession(once.value))).toEqual(once);
    const attributes = (sdp: string): string[] =>
      sdp.split(/\r?\n/).filter((line) => line.startsWith("a="));
    expect(attributes(writeSession(once.value))).toEqual(attributes(text));
  });

  it("Chromium's candidates are mDNS names, Firefox's also TCP", () => {
    const [chromium] = fixture("chromium-data-offer-gathered").sections;
    expect(chromium?.candidates.map(({ address }) => address.endsWith(".local"))).toEqual([
      true,
      true,
    ]);
    const [firefox] = fixture("firefox-data-offer-gathered").sections;
    expect(firefox?.candidates.filter(({ tcpType }) => tcpType === "active")).toHaveLength(2);
    expect(firefox?.endOfCandidates).toBe(true);
  });

  it("tells what they say of message sizes and roles", () => {
    expect(fixture("chromium-data-answer").sections[0]?.sctp?.maxMessageSize).toBe(262_144);
    expect(fixture("firefox-data-answer").sections[0]?.sctp?.maxMessageSize).toBe(1_073_741_823);
    expect(fixture("chromium-data-answer").sections[0]?.transport?.setup).toBe("active");
    expect(fixture("chromium-data-offer").sections[0]?.transport?.setup).toBe("actpass");
  });

  it("knows the sections of a BUNDLE group", () => {
    const { bundles, sections } = fixture("chromium-av-offer");
    expect(bundles).toEqual([["0", "1", "2"]]);
    expect(sections.map(({ kind, direction }) => [kind, direction])).toEqual([
      ["audio", "sendrecv"],
      ["video", "sendrecv"],
      ["application", "sendrecv"],
    ]);
  });
});

const minimal = [
  "v=0",
  "o=- 1 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE a b",
  "a=ice-ufrag:abcd",
  "a=ice-pwd:0123456789012345678901",
  `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`,
  "a=setup:actpass",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "a=mid:a",
  "a=sctp-port:5000",
  "m=audio 0 UDP/TLS/RTP/SAVPF 0",
  "a=mid:b",
  "a=bundle-only",
];

/** What becomes of the minimal description when one line is another. */
function withLine(from: string, to: string | undefined) {
  const lines = minimal.flatMap((line) => (line !== from ? [line] : to === undefined ? [] : [to]));
  return parseDescription(lines.join("\n"));
}

describe("parseDescription", () => {
  it("takes what a section does not say from the session, and port 0 as bundle-only where it says so", () => {
    const parsed = parseDescription(minimal.join("\r\n"));
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        sections: [
          {
            mid: "a",
            transport: { ufrag: "abcd", setup: "actpass" },
            sctp: { maxMessageSize: 65_536 },
          },
          { mid: "b", isRejected: false },
        ],
      },
    });
  });

  it.each([
    ["v=0", undefined, "missing-version"],
    ["v=0", "v=1", "bad-version"],
    ["o=- 1 2 IN IP4 127.0.0.1", undefined, "missing-origin"],
    ["o=- 1 2 IN IP4 127.0.0.1", "o=- one 2 IN IP4 127.0.0.1", "bad-origin"],
    ["s=-", "hello", "bad-line"],
    ["s=-", "", "bad-line"],
    ["a=mid:b", "a=mid:a", "duplicate-mid"],
    ["a=group:BUNDLE a b", "a=group:BUNDLE a c", "bad-bundle"],
    ["a=group:BUNDLE a b", "a=group:BUNDLE a a", "bad-bundle"],
    ["a=ice-pwd:0123456789012345678901", "a=ice-pwd:short", "bad-ice"],
    ["a=setup:actpass", "a=setup:maybe", "bad-setup"],
    ["a=setup:actpass", "a=fingerprint:sha-256 AB:CD", "bad-fingerprint"],
    ["a=sctp-port:5000", "a=sctp-port:99999", "bad-sctp"],
    ["a=sctp-port:5000", undefined, "bad-sctp"],
    ["m=audio 0 UDP/TLS/RTP/SAVPF 0", "m=audio x UDP/TLS/RTP/SAVPF 0", "bad-media"],
  ])("%j as %j: %s", (from, to, fault) => {
    expect(withLine(from, to)).toMatchObject({ ok: false, fault });
  });

  it("names the line", () => {
    expect(withLine("t=0 0", "x=1")).toEqual({ ok: false, fault: "bad-line", line: 4 });
  });

  it("passes over hash functions and candidates that it doesn't know", () => {
    const parsed = withLine("a=setup:actpass", "a=fingerprint:sha3-256 AB:CD");
    expect(parsed).toMatchObject({ ok: true });
    const candidates = withLine(
      "a=sctp-port:5000",
      "a=sctp-port:5000\na=candidate:1 1 QUIC 1 192.0.2.1 1 typ host",
    );
    expect(candidates).toMatchObject({ ok: true, value: { sections: [{ candidates: [] }, {}] } });
  });

  it("answers every text, and never throws", () => {
    const line = fc.constantFrom(...fixtures.flatMap(({ text }) => text.split(/\r?\n/)));
    const mutated = fc
      .tuple(
        fc.array(fc.oneof({ weight: 9, arbitrary: line }, fc.string()), { maxLength: 60 }),
        fc.nat(3000),
        fc.string(),
      )
      .map(([lines, at, noise]) => {
        const text = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", ...lines].join("\r\n");
        return text.slice(0, at) + noise + text.slice(at);
      });
    fc.assert(
      fc.property(fc.oneof(fc.string(), mutated), (text) => {
        const parsed = parseDescription(text);
        expect(typeof parsed.ok).toBe("boolean");
      }),
      { numRuns: 2000 },
    );
  });
});
