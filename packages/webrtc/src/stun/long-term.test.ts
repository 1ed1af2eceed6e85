import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { equal } from "../wire/index.ts";
import {
  ErrorCode,
  Nonce,
  PasswordAlgorithm,
  PasswordAlgorithms,
  Realm,
  Username,
} from "./attributes.ts";
import { longTermKey, type PasswordAlgorithmName, userhash } from "./credentials.ts";
import { LongTermClient } from "./long-term-client.ts";
import { checkLongTerm, type LongTermDomain, writeRefusal } from "./long-term-server.ts";
import { decodeMessage, type StunMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { NonceIssuer } from "./nonce.ts";

const alice = { ip: "192.0.2.1", port: 5000 };

interface Setup {
  readonly algorithms?: readonly PasswordAlgorithmName[];
  readonly anonymous?: boolean;
}

function domain({ algorithms = [], anonymous = false }: Setup = {}): LongTermDomain {
  return {
    crypto: nodeCrypto,
    realm: "tincan",
    nonces: new NonceIssuer({
      crypto: nodeCrypto,
      lifetimeMs: 60_000,
      passwordAlgorithms: algorithms.length > 0,
      usernameAnonymity: anonymous,
    }),
    passwordAlgorithms: algorithms,
    keyOf: (username, algorithm) =>
      username === "alice"
        ? longTermKey(nodeCrypto, algorithm, "alice", "tincan", "secret")
        : undefined,
    usernameOf: (hash) =>
      equal(hash, userhash(nodeCrypto, "alice", "tincan")) ? "alice" : undefined,
  };
}

function view(bytes: Uint8Array): StunMessage {
  const result = decodeMessage(bytes.slice());
  if (!result.ok) throw new Error(result.fault);
  return result.value;
}

function request(write: (writer: MessageWriter) => void = () => undefined): StunMessage {
  const writer = new MessageWriter().begin(3, "request", nodeCrypto.random(12));
  write(writer);
  return view(writer.finish());
}

function signed(client: LongTermClient): StunMessage {
  return request((writer) => {
    client.addCredentials(writer);
    client.sign(writer);
  });
}

function challenge(
  server: LongTermDomain,
  code: 400 | 401 | 438,
  now: number,
  of: StunMessage = request(),
): StunMessage {
  const writer = new MessageWriter();
  writeRefusal(writer, server, of, code, alice, now);
  return view(writer.finish());
}

const credentials = { username: "alice", password: "secret" };

describe("the long-term mechanism (RFC 8489 §9.2), both sides", () => {
  const setups: readonly [string, Setup, "sha1" | "sha256"][] = [
    ["as RFC 5389 had it", {}, "sha1"],
    ["with MD5 offered", { algorithms: ["md5"] }, "sha256"],
    ["with SHA-256 offered", { algorithms: ["sha256", "md5"] }, "sha256"],
    ["with hashed names", { algorithms: ["sha256"], anonymous: true }, "sha256"],
    ["with hashed names alone", { anonymous: true }, "sha1"],
  ];

  it.each(setups)("%s: a challenge, and then the request passes", (_, setup, integrity) => {
    const server = domain(setup);
    const client = new LongTermClient(nodeCrypto, credentials);
    expect(checkLongTerm(server, signed(client), alice, 0)).toEqual({ ok: false, code: 401 });
    expect(client.handleChallenge(challenge(server, 401, 0))).toBe("retry");
    const second = signed(client);
    expect(second.has(Username)).toBe(setup.anonymous !== true);
    const verdict = checkLongTerm(server, second, alice, 0);
    if (!verdict.ok) throw new Error(String(verdict.code));
    expect([verdict.username, verdict.integrity]).toEqual(["alice", integrity]);
    const response = new MessageWriter().beginResponse(second, "success");
    if (integrity === "sha256") response.addIntegritySha256(nodeCrypto, verdict.key);
    else response.addIntegrity(nodeCrypto, verdict.key);
    expect(client.isAuthentic(view(response.finish()))).toBe(true);
  });

  it("answers a stale nonce with 438 and a fresh one, which the client takes", () => {
    const server = domain({ algorithms: ["sha256"] });
    const client = new LongTermClient(nodeCrypto, credentials);
    client.handleChallenge(challenge(server, 401, 0));
    const late = signed(client);
    expect(checkLongTerm(server, late, alice, 70_000)).toEqual({ ok: false, code: 438 });
    expect(client.handleChallenge(challenge(server, 438, 70_000, late))).toBe("retry");
    expect(checkLongTerm(server, signed(client), alice, 70_000).ok).toBe(true);
  });

  it("answers a nonce from another address with 438", () => {
    const server = domain();
    const client = new LongTermClient(nodeCrypto, credentials);
    client.handleChallenge(challenge(server, 401, 0));
    const elsewhere = { ...alice, port: 5001 };
    expect(checkLongTerm(server, signed(client), elsewhere, 0)).toEqual({ ok: false, code: 438 });
  });

  it.each([
    { username: "mallory", password: "secret" },
    { username: "alice", password: "guess" },
  ])("refuses $username with $password, and the client gives up", (wrong) => {
    const server = domain({ algorithms: ["sha256"] });
    const client = new LongTermClient(nodeCrypto, wrong);
    client.handleChallenge(challenge(server, 401, 0));
    // Even when the nonce is stale: only who knows the password hears of it.
    expect(checkLongTerm(server, signed(client), alice, 90_000)).toEqual({ ok: false, code: 401 });
    expect(client.handleChallenge(challenge(server, 401, 0))).toBe("refused");
  });

  it.each([
    ["the name", [Realm, Nonce]],
    ["the realm", [Username, Nonce]],
    ["the nonce", [Username, Realm]],
  ])("refuses integrity without %s with 400", (_, attributes) => {
    const incomplete = request((writer) => {
      for (const attribute of attributes) writer.add(attribute, "x");
      writer.addIntegrity(nodeCrypto, new Uint8Array(16));
    });
    expect(checkLongTerm(domain(), incomplete, alice, 0)).toEqual({ ok: false, code: 400 });
  });

  it("keeps a challenge small: an Allocate of 28 bytes is answered with at most 80", () => {
    const small = challenge(domain(), 401, 0);
    expect(small.bytes.length).toBeLessThanOrEqual(80);
    expect(small.value(ErrorCode)?.code).toBe(401);
    expect(challenge(domain(), 400, 0).has(Realm)).toBe(false);
  });
});

describe("bid-down protection (RFC 8489 §9.2)", () => {
  const server = domain({ algorithms: ["sha256", "md5"] });
  const honest = challenge(server, 401, 0);

  it("the client gives up where the nonce promises algorithms that are not there", () => {
    const stripped = new MessageWriter()
      .begin(3, "error", new Uint8Array(12))
      .add(ErrorCode, { code: 401, reason: "" })
      .add(Realm, "tincan")
      .add(Nonce, honest.value(Nonce) as string)
      .finish();
    const client = new LongTermClient(nodeCrypto, credentials);
    expect(client.handleChallenge(view(stripped))).toBe("bid-down");
    expect(client.isChallenged).toBe(false);
  });

  it("the server refuses a list that is not the one it sent", () => {
    const weaker = new MessageWriter()
      .begin(3, "error", new Uint8Array(12))
      .add(ErrorCode, { code: 401, reason: "" })
      .add(Realm, "tincan")
      .add(Nonce, honest.value(Nonce) as string)
      .add(PasswordAlgorithms, [{ algorithm: 1, parameters: new Uint8Array(0) }])
      .finish();
    const client = new LongTermClient(nodeCrypto, credentials);
    expect(client.handleChallenge(view(weaker))).toBe("retry");
    expect(checkLongTerm(server, signed(client), alice, 0)).toEqual({ ok: false, code: 400 });
  });

  it("the server refuses a nonce whose features were taken out", () => {
    const key = longTermKey(nodeCrypto, "md5", "alice", "tincan", "secret");
    const nonce = (honest.value(Nonce) as string).replace("obMatJos2AAAB", "obMatJos2AAAA");
    const downgraded = request((writer) =>
      writer
        .add(Username, "alice")
        .add(Realm, "tincan")
        .add(Nonce, nonce)
        .addIntegrity(nodeCrypto, key),
    );
    expect(checkLongTerm(server, downgraded, alice, 0)).toEqual({ ok: false, code: 438 });
  });

  it("a client of RFC 5389, which knows no algorithms, still gets in by MD5", () => {
    const key = longTermKey(nodeCrypto, "md5", "alice", "tincan", "secret");
    const old = request((writer) =>
      writer
        .add(Username, "alice")
        .add(Realm, "tincan")
        .add(Nonce, honest.value(Nonce) as string)
        .addIntegrity(nodeCrypto, key),
    );
    expect(checkLongTerm(server, old, alice, 0)).toMatchObject({ ok: true, integrity: "sha1" });
  });

  it("half of the answer to the offer is a 400", () => {
    const half = request((writer) =>
      writer
        .add(Username, "alice")
        .add(Realm, "tincan")
        .add(Nonce, honest.value(Nonce) as string)
        .add(PasswordAlgorithm, { algorithm: 2, parameters: new Uint8Array(0) })
        .addIntegritySha256(nodeCrypto, new Uint8Array(32)),
    );
    expect(checkLongTerm(server, half, alice, 0)).toEqual({ ok: false, code: 400 });
  });

  it("the client gives up where it knows none of the algorithms", () => {
    const exotic = new MessageWriter()
      .begin(3, "error", new Uint8Array(12))
      .add(ErrorCode, { code: 401, reason: "" })
      .add(Realm, "tincan")
      .add(Nonce, "n")
      .add(PasswordAlgorithms, [{ algorithm: 9, parameters: new Uint8Array(2) }])
      .finish();
    const client = new LongTermClient(nodeCrypto, credentials);
    expect(client.handleChallenge(view(exotic))).toBe("no-common-algorithm");
  });
});
