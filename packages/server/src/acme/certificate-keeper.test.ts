import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AcmeCertificate } from "./acme-folder.ts";
import { AcmeProblem, acmeProblem, problemSentence } from "./acme-problem.ts";
import { CertificateKeeper } from "./certificate-keeper.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 1);
const orders: number[] = [];
const lines: string[] = [];
const log = pino({ level: "info" }, { write: (line) => void lines.push(JSON.parse(line).msg) });
let answer: () => AcmeCertificate;
let isFound = true;
let keeper: CertificateKeeper;

beforeEach(() => {
  vi.useFakeTimers({ now: BEGIN });
  orders.length = 0;
  lines.length = 0;
  isFound = true;
  answer = () => certificate(90);
});
afterEach(() => {
  keeper.close();
  vi.useRealTimers();
});

function start(kept?: AcmeCertificate): void {
  keeper = new CertificateKeeper(
    {
      domain: "call.example.org",
      order: async () => {
        orders.push((Date.now() - BEGIN) / MINUTE);
        return answer();
      },
      resolve: async () => ({ isFound, words: "which leads to 192.0.2.1" }),
      renewed: () => {},
      log,
    },
    kept,
  );
  keeper.start();
}

it("orders at once where there is none, and again with a third of its life left", async () => {
  start();
  await vi.advanceTimersByTimeAsync(59 * DAY);
  expect(orders).toEqual([0]);
  await vi.advanceTimersByTimeAsync(2 * DAY);
  expect(orders).toEqual([0, (60 * DAY) / MINUTE]);
});

it("waits with a kept one until it is due", async () => {
  start(certificate(6));
  await vi.advanceTimersByTimeAsync(4 * DAY - MINUTE);
  expect(orders).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(orders).toHaveLength(1);
});

it("backs off after failures, to six hours, and forgets them after a success", async () => {
  answer = () => {
    throw new AcmeProblem("connection", "timeout");
  };
  start();
  await vi.advanceTimersByTimeAsync(18 * 60 * MINUTE);
  expect(orders).toEqual([0, 15, 45, 105, 225, 465, 825]);
  expect(lines[0]).toMatch(
    /cannot reach call\.example\.org, which leads to 192\.0\.2\.1;.*in 15 min$/,
  );
  answer = () => certificate(90);
  await vi.advanceTimersByTimeAsync(6 * 60 * MINUTE);
  expect(lines.at(-1)).toBe("there is a certificate for call.example.org");
});

it("waits as long as the authority asks, but no more than a day", async () => {
  answer = () => {
    throw acmeProblem({ type: "urn:ietf:params:acme:error:rateLimited" }, 429, "999999999");
  };
  start();
  await vi.advanceTimersByTimeAsync(2 * DAY);
  expect(orders).toEqual([0, 1440, 2880]);
});

it("does not trouble the authority with a name that is not in the DNS, and looks again soon", async () => {
  isFound = false;
  start();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(orders).toEqual([]);
  expect(lines[0]).toContain("add an A or AAAA record");
  isFound = true;
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(orders).toEqual([1]);
});

it("does not order again and again what looks due the moment it comes", async () => {
  answer = () => certificate(0.01);
  start();
  await vi.advanceTimersByTimeAsync(DAY - MINUTE);
  expect(orders).toHaveLength(2);
});

it("orders no more once it is closed", async () => {
  answer = () => {
    throw new Error("gone");
  };
  start();
  await vi.advanceTimersByTimeAsync(1);
  keeper.close();
  await vi.advanceTimersByTimeAsync(DAY);
  expect(orders).toHaveLength(1);
});

it("reads problem documents, whatever is in their place", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const later = "Thu, 01 Jan 2026 01:00:00 GMT";
  expect(acmeProblem({ detail: "a\nb" }, 429, later, now)).toMatchObject({
    type: "rateLimited",
    message: "a b",
    retryAfterMs: 3_600_000,
  });
  for (const document of [
    undefined,
    null,
    "",
    7,
    [],
    { type: 7, detail: {} },
    { type: "about:blank" },
  ]) {
    expect(acmeProblem(document, 503, "soon", now)).toMatchObject({
      type: "unknown",
      message: "HTTP status 503",
      retryAfterMs: undefined,
    });
  }
  const words = ["dns", "tls", "caa", "rejectedIdentifier", "invalidContact", "serverInternal"];
  const sentences = words.map((word) => problemSentence(new AcmeProblem(word, "why"), "a.b", "c"));
  expect(new Set(sentences).size).toBe(words.length);
  for (const sentence of sentences) expect(sentence).toContain("(it says: why)");
});

function certificate(days: number): AcmeCertificate {
  const begins = new Date();
  const expires = new Date(Date.now() + days * DAY);
  return { cert: "", key: "", selfSigned: false, names: { dns: [], ips: [] }, begins, expires };
}
