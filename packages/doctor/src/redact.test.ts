import { expect, test } from "vitest";
import { redact } from "./redact.ts";

test("addresses and names become stand-ins that say what kind they are", () => {
  const text =
    "https://call.example.org:443/ is 198.51.100.7 and [2001:db8::7]:443; turn:10.0.0.5:3478, again 198.51.100.7";
  expect(redact(text, ["call.example.org"])).toBe(
    "https://<name-1>:443/ is <public-2> and [<public-3>]:443; turn:<private-4>:3478, again <public-2>",
  );
});

test("a name inside a longer one does not spoil it", () => {
  const clean = redact("turn.example.org example.org", ["example.org", "turn.example.org"]);
  expect(clean).toBe("<name-1> <name-2>");
});

test("loopback is told as such, and what is no address stays", () => {
  const text = "at 12:30:45 on localhost, 127.0.0.1 and ::1, version 1.2.3";
  expect(redact(text, ["localhost"])).toBe(
    "at 12:30:45 on localhost, <loopback-1> and <loopback-2>, version 1.2.3",
  );
});
