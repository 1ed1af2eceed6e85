import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto } from "../node/index.ts";
import { GcmProtection } from "./aead-protection.ts";
import { contentType, type DtlsRecord, decodeRecord, maxSequence } from "./record.ts";
import { RecordLayer } from "./record-layer.ts";

function protectedLayer(): RecordLayer {
  const layer = new RecordLayer();
  const protection = (): GcmProtection =>
    new GcmProtection(crypto.aead("aes-128-gcm", new Uint8Array(16)), new Uint8Array(4));
  layer.protect(protection(), protection());
  return layer;
}

function sealed(layer: RecordLayer, plaintext: Uint8Array): DtlsRecord {
  const packet = new Uint8Array(layer.overhead(1) + plaintext.length);
  layer.seal(1, contentType.applicationData, plaintext, packet, 0);
  const record = decodeRecord(packet, 0);
  if (!record.ok) throw new Error(record.fault);
  return record.value;
}

describe("RecordLayer", () => {
  it("opens a record in the packet it came in, and only once", () => {
    const record = sealed(protectedLayer(), Uint8Array.of(1, 2, 3));
    const layer = protectedLayer();
    const copy = { ...record, fragment: record.fragment.slice() };
    const plaintext = layer.open(record) as Uint8Array;
    expect(plaintext).toEqual(Uint8Array.of(1, 2, 3));
    expect(plaintext.buffer).toBe(record.fragment.buffer);
    expect(layer.open(copy)).toBe("replayed");
  });

  it("does not let a forged number move the window", () => {
    const record = sealed(protectedLayer(), Uint8Array.of(1));
    const layer = protectedLayer();
    const forged = { ...record, sequence: maxSequence, fragment: record.fragment.slice() };
    expect(layer.open(forged)).toBe("forged");
    expect(layer.open(record)).toEqual(Uint8Array.of(1));
  });

  it("seals nothing more when the numbers of the epoch are used up", () => {
    const layer = protectedLayer();
    layer.skipTo(1, maxSequence);
    const packet = new Uint8Array(100);
    expect(layer.seal(1, contentType.applicationData, new Uint8Array(1), packet, 0)).toBe(38);
    expect([...packet.subarray(3, 11)]).toEqual([0, 1, 255, 255, 255, 255, 255, 255]);
    expect(layer.seal(1, contentType.applicationData, new Uint8Array(1), packet, 0)).toBe(0);
  });

  it("takes only 1.2 once there are keys", () => {
    const record = sealed(protectedLayer(), Uint8Array.of(1));
    expect(protectedLayer().open({ ...record, version: 0xfeff })).toBe("bad-version");
  });
});

describe("decodeRecord", () => {
  it.each([
    ["truncated-record", [23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["truncated-record", [23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ["unknown-content-type", [25, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["bad-version", [23, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["record-too-long", [23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0x48, 1]],
  ])("%s", (fault, bytes) => {
    expect(decodeRecord(Uint8Array.from(bytes), 0)).toEqual({ ok: false, fault });
  });
});
