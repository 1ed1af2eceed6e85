import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataFolder } from "../data-folder.ts";
import { givenCertificate } from "./given-certificate.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

let folder: string;
let pem: string;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tincan-given-"));
  const names = { dns: ["call.example.org"], ips: [] };
  await selfSignedCertificate(await DataFolder.open(folder), names);
  pem = file("self-signed.pem");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await writeFile(file("other.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  const lock = { cipher: "aes-256-cbc", passphrase: "x" };
  await writeFile(file("locked.pem"), privateKey.export({ type: "pkcs8", format: "pem", ...lock }));
  await writeFile(file("nonsense.pem"), "nonsense");
});
afterAll(() => rm(folder, { recursive: true }));

test("a matching pair is taken, with its names", async () => {
  const { names, selfSigned } = await givenCertificate(pem, pem);
  expect(names.dns).toEqual(["call.example.org"]);
  expect(selfSigned).toBe(true);
});

test.each([
  ["none.pem", "self-signed.pem", "unreadable-file", "--cert: cannot read"],
  ["self-signed.pem", "none.pem", "unreadable-file", "--key: cannot read"],
  ["nonsense.pem", "self-signed.pem", "bad-certificate", "holds no certificate in PEM"],
  ["self-signed.pem", "nonsense.pem", "bad-certificate", "holds no private key in PEM"],
  ["self-signed.pem", "locked.pem", "bad-certificate", "is locked with a passphrase"],
  ["self-signed.pem", "other.pem", "bad-certificate", "is not the key of the certificate"],
])("%s with %s: %s", async (cert, key, code, message) => {
  const attempt = givenCertificate(file(cert), file(key));
  await expect(attempt).rejects.toMatchObject({ code });
  await expect(attempt).rejects.toThrow(message);
});
