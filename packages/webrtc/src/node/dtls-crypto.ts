import { createECDH, diffieHellman, generateKeyPairSync, verify } from "node:crypto";
import type { DtlsCrypto, KeyAgreement, NamedGroup } from "../dtls/index.ts";
import { nodeCrypto } from "./crypto.ts";
import { NodeAead, NodeAesCbc, recordNumberMask } from "./dtls-ciphers.ts";
import { importSpki, signatureOptions } from "./dtls-keys.ts";
import { loadOpenSsl } from "./openssl.ts";
import { OpenSslAead, openSslRecordNumberMask } from "./openssl-ciphers.ts";
import { openSslDigests } from "./openssl-digests.ts";

/** Loaded with this module: the first connection would wait for it else. */
const openSsl = loadOpenSsl();

/**
 * The cryptography of DTLS on node:crypto. Keys are KeyObjects: raw ones cost three times as much.
 * Ciphers that work record by record, and hashes, go to OpenSSL directly where that can be.
 */
export const nodeDtlsCrypto: DtlsCrypto = {
  ...nodeCrypto,
  ...(openSsl && openSslDigests(openSsl)),
  aead: (algorithm, key) =>
    openSsl === undefined ? new NodeAead(algorithm, key) : new OpenSslAead(openSsl, algorithm, key),
  aesCbc: (key) => new NodeAesCbc(key),
  recordNumberMask: (algorithm, key) =>
    openSsl === undefined
      ? recordNumberMask(algorithm, key)
      : openSslRecordNumberMask(openSsl, algorithm, key),
  keyAgreement,
  verify: (scheme, publicKey, data, signature) => {
    const key = importSpki(publicKey);
    if (key === undefined) return false;
    try {
      const { hash, options } = signatureOptions(scheme);
      return verify(hash, data, { key, ...options }, signature);
    } catch {
      // OpenSSL reports some malformed signatures as errors instead of as false ones.
      return false;
    }
  },
};

function keyAgreement(group: NamedGroup): KeyAgreement {
  return group === "x25519" ? x25519() : ellipticCurve(group);
}

function x25519(): KeyAgreement {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  return {
    // In half of the time that a SubjectPublicKeyInfo takes (RFC 8037 §2); a copy, as a Buffer's pool would be kept with it.
    publicKey: Uint8Array.from(
      Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url"),
    ),
    agree: (peer) => {
      if (peer.length !== 32) return undefined;
      const key = importSpki(Buffer.concat([x25519Prefix, peer]));
      try {
        return key && diffieHellman({ privateKey, publicKey: key });
      } catch {
        // A point of small order: the shared secret would be all zero (RFC 7748 §6.1).
        return undefined;
      }
    },
  };
}

/** SubjectPublicKeyInfo of X25519 up to the key (RFC 8410 §4). */
const x25519Prefix = Buffer.from("302a300506032b656e032100", "hex");

function ellipticCurve(group: "secp256r1" | "secp384r1"): KeyAgreement {
  const ecdh = createECDH(group === "secp256r1" ? "prime256v1" : "secp384r1");
  return {
    publicKey: ecdh.generateKeys(),
    agree: (peer) => {
      // Uncompressed points only (RFC 8422 §5.1.2).
      if (peer[0] !== 4) return undefined;
      try {
        return ecdh.computeSecret(peer);
      } catch {
        return undefined;
      }
    },
  };
}
