import type { TransportDescription } from "../sdp/index.ts";

/**
 * Whether a description speaks of another DTLS association than the one before: with another
 * certificate, or under another name (RFC 8842 §5.5, RFC 9429 §5.11).
 */
export function isOtherAssociation(
  before: TransportDescription,
  after: TransportDescription,
): boolean {
  const isSameCertificate = after.fingerprints.some(({ algorithm, value }) =>
    before.fingerprints.some((one) => one.algorithm === algorithm && one.value === value),
  );
  const areNamed = before.tlsId !== undefined && after.tlsId !== undefined;
  return !isSameCertificate || (areNamed && before.tlsId !== after.tlsId);
}
