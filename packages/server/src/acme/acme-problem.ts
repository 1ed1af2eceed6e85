/** What a certificate authority says is wrong (RFC 8555 §6.7), or why it could not be asked. */
export class AcmeProblem extends Error {
  /** The last word of the error's URN, such as `rateLimited`; `unreachable` where nobody answered. */
  readonly type: string;
  /** How long the authority wants to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(
    type: string,
    detail: string,
    options: ErrorOptions & { retryAfterMs?: number } = {},
  ) {
    super(detail, options);
    this.name = "AcmeProblem";
    this.type = type;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Reads a problem document (RFC 9457), whatever the other side sent in its place. */
export function acmeProblem(
  document: unknown,
  status: number | undefined,
  retryAfter: string | undefined = undefined,
  unixMs: number = Date.now(),
): AcmeProblem {
  const { type, detail } = (document ?? {}) as {
    readonly type?: unknown;
    readonly detail?: unknown;
  };
  const word =
    typeof type === "string" ? /^urn:ietf:params:acme:error:(\w{1,64})$/.exec(type) : null;
  const retryAfterMs = retryAfterMsOf(retryAfter, unixMs);
  return new AcmeProblem(
    word?.[1] ?? (status === 429 ? "rateLimited" : "unknown"),
    typeof detail === "string" ? oneLine(detail) : `HTTP status ${status ?? "unknown"}`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/** A sentence for whoever runs the server: what went wrong, and what to do about it. */
export function problemSentence(problem: AcmeProblem, domain: string, leadsTo: string): string {
  const said = `(it says: ${problem.message})`;
  switch (problem.type) {
    case "rateLimited":
      return `the certificate authority has issued or refused enough for ${domain} and wants to wait ${said}`;
    case "dns":
      return `the certificate authority finds no address for ${domain}; add an A or AAAA record that leads to this machine ${said}`;
    case "connection":
      return `the certificate authority cannot reach ${domain}, ${leadsTo}; let TCP 80 and 443 through every firewall and router in front of this machine ${said}`;
    case "unauthorized":
    case "incorrectResponse":
    case "tls":
      return `something else answers at ${domain}, ${leadsTo}; make its A and AAAA records lead to this machine and nowhere else ${said}`;
    case "caa":
      return `a CAA record of ${domain} forbids this certificate authority; change the record, or choose another one with --acme-directory ${said}`;
    case "rejectedIdentifier":
      return `the certificate authority issues nothing for ${domain} ${said}`;
    case "invalidContact":
    case "unsupportedContact":
      return `the certificate authority does not accept the address of --acme-email ${said}`;
    case "externalAccountRequired":
      return `this certificate authority wants accounts that were made at its website; choose another one with --acme-directory ${said}`;
    case "unresolved":
      return `${domain} has no address in the DNS that this machine can see; add an A or AAAA record that leads here`;
    case "unreachable":
      return `the certificate authority cannot be reached (${problem.message}); does this machine reach the internet, and is --acme-directory right?`;
    default:
      return `the certificate authority did not issue a certificate for ${domain} ${said}`;
  }
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfterMsOf(text: string | undefined, unixMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^[0-9]{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - unixMs;
  return ms > 0 ? ms : undefined;
}

/** It ends up in logs and on terminals. */
function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 500);
}
