import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto } from "../node/index.ts";
import { decodeAck, encodeAck } from "./ack.ts";
import { cipherSuites13 } from "./cipher-suite13.ts";
import { EpochKeys } from "./epoch-keys.ts";
import { applicationEpoch, RecordLayer13 } from "./record-layer13.ts";
import { type CipherRecord, decodeCipherRecord, wholeSequence } from "./unified-header.ts";

const secret = new Uint8Array(48).fill(7);

describe.each(cipherSuites13)("records of $name", (suite) => {
  const key = secret.subarray(0, suite.hashLength);

  function layers(): { readonly writer: RecordLayer13; readonly reader: RecordLayer13 } {
    const [writer, reader] = [new RecordLayer13(crypto), new RecordLayer13(crypto)];
    writer.protectWrite(applicationEpoch, suite, key);
    reader.protectRead(applicationEpoch, suite, key);
    return { writer, reader };
  }

  it("open in any order, each once", () => {
    const { writer, reader } = layers();
    const sealed = Array.from({ length: 300 }, (_, i) => seal(writer, i & 255));
    for (const packet of [...sealed].reverse()) {
      expect(reader.open(read(packet.slice()))).toMatchObject({ epoch: 3, type: 23 });
    }
    expect(reader.open(read((sealed[5] as Uint8Array).slice()))).toBe("replayed");
  });

  it("are forged where any byte is another", () => {
    const { writer, reader } = layers();
    const packet = seal(writer, 1);
    for (let at = 0; at < packet.length; at += 1) {
      const changed = packet.slice();
      changed[at] = (changed[at] as number) ^ 0x80;
      const record = decodeCipherRecord(changed, 0);
      if (!record.ok || !reader.canOpen(record.value)) continue;
      expect(reader.open(record.value)).toBe("forged");
    }
    expect(reader.open(read(packet))).toMatchObject({ plaintext: Uint8Array.of(1) });
  });

  it("are understood with a short number, without a length, and with padding", () => {
    const { reader } = layers();
    const keys = new EpochKeys(crypto, suite, key);
    // 001CSLEE: no connection id, one byte of number, no length, epoch 3 (RFC 9147 §4).
    const packet = Uint8Array.of(0b0010_0011, 0, 9, 23, ...new Array(30).fill(0));
    const padded = 4;
    const length = keys.seal(0, packet.subarray(0, 2), packet, 2, 2 + padded);
    keys.mask(packet, 1, 1, 2);
    const opened = reader.open(read(packet.subarray(0, 2 + length)));
    expect(opened).toMatchObject({ type: 23, sequence: 0, plaintext: Uint8Array.of(9) });
  });
});

describe("numbers", () => {
  it("are the nearest to what is expected", () => {
    expect(wholeSequence(0x01, 1, 0x0ff)).toBe(0x101);
    expect(wholeSequence(0xfe, 1, 0x101)).toBe(0x0fe);
    expect(wholeSequence(0xff, 1, 0)).toBe(0xff);
    expect(wholeSequence(0x0002, 2, 0x1_fff0)).toBe(0x2_0002);
    expect(wholeSequence(0xffff, 2, 0x3_0001)).toBe(0x2_ffff);
  });

  it("in an ACK are read as they were written, and nothing else is one", () => {
    const numbers = [
      { epoch: 2, sequence: 0 },
      { epoch: 3, sequence: 0xffff_ffff_ffff },
    ];
    expect(decodeAck(encodeAck(numbers))).toEqual({ ok: true, value: numbers });
    expect(decodeAck(encodeAck(numbers).subarray(0, 20)).ok).toBe(false);
    expect(decodeAck(new Uint8Array(0)).ok).toBe(false);
  });
});

function seal(layer: RecordLayer13, byte: number): Uint8Array {
  const packet = new Uint8Array(layer.overhead(applicationEpoch) + 1);
  const length = layer.seal(applicationEpoch, 23, Uint8Array.of(byte), packet, 0);
  return packet.subarray(0, length);
}

function read(packet: Uint8Array): CipherRecord {
  const record = decodeCipherRecord(packet, 0);
  if (!record.ok) throw new Error(record.fault);
  return record.value;
}
