import { type LocalCertificate, selfSigned } from "../../packages/webrtc/src/dtls/index.ts";
import {
  nodeDtlsCrypto as crypto,
  generateEcdsaKey,
} from "../../packages/webrtc/src/node/index.ts";

/** A certificate and its key, as OpenSSL reads them. */
export interface PemCertificate {
  readonly cert: string;
  readonly key: string;
  /** The same for our own DTLS. */
  readonly local: LocalCertificate;
}

/** A self-signed certificate that is good for a day. */
export function pemCertificate(): PemCertificate {
  const key = generateEcdsaKey();
  const day = 86_400_000;
  const local = selfSigned(crypto, key, {
    notBefore: Date.now() - day,
    notAfter: Date.now() + day,
  });
  return {
    cert: pem("CERTIFICATE", local.chain[0] as Uint8Array),
    key: pem("PRIVATE KEY", key.exportPkcs8()),
    local,
  };
}

function pem(title: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes)
    .toString("base64")
    .replace(/.{64}(?!$)/g, "$&\n");
  return `-----BEGIN ${title}-----\n${text}\n-----END ${title}-----\n`;
}
