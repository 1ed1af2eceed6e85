import { expect, test } from "vitest";
import { readTransferArguments } from "./transfer-arguments.ts";

const CODE = "4821-beacon-mosaic-tulip";

test("a code may be words apart, or a link, which names its server", () => {
  const apart = readTransferArguments("receive", ["4821", "beacon", "mos", "Tulip"], {});
  expect([apart.code?.text, apart.server.href]).toEqual([CODE, "https://localhost:8443/"]);
  const link = `https://call.example/receive#${CODE}`;
  const linked = readTransferArguments("receive", [link], { TINCAN_SERVER: "other.example" });
  expect([linked.code?.text, linked.server.href]).toEqual([CODE, "https://call.example/"]);
  expect(readTransferArguments("send", ["a", "--to", link], {})).toMatchObject({
    ...{ rest: ["a"], code: { text: CODE } },
  });
});

test("the option wins over the environment; only this machine's certificate needs no leave", () => {
  const env = { TINCAN_SERVER: "http://[::1]:8080" };
  expect(readTransferArguments("send", ["a"], env).trustAnyCertificate).toBe(true);
  const given = readTransferArguments("send", ["a", "--server", "call.example"], env);
  expect([given.server.href, given.trustAnyCertificate]).toEqual(["https://call.example/", false]);
  expect(readTransferArguments("send", ["--insecure"], {}).trustAnyCertificate).toBe(true);
});

test.each([
  [["--yess"], "unknown option --yess; did you mean --yes?"],
  [["--output"], "--output needs a value (see tincan receive --help)"],
  [["4821-beacon"], "a code is a number and three words"],
  [["4821-beakon-mosaic-tulip"], 'no code has the word "beakon"; did you mean beacon?'],
  [["--server", "ftp://x"], "names no Tincan server; write it as https://call.example.org"],
])("%j is answered with the cure", (args, words) => {
  expect(() => readTransferArguments("receive", args, {})).toThrow(words);
});
