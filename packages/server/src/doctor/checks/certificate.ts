import { type CheckResult, fault, good, isLocalHost, skipped, warning } from "@tincan/doctor";
import { withoutBrackets } from "@tincan/webrtc/wire";
import type { CertificateOutcome } from "../probes/probes.ts";

/** Whether browsers believe the certificate. */
export function checkCertificate(
  url: URL,
  outcome: CertificateOutcome | undefined,
  now: number,
): CheckResult {
  const host = withoutBrackets(url.hostname);
  if (url.protocol === "http:") {
    if (isLocalHost(host)) return skipped("certificate", "trusted-without");
    return fault("certificate", "insecure-page", { host });
  }
  if (outcome === undefined) return skipped("certificate", "not-reached");
  if (outcome.type === "failed") {
    return fault("certificate", "not-https", { place: url.host }, { why: outcome.why });
  }
  const { names, validFrom, validTo, issuer, isSelfSigned, isForName, chainError } =
    outcome.certificate;
  const until = new Date(validTo).toISOString().slice(0, 10);
  const facts = { names, until, issuer };
  if (validTo < now) return fault("certificate", "certificate-expired", { until }, facts);
  if (validFrom > now) {
    const from = new Date(validFrom).toISOString().slice(0, 10);
    return fault("certificate", "certificate-not-yet-valid", { from }, facts);
  }
  // Where nobody vouches for it, browsers warn about the name in the same breath.
  if (isSelfSigned && chainError !== undefined) {
    return warning("certificate", "certificate-self-signed", { host }, facts);
  }
  if (!isForName) {
    const about = { host, names: names.join(", ") || "-" };
    return fault("certificate", "certificate-wrong-name", about, facts);
  }
  if (chainError !== undefined) {
    return fault("certificate", "certificate-untrusted", { why: chainError, issuer }, facts);
  }
  if (validTo - now < SOON_MS) {
    return warning("certificate", "certificate-ends-soon", { until }, facts);
  }
  return good("certificate", facts);
}

/** Renewal begins a third of the lifetime before the end: whoever is here has missed it. */
const SOON_MS = 7 * 86_400_000;
