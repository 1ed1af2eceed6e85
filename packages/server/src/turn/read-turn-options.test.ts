import { describe, expect, test } from "vitest";
import { FOREIGN_OPTIONS } from "./foreign-options.ts";
import { type ReadTurnOptions, resolveTurnSettings } from "./read-turn-options.ts";
import { readTurnArguments } from "./turn-arguments.ts";
import { tableName } from "./turn-setting.ts";
import { readTurnserverConf } from "./turnserver-conf.ts";

const surroundings = { env: {}, cwd: "/home/amy", isTerminal: false };

function read(conf: string, ...args: readonly string[]): ReadTurnOptions {
  const inFile = readTurnserverConf(conf).map(({ name, value, line }) => ({
    ...{ name, value, where: name },
    place: `/etc/turn.conf, line ${line}`,
  }));
  return resolveTurnSettings(readTurnArguments(args).settings, inFile, surroundings, "/etc");
}

describe("where values come from", () => {
  test("defaults", () => {
    const { values, warnings, isSet } = read("");
    expect(values).toMatchObject({ listeningPort: 3478, minPort: 49_152, realm: "tincan" });
    expect([warnings, isSet("realm")]).toEqual([[], false]);
  });

  test("flags win over the file, for lists as a whole", () => {
    const { values } = read(
      "listening-port=1\nuser=a:b\nuser=c:d\nfingerprint\n",
      ...["-p", "2", "--user=e:f", "-u", "g:h", "--fingerprint=no", "-v"],
    );
    expect(values).toMatchObject({ listeningPort: 2, fingerprint: false, verbose: true });
    expect(values.user.map(({ name }) => name)).toEqual(["e", "g"]);
  });

  test("in the file the last line counts, and lists grow", () => {
    const text = "realm=a\nrealm=b\nstatic-auth-secret=x\nstatic-auth-secret=y,z";
    expect(read(text).values).toMatchObject({ realm: "b", staticAuthSecret: ["x", "y,z"] });
  });

  test("paths start where they were written", () => {
    const { values } = read("cert=c.pem\npkey=/k.pem\n", "--log-file", "turn.log");
    const expected = { cert: "/etc/c.pem", pkey: "/k.pem", logFile: "/home/amy/turn.log" };
    expect(values).toMatchObject(expected);
    expect(read("log-file=stdout").values.logFile).toBe("stdout");
  });

  test("letters of coturn stand for names, and the file can be named in three ways", () => {
    expect(read("", "-L", "::1", "-X", "192.0.2.1/10.0.0.1", "-a", "-S").values).toMatchObject({
      listeningIp: ["::1"],
      externalIp: [{ external: "192.0.2.1", internal: "10.0.0.1" }],
      stunOnly: true,
    });
    for (const args of [["-c", "f"], ["--config", "f"], ["--config=f"]]) {
      expect(readTurnArguments(args).file).toBe("f");
    }
  });
});

describe("kinds of values", () => {
  test.each([
    ["no-tls", { noTls: true }],
    ["no-tls=on", { noTls: true }],
    ["no-tls=F", { noTls: false }],
    ["stale-nonce", { staleNonce: 600 }],
    ["stale-nonce=3600", { staleNonce: 3600 }],
    ["external-ip=192.0.2.1", { externalIp: [{ external: "192.0.2.1", internal: undefined }] }],
    ["user=amy:a:b", { user: [{ name: "amy", password: "a:b" }] }],
    [
      "user=amy:0xbc807ee29df3c9ffa736523fb2c4e8ee",
      {
        user: [
          {
            name: "amy",
            key: Uint8Array.from(Buffer.from("bc807ee29df3c9ffa736523fb2c4e8ee", "hex")),
          },
        ],
      },
    ],
    ["denied-peer-ip=83.166.64.0-83.166.95.255", { deniedPeerIp: ["83.166.64.0-83.166.95.255"] }],
    ["allow-peer=10.0.0.0/8", { allowedPeerIp: ["10.0.0.0/8"] }],
    ["Verbose", { verbose: true }],
    ["listening-ip=2001:DB8:0::1", { listeningIp: ["2001:db8::1"] }],
  ])("%s", (line, expected) => {
    expect(read(line).values).toMatchObject(expected);
  });

  test.each([
    ["listening-port=3x", 'listening-port: "3x" will not do; give a port'],
    ["listening-port", "listening-port needs a value: a port"],
    ["min-port=0", "min-port"],
    ["no-tls=maybe", 'no-tls: "maybe" will not do; give yes or no'],
    ["external-ip=192.0.2.1/::1", "give PUBLIC or PUBLIC/PRIVATE"],
    ["external-ip=host", "external-ip"],
    ["listening-ip=eth0", "give an IP address"],
    ["denied-peer-ip=10.0.0.9-10.0.0.1", "denied-peer-ip"],
    ["denied-peer-ip=10.0.0.0/33", "denied-peer-ip"],
    ["rest-api-separator=ab", "give one character"],
    ["max-allocate-lifetime=0", "max-allocate-lifetime"],
    ['realm=""', "realm"],
  ])("%s stops the start and names file, line, option and cure", (line, message) => {
    const attempt = (): unknown => read(`# a file\n${line}`);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow("/etc/turn.conf, line 2: ");
  });

  test.each([["user=amy"], ["user=:x"], ["user=amy:0x12"], ["static-auth-secret="]])(
    "%s is not shown in the message",
    (line) => {
      expect(() => read(line)).toThrow(/^\/etc\/turn.conf, line 1: /);
      expect(() => read(line)).not.toThrow(/0x12/);
    },
  );

  test("a flag is named as it was written", () => {
    expect(() => read("", "-p", "x")).toThrow('-p: "x" will not do');
    expect(() => read("", "--min-port=x")).toThrow('--min-port: "x" will not do');
    expect(() => read("", "--min-port")).toThrow("--min-port needs a value");
    expect(() => read("", "--min-port", "--no-tls")).toThrow("--min-port needs a value");
    expect(() => read("", "extra")).toThrow('takes no argument "extra"');
    expect(() => read("", "-min-port=1")).toThrow("takes no argument");
  });
});

describe("options that we do not have", () => {
  test("each gets one warning that says what to do instead, or none where it asks for what is so", () => {
    const { warnings } = read("redis-userdb=x\nno-tlsv1\nredis-userdb=y\nsyslog\n", "--cli-port=1");
    expect(warnings).toEqual([
      expect.stringMatching(
        /^\/etc\/turn.conf, line 1: redis-userdb does nothing here: there is no database/,
      ),
      expect.stringMatching(/^\/etc\/turn.conf, line 4: syslog does nothing here: /),
      expect.stringMatching(/^--cli-port does nothing here: /),
    ]);
  });

  test("their values on the command line go with them", () => {
    const { values, warnings } = read("", "--cli-port", "5766", "-b", "db.sqlite", "-p", "1", "-n");
    expect([values.listeningPort, warnings.length]).toEqual([1, 2]);
  });

  test("none of them is one that we have", () => {
    for (const name of FOREIGN_OPTIONS.keys())
      expect([name, tableName(name)]).toEqual([name, undefined]);
  });

  test("what nobody knows stops the start with a guess", () => {
    expect(() => read("listenning-port=1")).toThrow(
      "/etc/turn.conf, line 1: listenning-port: there is no such option; did you mean listening-port?",
    );
    expect(() => read("", "--no-such-thing-at-all")).toThrow(
      "--no-such-thing-at-all: there is no such option; remove it",
    );
  });
});
