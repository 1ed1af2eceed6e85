import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ServerError, systemCode } from "../server-error.ts";
import { certificateNames, type ServerCertificate } from "./server-certificate.ts";

/** How messages name the two files. */
export interface CertificateOptionNames {
  readonly cert: string;
  readonly key: string;
}

/** The certificate of `--cert` and `--key`, checked before anything listens with it. */
export async function givenCertificate(
  certFile: string,
  keyFile: string,
  names: CertificateOptionNames = { cert: "--cert", key: "--key" },
): Promise<ServerCertificate> {
  const cert = await readPem(names.cert, certFile);
  const key = await readPem(names.key, keyFile);
  const certificate = parseCertificate(cert, certFile, names);
  if (!certificate.checkPrivateKey(parseKey(key, keyFile, names))) {
    throw new ServerError(
      "bad-certificate",
      `${names.key}: ${keyFile} is not the key of the certificate in ${certFile}; give the two files that belong together`,
    );
  }
  return {
    cert,
    key,
    selfSigned: certificate.verify(certificate.publicKey),
    names: certificateNames(certificate),
    expires: certificate.validToDate,
  };
}

async function readPem(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const why = systemCode(cause) === "ENOENT" ? "there is no such file" : systemCode(cause);
    throw new ServerError(
      "unreadable-file",
      `${option}: cannot read ${file} (${why}); give a PEM file that this user may read`,
      { cause },
    );
  }
}

function parseCertificate(
  pem: string,
  file: string,
  names: CertificateOptionNames,
): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ServerError(
      "bad-certificate",
      `${names.cert}: ${file} holds no certificate in PEM; it should begin with -----BEGIN CERTIFICATE-----`,
      { cause },
    );
  }
}

function parseKey(pem: string, file: string, names: CertificateOptionNames): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const cure = pem.includes("ENCRYPTED")
      ? "is locked with a passphrase; give an unlocked copy (openssl pkey -in FILE -out COPY)"
      : "holds no private key in PEM; it should begin with -----BEGIN PRIVATE KEY-----";
    throw new ServerError("bad-certificate", `${names.key}: ${file} ${cure}`, { cause });
  }
}
