import type { DataFolder } from "../data-folder.ts";
import type { Logger } from "../log.ts";
import { type AcmeCertificate, AcmeFolder } from "./acme-folder.ts";
import { CertificateKeeper, type Resolution } from "./certificate-keeper.ts";
import type { ChallengeAnswers } from "./challenge-answers.ts";
import { type ChallengeType, orderCertificate } from "./order-certificate.ts";
import { resolveDomain } from "./resolve-domain.ts";

/** What a server's certificate is kept with. */
export interface CertificateService {
  readonly domain: string;
  readonly directory: string;
  readonly email: string | undefined;
  readonly folder: DataFolder;
  /** Shown by the listeners to the certificate authority. */
  readonly answers: ChallengeAnswers;
  readonly log: Logger;
  readonly renewed: (certificate: AcmeCertificate) => void;
  /** Where the name leads; the DNS unless told. */
  readonly resolve?: () => Promise<Resolution>;
}

/** The certificate of a name: what there is of it now, and who sees to the next one. */
export interface KeptCertificate {
  /** `undefined` where there is none yet that is still good. */
  readonly current: AcmeCertificate | undefined;
  /** Begins once the listeners stand, with the challenges that they can answer. */
  start(challenges: readonly ChallengeType[]): void;
  close(): void;
}

/** Takes the certificate out of the data folder, and keeps it fresh by the certificate authority. */
export async function keepCertificate(service: CertificateService): Promise<KeptCertificate> {
  const { domain, directory, email, answers, log, renewed } = service;
  const folder = new AcmeFolder(service.folder, directory);
  const kept = await folder.certificate(domain);
  let challenges: readonly ChallengeType[] = [];
  const order = async (): Promise<AcmeCertificate> => {
    const accountKey = await folder.accountKey();
    const request = { domain, directory, email, accountKey, challenges, answers };
    return folder.keep(await orderCertificate(request), domain);
  };
  const resolve = service.resolve ?? (() => resolveDomain(domain));
  const keeper = new CertificateKeeper({ domain, order, resolve, renewed, log }, kept);
  return {
    current: kept !== undefined && kept.expires.getTime() > Date.now() ? kept : undefined,
    start: (offered) => {
      challenges = offered;
      keeper.start();
    },
    close: () => keeper.close(),
  };
}
