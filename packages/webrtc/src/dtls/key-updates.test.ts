import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { type CipherSuite13, cipherSuites13 } from "./cipher-suite13.ts";
import { Flight13 } from "./flight13.ts";
import { handshakeSettings } from "./handshake-settings.ts";
import { Handshake13State } from "./handshake13-state.ts";
import { selfSigned } from "./index.ts";
import { KeyUpdates } from "./key-updates.ts";
import { contentType } from "./record.ts";
import { applicationEpoch, RecordLayer13 } from "./record-layer13.ts";
import { type CipherRecord, decodeCipherRecord } from "./unified-header.ts";

const certificate = selfSigned(crypto, generateEcdsaKey(), { notBefore: 0, notAfter: 1000 });
const suite = cipherSuites13[0] as CipherSuite13;

/** One end with application keys, and what it sends. */
class End {
  readonly layer = new RecordLayer13(crypto);
  readonly sent: Uint8Array[] = [];
  readonly flight = new Flight13(this.layer, (packet) => this.sent.push(packet), {});
  readonly updates: KeyUpdates;

  constructor(write: Uint8Array, read: Uint8Array) {
    const host = {
      sendFlight: () => {},
      protect: () => {},
      admits: () => true,
      complete: () => {},
    };
    const settings = handshakeSettings({ role: "client", versions: ["1.3"], crypto, certificate });
    this.layer.protectWrite(applicationEpoch, suite, write);
    this.layer.protectRead(applicationEpoch, suite, read);
    const progress = new Handshake13State(settings, host, "client");
    this.updates = new KeyUpdates(this.layer, this.flight, progress);
  }

  seal(epoch: number, ...bytes: readonly number[]): CipherRecord {
    const packet = new Uint8Array(100);
    const plaintext = Uint8Array.from(bytes);
    const length = this.layer.seal(epoch, contentType.applicationData, plaintext, packet, 0);
    return record(packet.subarray(0, length));
  }
}

function record(packet: Uint8Array): CipherRecord {
  const decoded = decodeCipherRecord(packet, 0);
  if (!decoded.ok) throw new Error(decoded.fault);
  return decoded.value;
}

function ends(): { readonly a: End; readonly b: End } {
  const [ofA, ofB] = [crypto.random(32), crypto.random(32)];
  return { a: new End(ofA, ofB), b: new End(ofB, ofA) };
}

describe("a KeyUpdate", () => {
  it("moves what is read to the next epoch, and the one before is still understood", () => {
    const { a, b } = ends();
    const late = a.seal(3, 1);
    expect(b.updates.receive(Uint8Array.of(0))).toBeUndefined();
    a.layer.updateWrite(4, suite);
    const early = a.seal(4, 2);
    expect(b.layer.open(early)).toMatchObject({ epoch: 4, plaintext: Uint8Array.of(2) });
    expect(b.layer.open(late)).toMatchObject({ epoch: 3, plaintext: Uint8Array.of(1) });
  });

  it("that asks for ours is answered, and new keys are used once it is acknowledged", () => {
    const { b } = ends();
    expect(b.updates.receive(Uint8Array.of(1))).toBeUndefined();
    expect(b.updates.settle(0)).toBeUndefined();
    expect(b.sent).toHaveLength(1);
    expect(b.updates.settle(1)).toBeUndefined();
    b.flight.acknowledge([{ epoch: 3, sequence: 0 }], 2);
    expect(b.updates.settle(3)).toBe(4);
    expect(b.layer.sealed(4)).toBe(0);
    expect(b.sent).toHaveLength(1);
  });

  it("that is none is refused", () => {
    const { a } = ends();
    expect(a.updates.receive(Uint8Array.of(2))).toBe("illegal_parameter");
    expect(a.updates.receive(Uint8Array.of(0, 0))).toBe("decode_error");
  });

  it("many times over leaves three sets of keys", () => {
    const { a, b } = ends();
    const first = a.seal(3, 1);
    for (let epoch = 4; epoch < 12; epoch += 1) {
      b.updates.receive(Uint8Array.of(0));
      a.layer.updateWrite(epoch, suite);
      expect(b.layer.open(a.seal(epoch, epoch))).toMatchObject({ epoch });
    }
    expect(b.layer.open(first)).toBe("forged");
  });
});
