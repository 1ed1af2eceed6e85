import { X509Certificate } from "node:crypto";
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataFolder } from "../data-folder.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

const NAMES = { dns: ["localhost", "box"], ips: ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::5"] };
const NOW = new Date("2026-11-23T12:00:00Z");
const DAY_MS = 86_400_000;
const later = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

let path: string;
let folder: DataFolder;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "tincan-certificate-"));
  folder = await DataFolder.open(join(path, "data"));
});
afterEach(() => rm(path, { recursive: true }));

test("is ECDSA P-256, names every address, and is kept for its user only", async () => {
  const made = await selfSignedCertificate(folder, NAMES, NOW);
  const certificate = new X509Certificate(made.cert);
  expect(made).toMatchObject({ names: NAMES, selfSigned: true });
  expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  expect(certificate.ca).toBe(false);
  expect(certificate.checkHost("box")).toBe("box");
  expect(certificate.checkIP("2001:db8::5")).toBe("2001:db8::5");
  expect(made.expires.getTime()).toBe(later(365).getTime());
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(folder.path)) {
    expect((await stat(join(folder.path, name))).mode & 0o777).toBe(0o600);
  }
});

test("is the same one again while it is good", async () => {
  const made = await selfSignedCertificate(folder, NAMES, NOW);
  expect((await selfSignedCertificate(folder, NAMES, later(334))).cert).toBe(made.cert);
  const fewer = { dns: ["localhost"], ips: ["::1"] };
  expect((await selfSignedCertificate(folder, fewer, NOW)).cert).toBe(made.cert);
});

test("is renewed a month before its end", async () => {
  const made = await selfSignedCertificate(folder, NAMES, NOW);
  const next = await selfSignedCertificate(folder, NAMES, later(336));
  expect(next.cert).not.toBe(made.cert);
  expect(next.expires.getTime()).toBe(later(336 + 365).getTime());
});

test("is renewed when the machine has another address", async () => {
  const made = await selfSignedCertificate(folder, NAMES, NOW);
  const moved = { ...NAMES, ips: [...NAMES.ips, "198.51.100.9"] };
  const next = await selfSignedCertificate(folder, moved, NOW);
  expect(next.cert).not.toBe(made.cert);
  expect(next.names.ips).toContain("198.51.100.9");
});

test("is made anew where the kept one is damaged, and a file open to others is closed", async () => {
  await selfSignedCertificate(folder, NAMES, NOW);
  const file = join(folder.path, "self-signed.pem");
  await writeFile(file, "-----BEGIN CERTIFICATE-----\nnonsense\n");
  const next = await selfSignedCertificate(folder, NAMES, NOW);
  expect(next.names).toEqual(NAMES);
  await chmod(file, 0o644);
  expect((await selfSignedCertificate(folder, NAMES, NOW)).cert).toBe(next.cert);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
