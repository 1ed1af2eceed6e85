import type { ChallengeAnswers } from "../acme/challenge-answers.ts";
import { type KeptCertificate, keepCertificate } from "../acme/keep-certificate.ts";
import type { ChallengeType } from "../acme/order-certificate.ts";
import type { DataFolder } from "../data-folder.ts";
import type { Logger } from "../log.ts";
import type { ServeOptions } from "../options/serve-options.ts";
import { ServerError } from "../server-error.ts";
import { givenCertificate } from "./given-certificate.ts";
import { machineNames } from "./machine-names.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";
import type { ServerCertificate } from "./server-certificate.ts";

type CertificateOptions = Pick<
  ServeOptions,
  "cert" | "key" | "domain" | "acmeDirectory" | "acmeEmail"
>;

/** What certificates of a server come from. */
export interface CertificatePlaces {
  readonly folder: DataFolder;
  readonly answers: ChallengeAnswers;
  readonly log: Logger;
}

/** The certificate of a server: a given one, one from a certificate authority, or a self-signed one. */
export class Certificates {
  readonly #places: CertificatePlaces;
  #current: ServerCertificate;
  #kept: KeptCertificate | undefined;
  #renewed: (certificate: ServerCertificate) => void = () => {};
  #check: NodeJS.Timeout | undefined;
  readonly #isOwn: boolean;

  static async open(options: CertificateOptions, places: CertificatePlaces): Promise<Certificates> {
    const { cert, key, domain, acmeDirectory, acmeEmail } = options;
    if (cert !== undefined || key !== undefined) {
      return new Certificates(await givenPair(options), places, false);
    }
    const names = machineNames();
    if (domain === undefined) {
      return new Certificates(await selfSignedCertificate(places.folder, names), places, true);
    }
    const kept = await keepCertificate({
      ...places,
      domain,
      directory: acmeDirectory,
      email: acmeEmail,
      renewed: (certificate) => certificates.#renew(certificate),
    });
    // What browsers warn about is still better than nothing, and the name in it is the right one.
    const named = { ...names, dns: [domain, ...names.dns] };
    const current = kept.current ?? (await selfSignedCertificate(places.folder, named));
    const certificates = new Certificates(current, places, false);
    certificates.#kept = kept;
    return certificates;
  }

  /** `isOwn` where the data folder holds it, and it is made again in time. */
  private constructor(current: ServerCertificate, places: CertificatePlaces, isOwn: boolean) {
    this.#current = current;
    this.#isOwn = isOwn;
    this.#places = places;
    if (current.expires.getTime() < Date.now()) {
      places.log.warn(
        { expires: current.expires },
        "the certificate has expired: browsers refuse it",
      );
    }
  }

  get current(): ServerCertificate {
    return this.#current;
  }

  /** Begins to renew, with the challenges that the listeners can answer; `renewed` is told each time. */
  start(
    challenges: readonly ChallengeType[],
    renewed: (certificate: ServerCertificate) => void,
  ): void {
    this.#renewed = renewed;
    this.#kept?.start(challenges);
    if (this.#isOwn) this.#keepSelfSigned();
  }

  close(): void {
    this.#kept?.close();
    clearInterval(this.#check);
  }

  #renew(certificate: ServerCertificate): void {
    this.#current = certificate;
    this.#renewed(certificate);
  }

  /** Renews a self-signed certificate in time, also when nobody restarts the server for a year. */
  #keepSelfSigned(): void {
    const { folder, log } = this.#places;
    const check = async (): Promise<void> => {
      const next = await selfSignedCertificate(folder, this.#current.names);
      if (next.cert === this.#current.cert) return;
      this.#renew(next);
      log.info({ expires: next.expires }, "the self-signed certificate was renewed");
    };
    this.#check = setInterval(() => {
      check().catch((error) => log.error({ err: error }, "the certificate could not be renewed"));
    }, RENEWAL_CHECK_MS).unref();
  }
}

const RENEWAL_CHECK_MS = 86_400_000;

async function givenPair({ cert, key, domain }: CertificateOptions): Promise<ServerCertificate> {
  if (cert === undefined || key === undefined) {
    const [there, missing] = cert === undefined ? ["--key", "--cert"] : ["--cert", "--key"];
    throw new ServerError("missing-value", `${there} needs ${missing} too; give both or neither`);
  }
  if (domain !== undefined) {
    throw new ServerError(
      "bad-value",
      "--domain fetches a certificate, and --cert gives one; leave one of them out",
    );
  }
  return givenCertificate(cert, key);
}
