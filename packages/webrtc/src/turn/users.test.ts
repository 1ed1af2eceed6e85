import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import {
  hasIntegrity,
  longTermKey,
  MessageWriter,
  Nonce,
  PasswordAlgorithms,
  Realm,
  type StunMessage,
  Username,
  userhash,
} from "../stun/index.ts";
import { RequestedTransport } from "./attributes.ts";
import { allocateMethod } from "./methods.ts";
import { makeRestCredentials, parseRestUsername } from "./rest-credentials.ts";
import { Rig, TestClient } from "./test-rig.ts";
import { Users } from "./users.ts";

const make = (more: Partial<ConstructorParameters<typeof Users>[0]>) =>
  new Users({ crypto: nodeCrypto, realm: "tincan", unixTimeS: () => 1000, ...more });

describe("time-limited credentials", () => {
  // The value was made with: printf '%s' 1700000600:carol | openssl dgst -sha1 -hmac north -binary | base64
  it("are what web services make", () => {
    expect(makeRestCredentials(nodeCrypto, "north", "carol", 1_700_000_600)).toEqual({
      username: "1700000600:carol",
      password: "z+pXbarwVNrLOIL0VWOfJ/v0Gck=",
    });
  });

  it("are read with any separator, and an id is not needed", () => {
    expect(parseRestUsername("1700000600!a:b", "!")).toEqual({
      expiresAtS: 1_700_000_600,
      id: "a:b",
    });
    expect(parseRestUsername("1700000600")).toEqual({ expiresAtS: 1_700_000_600, id: "" });
    expect(parseRestUsername("carol:1700000600")).toBeUndefined();
  });

  it("are good until their time, under each of several secrets, and not after", () => {
    const rig = new Rig();
    rig.server.changeUsers(rig.users({ secrets: ["south", "north"] }));
    const enter = (secret: string, expiresAtS: number, port: number) => {
      const made = makeRestCredentials(nodeCrypto, secret, "carol", expiresAtS);
      const address = { ip: "192.0.2.7", port };
      return new TestClient(rig, address, made.username, undefined, made.password).allocate().class;
    };
    expect(enter("north", rig.unixTimeS + 60, 1)).toBe("success");
    expect(enter("south", rig.unixTimeS + 60, 2)).toBe("success");
    expect(enter("east", rig.unixTimeS + 60, 3)).toBe("error");
    expect(enter("north", rig.unixTimeS - 1, 4)).toBe("error");
    expect(rig.server.stats()).toMatchObject({ allocations: 2, users: 1 });
  });

  it("may run out under an allocation, which goes on", () => {
    const rig = new Rig();
    rig.server.changeUsers(rig.users({ secrets: ["north"] }));
    const made = makeRestCredentials(nodeCrypto, "north", "carol", rig.unixTimeS + 60);
    const address = { ip: "192.0.2.7", port: 1 };
    const client = new TestClient(rig, address, made.username, undefined, made.password);
    client.allocate();
    rig.unixTimeS += 600;
    rig.advance(300);
    expect(client.code(0x004)).toBe("ok");
    rig.server.changeUsers(rig.users({ secrets: ["another"] }));
    expect(client.code(0x004)).toBe("ok");
  });
});

describe("fixed users", () => {
  it("have a password, or a key of one algorithm, and then only that is offered", () => {
    const password = make({ users: [{ name: "a", password: "p" }] });
    expect(password.passwordAlgorithms).toEqual(["sha256", "md5"]);
    const key = longTermKey(nodeCrypto, "md5", "b", "tincan", "q");
    const mixed = make({
      users: [
        { name: "a", password: "p" },
        { name: "b", key },
      ],
    });
    expect(mixed.passwordAlgorithms).toEqual(["md5"]);
    expect(mixed.keysOf("b", "md5")).toEqual([key]);
    expect(mixed.keysOf("b", "sha256")).toEqual([]);
    expect(mixed.keysOf("c", "md5")).toEqual([]);
  });

  it("are found by their hash, which is offered where all can be", () => {
    const fixed = make({ users: [{ name: "a", password: "p" }] });
    expect(fixed.usernameOf(userhash(nodeCrypto, "a", "tincan"))).toBe("a");
    expect(fixed.knowsUserhashes).toBe(true);
    expect(make({ secrets: ["s"] }).knowsUserhashes).toBe(false);
  });
});

describe("a client of RFC 5389", () => {
  it("is served although the server offers more", () => {
    const rig = new Rig();
    const client = rig.client();
    const begin = () =>
      new MessageWriter()
        .begin(allocateMethod, "request", nodeCrypto.random(12))
        .add(RequestedTransport, 17);
    client.sendRaw(begin().finishCopy());
    const challenge = client.take();
    expect(challenge?.has(PasswordAlgorithms)).toBe(true);
    const nonce = challenge?.value(Nonce) as string;
    const key = longTermKey(nodeCrypto, "md5", "alice", "tincan", "alice-secret");
    const signed = begin().add(Username, "alice").add(Realm, "tincan").add(Nonce, nonce);
    client.sendRaw(signed.addIntegrity(nodeCrypto, key).finishCopy());
    const response = client.take() as StunMessage;
    expect(response.class).toBe("success");
    expect(hasIntegrity(response, nodeCrypto, key)).toBe(true);
  });
});
