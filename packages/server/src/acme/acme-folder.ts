import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { certificateNames, type ServerCertificate } from "../certificate/server-certificate.ts";
import type { DataFolder } from "../data-folder.ts";

/** What the data folder keeps of one certificate authority: the account's key, and the last certificate. */
export class AcmeFolder {
  readonly #folder: DataFolder;
  readonly #authority: string;

  constructor(folder: DataFolder, directory: string) {
    this.#folder = folder;
    // A certificate of a test authority must not be taken for one that browsers trust.
    this.#authority = new URL(directory).host.replaceAll(/[^a-z0-9.-]/g, "-");
  }

  /** The key of our account, made at the first time. */
  async accountKey(): Promise<string> {
    const name = `acme-account-${this.#authority}.pem`;
    const kept = (await this.#folder.read(name))?.toString("utf8");
    if (kept !== undefined && isPrivateKey(kept)) return kept;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const made = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    if (kept === undefined) {
      return (await this.#folder.create(name, Buffer.from(made))).toString("utf8");
    }
    await this.#folder.replace(name, made);
    return made;
  }

  /** The certificate that was kept for a name, also where it has expired. */
  async certificate(domain: string): Promise<AcmeCertificate | undefined> {
    const pem = (await this.#folder.read(this.#certificateName(domain)))?.toString("utf8");
    return pem === undefined ? undefined : readCertificate(pem, domain);
  }

  /** Keeps a certificate, after a look whether it is what was ordered. */
  async keep(pem: string, domain: string): Promise<AcmeCertificate> {
    const certificate = readCertificate(pem, domain);
    if (certificate === undefined) {
      throw new TypeError(
        `the certificate authority sent something that is no certificate for ${domain}`,
      );
    }
    await this.#folder.replace(this.#certificateName(domain), pem);
    return certificate;
  }

  #certificateName(domain: string): string {
    return `acme-certificate-${this.#authority}-${domain}.pem`;
  }
}

/** A certificate with the time from which it is good: its renewal is a matter of its whole life. */
export interface AcmeCertificate extends ServerCertificate {
  readonly begins: Date;
}

function readCertificate(pem: string, domain: string): AcmeCertificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const isOurs =
      certificate.checkPrivateKey(createPrivateKey(pem)) && certificate.checkHost(domain);
    if (!isOurs) return undefined;
    return {
      cert: pem,
      key: pem,
      selfSigned: false,
      names: certificateNames(certificate),
      begins: certificate.validFromDate,
      expires: certificate.validToDate,
    };
  } catch {
    // A damaged file is as good as none: another certificate is ordered.
    return undefined;
  }
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}
