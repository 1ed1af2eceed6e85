import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../node/crypto.ts";
import { Random } from "../testing/index.ts";
import { fromHex } from "../wire/index.ts";
import * as attributes from "./attributes.ts";
import * as behaviour from "./behaviour-attributes.ts";
import { BindingServer } from "./binding-server.ts";
import { StunFramer } from "./framing.ts";
import { hasFingerprint, hasIntegrity, hasIntegritySha256 } from "./integrity.ts";
import { checkLongTerm } from "./long-term-server.ts";
import { decodeMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { NonceIssuer } from "./nonce.ts";

const from = { ip: "192.0.2.1", port: 5000 };
const key = new Uint8Array(16);
const nonces = new NonceIssuer({
  crypto: nodeCrypto,
  passwordAlgorithms: true,
  usernameAnonymity: true,
});
const domain = {
  crypto: nodeCrypto,
  realm: "r",
  nonces,
  passwordAlgorithms: ["sha256", "md5"] as const,
  keyOf: () => key,
  usernameOf: () => "somebody",
};
const server = new BindingServer({
  behaviour: { primary: { ip: "192.0.2.10", port: 1 }, alternate: { ip: "192.0.2.11", port: 2 } },
  classic: true,
});
const all = [...Object.values(attributes), ...Object.values(behaviour)].filter(
  (value) => "read" in value,
);

/** About half a second by default; FUZZ_RUNS and FUZZ_SEED make it longer, and another. */
const runs = Number(process.env.FUZZ_RUNS ?? 15_000);

/** Everything that is done to a packet from anybody. */
function handle(bytes: Uint8Array): boolean {
  const result = decodeMessage(bytes, { classic: true });
  if (!result.ok) return false;
  const message = result.value;
  for (const attribute of all) message.value(attribute as attributes.StunErrorCode & never);
  message.unknownRequired(attributes.baseAttributeTypes);
  hasFingerprint(message);
  hasIntegrity(message, nodeCrypto, key);
  hasIntegritySha256(message, nodeCrypto, key, 16);
  checkLongTerm(domain, message, from, 0);
  const writer = new MessageWriter();
  const route = server.answer(message, from, writer);
  if (route !== undefined) {
    expect(decodeMessage(writer.finish(), { classic: true }).ok).toBe(true);
    // A spoofed packet must not buy a flood, RFC 5780 switched on or not.
    expect(writer.length).toBeLessThanOrEqual(bytes.length + 60);
  }
  return true;
}

/** Valid messages with every attribute there is, to be mutated. */
const valid: readonly Uint8Array[] = [
  new MessageWriter()
    .begin(1, "request", new Uint8Array(12))
    .add(attributes.Username, "alice")
    .add(attributes.Realm, "r")
    .add(attributes.Nonce, nonces.issue(from, 0))
    .add(attributes.PasswordAlgorithms, [{ algorithm: 2, parameters: new Uint8Array(3) }])
    .add(attributes.PasswordAlgorithm, { algorithm: 2, parameters: new Uint8Array(0) })
    .add(attributes.Userhash, new Uint8Array(32))
    .addIntegrity(nodeCrypto, key)
    .addIntegritySha256(nodeCrypto, key)
    .addFingerprint()
    .finishCopy(),
  new MessageWriter()
    .begin(1, "error", new Uint8Array(12))
    .add(attributes.ErrorCode, { code: 420, reason: "né" })
    .add(attributes.UnknownAttributes, [1, 2, 3])
    .add(attributes.AlternateServer, { ip: "2001:db8::1", port: 1 })
    .add(attributes.XorMappedAddress, from)
    .finishCopy(),
  new MessageWriter()
    .begin(1, "request", new Uint8Array(12))
    .add(behaviour.ChangeRequest, { ip: true, port: true })
    .add(behaviour.Padding, new Uint8Array(5))
    .finishCopy(),
  fromHex("00010008 000102030405060708090a0b0c0d0e0f 00030004 00000006") as Uint8Array,
];

function mutate(random: Random, bytes: Uint8Array): Uint8Array {
  let mutated = bytes.slice();
  for (let count = random.between(1, 4); count > 0 && mutated.length > 0; count -= 1) {
    const at = random.between(0, mutated.length - 1);
    switch (random.between(0, 5)) {
      case 0:
        mutated[at] = random.between(0, 255);
        break;
      case 1:
        mutated[at] = (mutated[at] as number) ^ (1 << random.between(0, 7));
        break;
      case 2:
        mutated = mutated.slice(0, at);
        break;
      case 3:
        mutated = Uint8Array.from([...mutated, ...random.bytes(random.between(1, 8))]);
        break;
      case 4: {
        const other = random.pick(valid as [Uint8Array]);
        mutated = Uint8Array.from([...mutated.subarray(0, at), ...other.subarray(20)]);
        break;
      }
      default:
        mutated[at] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
    }
  }
  // Half of the time the length is put right, so that the mutation gets past the header.
  if (mutated.length >= 20 && random.chance(0.5)) {
    mutated = mutated.subarray(0, mutated.length & ~3);
    mutated[2] = (mutated.length - 20) >> 8;
    mutated[3] = mutated.length - 20;
  }
  return mutated;
}

describe("bytes from anybody", () => {
  it("never throw, and are never answered with much more than they are", {
    timeout: 600_000,
  }, () => {
    const random = new Random(Number(process.env.FUZZ_SEED ?? 5389));
    let passed = 0;
    for (let run = 0; run < runs; run += 1) {
      const bytes = mutate(random, random.pick(valid as [Uint8Array]));
      if (handle(bytes)) passed += 1;
    }
    // The test would say nothing if hardly any got past the header.
    expect(passed).toBeGreaterThan(runs / 5);
    for (let run = 0; run < runs; run += 1) handle(random.bytes(random.between(0, 80)));
  });

  it("cut into any pieces give the same messages from a stream", () => {
    const random = new Random(8489);
    const stream = valid.slice(0, 3).flatMap((bytes) => [...bytes]);
    for (let run = 0; run < 200; run += 1) {
      const framer = new StunFramer();
      const messages: Uint8Array[] = [];
      for (let at = 0; at < stream.length; ) {
        const end = at + random.between(1, 90);
        const result = framer.push(Uint8Array.from(stream.slice(at, end)));
        if (!result.ok) throw new Error(result.fault);
        messages.push(...result.value);
        at = end;
      }
      expect(messages).toEqual(valid.slice(0, 3));
    }
  });

  it("end a stream that is not STUN, or has lost its step", () => {
    const framed = (hex: string) => new StunFramer().push(fromHex(hex) as Uint8Array);
    expect(framed("474554")).toEqual({ ok: false, fault: "not-stun" });
    expect(framed(`00010003 2112a442${"00".repeat(12)}`)).toEqual({
      ok: false,
      fault: "misaligned",
    });
    expect(framed(`00010004 2112a443${"00".repeat(12)}`)).toEqual({
      ok: false,
      fault: "bad-cookie",
    });
  });
});
