import { createSecureContext, type SecureContext } from "node:tls";

/** What a certificate authority finds when it looks whether a name is ours, as long as an order runs. */
export class ChallengeAnswers {
  readonly #tokens = new Map<string, string>();
  readonly #contexts = new Map<string, SecureContext>();

  /** Whether somebody may be about to look over TLS. */
  get isAwaitedOverTls(): boolean {
    return this.#contexts.size > 0;
  }

  /** HTTP-01 (RFC 8555 §8.3): the answer at `/.well-known/acme-challenge/TOKEN`. */
  putToken(token: string, keyAuthorization: string): void {
    this.#tokens.set(token, keyAuthorization);
  }

  /** TLS-ALPN-01 (RFC 8737 §3): the certificate for a name, made for this challenge alone. */
  putCertificate(name: string, key: string, cert: string): void {
    this.#contexts.set(name, createSecureContext({ key, cert, minVersion: "TLSv1.2" }));
  }

  /** The order is over. */
  clear(): void {
    this.#tokens.clear();
    this.#contexts.clear();
  }

  /** The answer to a request's path, where it is a challenge's. */
  tokenAt(path: string | undefined): string | undefined {
    if (path === undefined || !path.startsWith(PREFIX)) return undefined;
    return this.#tokens.get(path.slice(PREFIX.length));
  }

  certificateFor(name: string): SecureContext | undefined {
    return this.#contexts.get(name.toLowerCase());
  }
}

/** RFC 8555 §8.3 */
const PREFIX = "/.well-known/acme-challenge/";
