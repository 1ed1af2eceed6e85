import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  X509Certificate,
} from "node:crypto";
import { promisify } from "node:util";
import {
  DtlsError,
  type LocalCertificate,
  type SignatureScheme,
  type SigningKey,
} from "../dtls/index.ts";
import { concat } from "../wire/index.ts";

/** A signing key that can also be kept: PKCS #8 in DER. */
export interface NodeSigningKey extends SigningKey {
  exportPkcs8(): Uint8Array;
}

/** A fresh ECDSA key on P-256, which takes a fraction of a millisecond. */
export function generateEcdsaKey(): NodeSigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // Its SubjectPublicKeyInfo in a third of the time that Node takes to write it.
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = [x, y].map((coordinate) => Buffer.from(coordinate, "base64url"));
  return signingKey(privateKey, concat(p256Prefix, ...point));
}

/** SubjectPublicKeyInfo of a point on P-256 that is not compressed, up to its coordinates (RFC 5480 §2). */
const p256Prefix = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d03010703420004", "hex");

/** A fresh RSA key, off the main thread: it may take a second. */
export async function generateRsaKey(modulusLength = 2048): Promise<NodeSigningKey> {
  if (modulusLength < 2048 || modulusLength > 8192) {
    throw new DtlsError("invalid-argument", "an RSA key has 2048 to 8192 bits");
  }
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength });
  return signingKey(privateKey);
}

/** A key that was kept before, from PKCS #8 in DER. */
export function importPkcs8(bytes: Uint8Array): NodeSigningKey {
  try {
    return signingKey(createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" }));
  } catch (cause) {
    if (cause instanceof DtlsError) throw cause;
    throw new DtlsError("invalid-argument", "this is no private key in PKCS #8", { cause });
  }
}

/** What `node:tls` is given too: a chain and a key in PEM, the key encrypted where there is a passphrase. */
export function importPem(
  certificate: string | Uint8Array,
  privateKey: string | Uint8Array,
  passphrase?: string,
): LocalCertificate {
  const text = typeof certificate === "string" ? certificate : Buffer.from(certificate).toString();
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const chain = blocks.map((block) => new X509Certificate(block).raw);
    if (chain.length === 0) throw new DtlsError("invalid-certificate", "there is none in this PEM");
    const key = createPrivateKey({
      key: typeof privateKey === "string" ? privateKey : Buffer.from(privateKey),
      ...(passphrase !== undefined && { passphrase }),
    });
    return { chain, key: signingKey(key) };
  } catch (cause) {
    if (cause instanceof DtlsError) throw cause;
    throw new DtlsError("invalid-certificate", "this is no certificate and key in PEM", { cause });
  }
}

/** A peer's public key; `undefined` where the bytes are none. */
export function importSpki(bytes: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

/** Hash and padding of a signature scheme (RFC 8446 §4.2.3: a PSS salt is as long as the hash). */
export function signatureOptions(scheme: SignatureScheme): {
  readonly hash: string;
  readonly options: Pick<SignKeyObjectInput, "padding" | "saltLength">;
} {
  const hash = scheme.slice(-6);
  return scheme.startsWith("rsa-pss")
    ? {
        hash,
        options: {
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        },
      }
    : { hash, options: {} };
}

function signingKey(
  privateKey: KeyObject,
  publicKey: Uint8Array = infoOf(privateKey),
): NodeSigningKey {
  const type = privateKey.asymmetricKeyType;
  if (type !== "ec" && type !== "rsa") {
    throw new DtlsError("invalid-argument", "DTLS certificates are made with ECDSA or RSA keys");
  }
  return {
    type: type === "ec" ? "ecdsa" : "rsa",
    publicKey,
    sign: (scheme, data) => {
      const { hash, options } = signatureOptions(scheme);
      return sign(hash, data, { key: privateKey, ...options });
    },
    exportPkcs8: () => privateKey.export({ type: "pkcs8", format: "der" }),
  };
}

function infoOf(privateKey: KeyObject): Uint8Array {
  return createPublicKey(privateKey).export({ type: "spki", format: "der" });
}
