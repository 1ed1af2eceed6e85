import { createHash, createHmac } from "node:crypto";
import {
  base64,
  type CapturedHandshake,
  fromBase64,
} from "../../packages/webrtc/src/dtls/fixtures/captured-handshake.ts";

const LABEL = "EXTRACTOR-dtls_srtp";
const LENGTH = 60;

/**
 * What a peer exports, by the secrets that it has written to SSLKEYLOGFILE (RFC 9850). For suites with
 * SHA-256, and computed apart from our own code.
 */
export function exportedByKeyLog(log: string, handshake: CapturedHandshake): string {
  const [ours, theirs] = [fromBase64(handshake.draws.randoms[0] ?? ""), peerRandom(handshake)];
  const [client, server] = handshake.role === "client" ? [ours, theirs] : [theirs, ours];
  const name = handshake.versions[0] === "1.3" ? "EXPORTER_SECRET" : "CLIENT_RANDOM";
  const line = new RegExp(`^${name} ${Buffer.from(client).toString("hex")} (\\w+)`, "m").exec(log);
  if (line === null) throw new Error(`the peer has logged no ${name} of this handshake`);
  const secret = Buffer.from(line[1] as string, "hex");
  return base64(
    name === "EXPORTER_SECRET"
      ? expandLabel(expandLabel(secret, LABEL, 32), "exporter", LENGTH)
      : prf(secret, Buffer.concat([Buffer.from(LABEL), client, server])),
  );
}

/** Of a first flight without HelloVerifyRequest: behind the headers of record and message, and a version. */
function peerRandom({ datagrams }: CapturedHandshake): Uint8Array {
  const first = datagrams.find((one) => one.startsWith("<")) ?? "";
  return fromBase64(first.slice(2)).subarray(27, 27 + 32);
}

/** HKDF-Expand-Label with the hash of nothing as its context (RFC 8446 §7.1, §7.5, RFC 9147 §5.9). */
function expandLabel(secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`dtls13${label}`);
  const nothing = createHash("sha256").digest();
  const head = [Uint8Array.of(0, length, name.length), name, Uint8Array.of(nothing.length)];
  const info = Buffer.concat([...head, nothing]);
  const first = hmac(secret, info, Uint8Array.of(1));
  return Buffer.concat([first, hmac(secret, first, info, Uint8Array.of(2))]).subarray(0, length);
}

/** P_SHA256 (RFC 5246 §5), as far as it is asked here. */
function prf(secret: Uint8Array, seed: Uint8Array): Buffer {
  const one = hmac(secret, seed);
  const two = hmac(secret, one);
  const bytes = Buffer.concat([hmac(secret, one, seed), hmac(secret, two, seed)]);
  return bytes.subarray(0, LENGTH);
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  return createHmac("sha256", key).update(Buffer.concat(parts)).digest();
}
