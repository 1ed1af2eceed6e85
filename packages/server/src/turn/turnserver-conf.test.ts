import fc from "fast-check";
import { expect, test } from "vitest";
import { readTurnserverConf } from "./turnserver-conf.ts";

test.each([
  ["listening-port=3478", "listening-port", "3478"],
  ["listening-port 3478", "listening-port", "3478"],
  ["listening-port\t = \t3478  ", "listening-port", "3478"],
  ["no-tls", "no-tls", undefined],
  ["no-tls=", "no-tls", undefined],
  ["no-tls # off", "no-tls", undefined],
  ["realm=example.org # any", "realm", "example.org"],
  ["user=amy:pass#word", "user", "amy:pass#word"],
  ["user=amy:a=b c", "user", "amy:a=b c"],
  ['user="amy:pass #word"', "user", "amy:pass #word"],
  ['userdb="host=db port=1" # old', "userdb", "host=db port=1"],
  ['realm=""', "realm", ""],
  ['realm="open', "realm", "open"],
])("%j", (content, name, value) => {
  expect(readTurnserverConf(content)).toEqual([{ name, value, line: 1 }]);
});

test("lines are counted with those that say nothing", () => {
  const text = "\uFEFF# a\r\n\n  realm=x\r\n#b\nuser=a:b\nuser=c:d";
  expect(readTurnserverConf(text).map(({ name, line }) => [name, line])).toEqual([
    ["realm", 3],
    ["user", 5],
    ["user", 6],
  ]);
});

test("every text is read, and every name is one word", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab=#" \t\r\n\u0000你'), maxLength: 60 }),
      (text) => {
        expect(readTurnserverConf(text).every(({ name }) => /^[^\s=]*$/.test(name))).toBe(true);
      },
    ),
  );
});
