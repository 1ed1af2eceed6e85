import type { DtlsConnection } from "./dtls-connection.ts";

/** SRTP protection profiles by their registered names. */
export type SrtpProfile =
  | "SRTP_AEAD_AES_128_GCM"
  | "SRTP_AEAD_AES_256_GCM"
  | "SRTP_AES128_CM_HMAC_SHA1_80"
  | "SRTP_AES128_CM_HMAC_SHA1_32";

interface ProfileShape {
  readonly code: number;
  readonly keyLength: number;
  readonly saltLength: number;
}

const shapes: Readonly<Record<SrtpProfile, ProfileShape>> = {
  // RFC 7714 §14.2
  SRTP_AEAD_AES_128_GCM: { code: 7, keyLength: 16, saltLength: 12 },
  SRTP_AEAD_AES_256_GCM: { code: 8, keyLength: 32, saltLength: 12 },
  // RFC 5764 §4.1.2
  SRTP_AES128_CM_HMAC_SHA1_80: { code: 1, keyLength: 16, saltLength: 14 },
  SRTP_AES128_CM_HMAC_SHA1_32: { code: 2, keyLength: 16, saltLength: 14 },
};

/** All profiles in the order that we like them. */
export const srtpProfiles: readonly SrtpProfile[] = Object.keys(shapes) as SrtpProfile[];

/** The number of a profile on the wire. */
export function srtpProfileCode(profile: SrtpProfile): number {
  return shapes[profile].code;
}

/** Master key and master salt of one direction. */
export interface SrtpMasterKey {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/** The SRTP keys of a connection: what we protect with, and what the peer does (RFC 5764 §4.2). */
export function srtpMasterKeys(
  connection: Pick<DtlsConnection, "role" | "exportKeyingMaterial">,
  profile: SrtpProfile,
): { readonly local: SrtpMasterKey; readonly remote: SrtpMasterKey } {
  const { keyLength, saltLength } = shapes[profile];
  const length = 2 * (keyLength + saltLength);
  const material = connection.exportKeyingMaterial("EXTRACTOR-dtls_srtp", length);
  const salts = 2 * keyLength;
  const client = {
    key: material.slice(0, keyLength),
    salt: material.slice(salts, salts + saltLength),
  };
  const server = {
    key: material.slice(keyLength, salts),
    salt: material.slice(salts + saltLength),
  };
  return connection.role === "client"
    ? { local: client, remote: server }
    : { local: server, remote: client };
}
