import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";

/** A certificate that an authority has signed, as files. */
export interface SignedCertificate {
  readonly cert: string;
  readonly key: string;
  /** The authority's own, for who is to believe it. */
  readonly authority: string;
}

/** Signs a certificate for names and addresses by an authority made for it, and writes it into a folder. */
export async function signCertificate(
  folder: string,
  names: readonly string[],
): Promise<SignedCertificate> {
  const authority = await generate([{ name: "commonName", value: "Tincan test authority" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  const signed = await generate([{ name: "commonName", value: names[0] ?? "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      {
        name: "subjectAltName",
        altNames: names.map((name) =>
          /^[\d.]+$|:/.test(name) ? { type: 7, ip: name } : { type: 2, value: name },
        ),
      },
    ],
  });
  const [cert, key] = [join(folder, "signed.pem"), join(folder, "signed-key.pem")];
  const authorityFile = join(folder, "signing-authority.pem");
  await writeFile(authorityFile, authority.cert);
  await writeFile(cert, signed.cert);
  await writeFile(key, signed.private, { mode: 0o600 });
  return { cert, key, authority: authorityFile };
}
