import { toUtf8 } from "../wire/index.ts";
import { keyIdentifiers } from "./certificate.ts";
import {
  der,
  derBitString,
  derInteger,
  derObjectIdentifier,
  derTag,
  derUtf8String,
} from "./der.ts";
import { derTime } from "./der-time.ts";
import type { DtlsCrypto, LocalCertificate, SigningKey } from "./dtls-crypto.ts";
import { DtlsError } from "./dtls-error.ts";

/** Validity in milliseconds since 1970, and the one name that the certificate is given. */
export interface SelfSignedOptions {
  readonly notBefore: number;
  readonly notAfter: number;
  /** Default "WebRTC". Whoever sees the certificate sees this: no place for a person's name. */
  readonly commonName?: string;
}

/** Long enough never to come twice (RFC 5280 §4.1.2.2 allows 20). */
const serialLength = 16;

/** A certificate that vouches for itself: its fingerprint is what peers check (RFC 8827 §6.5). */
export function selfSigned(
  crypto: Pick<DtlsCrypto, "random">,
  key: SigningKey,
  options: SelfSignedOptions,
): LocalCertificate {
  const { notBefore, notAfter, commonName = "WebRTC" } = options;
  if (!(notBefore < notAfter)) {
    throw new DtlsError("invalid-argument", "a certificate must end after it starts");
  }
  const name = nameOf(commonName);
  const algorithm = signatureAlgorithms[key.type];
  const serial = Uint8Array.from(crypto.random(serialLength));
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  const toBeSigned = der(
    derTag.sequence,
    version,
    derInteger(serial),
    algorithm,
    name,
    der(derTag.sequence, derTime(notBefore), derTime(notAfter)),
    name,
    key.publicKey,
    extensions,
  );
  const signature = key.sign(key.type === "rsa" ? "rsa-pkcs1-sha256" : "ecdsa-sha256", toBeSigned);
  const certificate = der(derTag.sequence, toBeSigned, algorithm, derBitString(signature));
  return { chain: [certificate], key };
}

/** What is the same in every certificate is encoded once: the first connection of a process waits for it else. */
const signatureAlgorithms: Readonly<Record<SigningKey["type"], Uint8Array>> = {
  rsa: der(
    derTag.sequence,
    derObjectIdentifier(keyIdentifiers.sha256WithRsaEncryption),
    der(derTag.null),
  ),
  ecdsa: der(derTag.sequence, derObjectIdentifier(keyIdentifiers.ecdsaWithSha256)),
};

/** v3, as the certificate has extensions (RFC 5280 §4.1.2.1). */
const version = der(derTag.context0, derInteger(Uint8Array.of(2)));

/** id-at-commonName (RFC 5280 appendix A.1) */
const commonNameIdentifier = derObjectIdentifier("2.5.4.3");

function nameOf(commonName: string): Uint8Array {
  if (commonName.length === 0 || toUtf8(commonName).length > 64) {
    throw new DtlsError("invalid-argument", "a common name has 1 to 64 bytes");
  }
  const attribute = der(derTag.sequence, commonNameIdentifier, derUtf8String(commonName));
  return der(derTag.sequence, der(derTag.set, attribute));
}

/** No authority, and a key for signatures only (RFC 5280 §4.2.1.9, §4.2.1.3); both critical. */
const extensions: Uint8Array = der(
  derTag.context3,
  der(
    derTag.sequence,
    criticalExtension("2.5.29.19", der(derTag.sequence)),
    criticalExtension("2.5.29.15", derBitString(Uint8Array.of(0x80), 7)),
  ),
);

function criticalExtension(identifier: string, value: Uint8Array): Uint8Array {
  const critical = der(derTag.boolean, Uint8Array.of(0xff));
  return der(
    derTag.sequence,
    derObjectIdentifier(identifier),
    critical,
    der(derTag.octetString, value),
  );
}
