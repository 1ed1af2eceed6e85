import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a page may speak to this server: one that the server itself has sent (its origin names the host that
 * was asked), or one of the allowed origins. What sends no Origin is no page, and not bound by it (RFC 6454 §7.3).
 */
export function isOriginAllowed(
  headers: IncomingHttpHeaders,
  allowedOrigins: readonly string[],
): boolean {
  if (headers.origin === undefined || allowedOrigins.includes("*")) return true;
  const origin = URL.parse(headers.origin);
  if (origin === null) return false;
  if (allowedOrigins.some((allowed) => URL.parse(allowed)?.origin === origin.origin)) {
    return origin.origin !== "null" || allowedOrigins.includes(headers.origin);
  }
  // Read with the origin's scheme, `host` and `host:443` are the same to https.
  const asked = URL.parse(`${origin.protocol}//${headers.host ?? ""}`);
  return asked !== null && asked.host !== "" && asked.host === origin.host;
}
