import { createPrivateKey, X509Certificate } from "node:crypto";
import type { DataFolder } from "../data-folder.ts";
import {
  type CertificateNames,
  certificateNames,
  type ServerCertificate,
} from "./server-certificate.ts";

/**
 * The self-signed certificate of the data folder: the one kept there while it is good for all of
 * `names` and not near its end, else a new one.
 */
export async function selfSignedCertificate(
  folder: DataFolder,
  names: CertificateNames,
  now: Date = new Date(),
): Promise<ServerCertificate> {
  const kept = readKept((await folder.read(FILE))?.toString("utf8"));
  if (kept !== undefined && isGood(kept, names, now)) return kept;
  const made = await makePem(names, now);
  // Key and certificate share a file, so that no crash can part them.
  await folder.replace(FILE, made);
  return readKept(made) as ServerCertificate;
}

const FILE = "self-signed.pem";

const DAY_MS = 86_400_000;

/** Apple's platforms refuse certificates of more than 398 days. */
const LIFETIME_MS = 365 * DAY_MS;

const RENEWAL_MS = 30 * DAY_MS;

/** Clocks of phones may lag behind the server's. */
const CLOCK_SKEW_MS = DAY_MS;

function readKept(pem: string | undefined): ServerCertificate | undefined {
  if (pem === undefined) return undefined;
  try {
    const certificate = new X509Certificate(pem);
    if (!certificate.checkPrivateKey(createPrivateKey(pem))) return undefined;
    return {
      cert: pem,
      key: pem,
      selfSigned: true,
      names: certificateNames(certificate),
      expires: certificate.validToDate,
    };
  } catch {
    // A damaged file is as good as none: another one is made.
    return undefined;
  }
}

function isGood(kept: ServerCertificate, names: CertificateNames, now: Date): boolean {
  return (
    kept.expires.getTime() - now.getTime() > RENEWAL_MS &&
    names.dns.every((name) => kept.names.dns.includes(name)) &&
    names.ips.every((ip) => kept.names.ips.includes(ip))
  );
}

async function makePem(names: CertificateNames, now: Date): Promise<string> {
  // Loaded where it is needed: most starts find a certificate.
  const { generate } = await import("selfsigned");
  const pems = await generate([{ name: "commonName", value: "Tincan (self-signed)" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfterDate: new Date(now.getTime() + LIFETIME_MS),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...names.dns.map((value) => ({ type: 2 as const, value })),
          ...names.ips.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return `${pems.private.trim()}\n${pems.cert.trim()}\n`;
}
