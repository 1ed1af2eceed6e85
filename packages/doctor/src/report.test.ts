import { describe, expect, it } from "vitest";
import { good, skipped, warning } from "./check.ts";
import { resultLine, spell, tellFact, verdictText } from "./report.ts";
import { reachVerdict } from "./verdict.ts";
import { wordsOf } from "./words/words.ts";

const [english, chinese] = [wordsOf("en"), wordsOf("zh")];

describe("a check in one line", () => {
  const turn = good("turn-udp", { "turn:a.example:3478": ["192.0.2.7:50000", "echoed", "9 ms"] });

  it("has the words of the reader, and addresses as they are", () => {
    expect(resultLine(turn, english)).toBe(
      "  good     TURN over UDP               turn:a.example:3478 192.0.2.7:50000, bytes echoed, 9 ms",
    );
    expect(resultLine(turn, chinese)).toContain(
      "turn:a.example:3478 192.0.2.7:50000, 数据已返回, 9 ms",
    );
    expect(resultLine(good("nat", { translated: false }), chinese)).toMatch(/经过转换 否$/);
  });

  it("says why it could not be made", () => {
    const check = skipped("turn-tls", "not-handed-out");
    expect(resultLine(check, english)).toMatch(
      /skipped +TURN over TLS +no such server is handed out$/,
    );
    expect(resultLine(check, chinese)).toMatch(/跳过 +TURN（TLS） +没有下发这种服务器$/);
  });
});

it("a fact has a name and a value in words, and nothing is told as such", () => {
  expect(tellFact(["rttMs", 40], english)).toEqual(["round trip (ms)", "40"]);
  expect(tellFact(["addresses", []], english)).toEqual(["addresses", "none"]);
  expect(tellFact(["IPv4", "failed"], chinese)).toEqual(["IPv4", "连接失败"]);
});

it("what a program says of a cause is said in words too", () => {
  const diagnosis = { cause: "resume-broken", about: { why: "another-seat" } } as const;
  expect(spell(diagnosis, english)[0]).toContain("another seat was given.");
  expect(spell(diagnosis, chinese)[0]).toContain("得到了另一个座位。");
});

it("a verdict names the cause, the fix, what else was found, and how likely direct calls are", () => {
  const rough = warning("line", "lossy-line", { loss: "7 %", jitter: "9 ms" });
  const slow = warning("throughput", "slow-line", { rate: "0.3 Mbit/s" });
  expect(verdictText(reachVerdict([rough, slow]), english)).toBe(`${english.allGood}

Works, but: The line is slow: 0.3 Mbit/s there and back at once.

What to do: For pictures, use a cable or a better Wi-Fi place, and stop downloads and
other calls. Sound alone needs 0.1 Mbit/s.

Also found:
  - The line is rough: 7 % of the packets get lost, at 9 ms of jitter.

Direct calls: cannot be told
`);
});
