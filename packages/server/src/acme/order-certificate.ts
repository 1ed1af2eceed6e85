import type { Authorization, Client, Order } from "acme-client";
import { AcmeProblem, acmeProblem } from "./acme-problem.ts";
import type { ChallengeAnswers } from "./challenge-answers.ts";

/** What a certificate is ordered with. */
export interface CertificateRequest {
  readonly domain: string;
  /** Where the certificate authority's directory is (RFC 8555 §7.1.1). */
  readonly directory: string;
  readonly email: string | undefined;
  /** The account's private key in PEM; the account is made where the authority does not know it. */
  readonly accountKey: string;
  /** The ways to prove that the name is ours, the best one first. */
  readonly challenges: readonly ChallengeType[];
  readonly answers: ChallengeAnswers;
}

export type ChallengeType = "http-01" | "tls-alpn-01";

/**
 * Orders a certificate (RFC 8555 §7.1) and answers with key and chain in one PEM; fails with an
 * AcmeProblem. Where one challenge fails, a new order tries the next one.
 */
export async function orderCertificate(request: CertificateRequest): Promise<string> {
  const client = await openClient(request);
  try {
    await client.createAccount({
      termsOfServiceAgreed: true,
      ...(request.email !== undefined && { contact: [`mailto:${request.email}`] }),
    });
    let failure = new AcmeProblem("unknown", "it offers no challenge that can be met here");
    for (const type of request.challenges) {
      const identifiers = [{ type: "dns" as const, value: request.domain }];
      const order = await client.createOrder({ identifiers });
      const problem = await proveName(client, order, type, request);
      if (problem === undefined) return await issue(client, order, request.domain);
      failure = problem;
    }
    throw failure;
  } catch (error) {
    throw error instanceof AcmeProblem
      ? error
      : new AcmeProblem("unknown", String(error), { cause: error });
  } finally {
    request.answers.clear();
  }
}

/** The library with its own retries taken out: it would sleep through any Retry-After, without a word. */
async function openClient({ directory, accountKey }: CertificateRequest): Promise<Client> {
  // Loaded where it is needed: it is large, and most starts find a certificate.
  const { default: acme } = await import("acme-client");
  const { request, response } = acme.axios.interceptors;
  request.clear();
  response.clear();
  Object.assign(acme.axios.defaults, LIMITS);
  response.use(
    (answer) => {
      const { status, data, headers } = answer;
      if (status < 400) return answer;
      const problem = acmeProblem(data, status, headers["retry-after"]);
      // The library asks again by itself with the nonce that came along (RFC 8555 §6.5).
      if (problem.type === "badNonce") return answer;
      throw problem;
    },
    (error) => {
      const reason = error?.code ?? error?.message ?? "failed";
      throw new AcmeProblem("unreachable", String(reason), { cause: error });
    },
  );
  return new acme.Client({
    directoryUrl: directory,
    accountKey,
    backoffAttempts: POLLS,
    backoffMin: POLL_MS,
    backoffMax: 16 * POLL_MS,
  });
}

const LIMITS = { timeout: 30_000, maxContentLength: 1_048_576, maxRedirects: 0 };

/** How often and how soon the authority is asked whether it is done: for about a minute. */
const POLLS = 12;
const POLL_MS = 500;

/** Meets one challenge of each authorization (RFC 8555 §7.5.1); answers with what the authority objects to. */
async function proveName(
  client: Client,
  order: Order,
  type: ChallengeType,
  request: CertificateRequest,
): Promise<AcmeProblem | undefined> {
  for (const authorization of await client.getAuthorizations(order)) {
    if (authorization.status === "valid") continue;
    const challenge = authorization.challenges.find((offered) => offered.type === type);
    if (challenge === undefined) {
      return new AcmeProblem("unknown", `it does not offer the challenge ${type}`);
    }
    const keyAuthorization = await client.getChallengeKeyAuthorization(challenge);
    if (type === "http-01") request.answers.putToken(challenge.token, keyAuthorization);
    else await putCertificate(authorization, keyAuthorization, request);
    await client.completeChallenge(challenge);
    try {
      await client.waitForValidStatus({ ...challenge, url: authorization.url });
    } catch (error) {
      if (error instanceof AcmeProblem) throw error;
      return (await objection(client, order, type)) ?? stillPending(error);
    }
  }
  return undefined;
}

async function putCertificate(
  authorization: Authorization,
  keyAuthorization: string,
  { answers }: CertificateRequest,
): Promise<void> {
  const { crypto } = (await import("acme-client")).default;
  const key = await crypto.createPrivateEcdsaKey();
  const [, cert] = await crypto.createAlpnCertificate(authorization, keyAuthorization, key);
  answers.putCertificate(authorization.identifier.value, key.toString(), cert.toString());
}

/** What the authority wrote into the challenge that it could not validate (RFC 8555 §8). */
async function objection(
  client: Client,
  order: Order,
  type: ChallengeType,
): Promise<AcmeProblem | undefined> {
  for (const { challenges } of await client.getAuthorizations(order)) {
    const failed = challenges.find((challenge) => challenge.type === type);
    if (failed !== undefined && "error" in failed) return acmeProblem(failed.error, undefined);
  }
  return undefined;
}

function stillPending(cause: unknown): AcmeProblem {
  return new AcmeProblem("unknown", "it has not decided within a minute", { cause });
}

async function issue(client: Client, order: Order, domain: string): Promise<string> {
  const { crypto } = (await import("acme-client")).default;
  const [key, csr] = await crypto.createCsr(
    { altNames: [domain] },
    await crypto.createPrivateEcdsaKey(),
  );
  const finalized = await client.finalizeOrder(order, csr);
  const chain = await client.getCertificate(finalized);
  return `${key.toString().trim()}\n${chain.trim()}\n`;
}
