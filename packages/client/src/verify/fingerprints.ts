import { fingerprintOf } from "./authentication-string.ts";

/** The part of `RTCPeerConnection` that fingerprints are read from. */
export type FingerprintSource = Pick<
  RTCPeerConnection,
  "getStats" | "currentLocalDescription" | "currentRemoteDescription"
>;

/**
 * The fingerprints of both certificates of a connection that stands. Of the certificates themselves
 * where the browser shows them (Chromium, Safari), since a description may name several of which
 * only one is used (RFC 8122 §5); else of descriptions that name just one each.
 */
export async function connectionFingerprints(
  source: FingerprintSource,
): Promise<readonly [string, string] | undefined> {
  const [local, remote] = await certificates(source);
  const ours = local ?? describedFingerprint(source.currentLocalDescription);
  const theirs = remote ?? describedFingerprint(source.currentRemoteDescription);
  return ours === undefined || theirs === undefined ? undefined : [ours, theirs];
}

/** The one SHA-256 fingerprint of a description; nothing when there is none, or more than one. */
export function describedFingerprint(
  description: Pick<RTCSessionDescription, "sdp"> | null,
): string | undefined {
  const lines = description?.sdp.matchAll(/^a=fingerprint:(\S+) +(\S+)\s*$/gim) ?? [];
  const named = new Set(
    Array.from(
      lines,
      ([, hash = "", value = ""]) => `${hash.toLowerCase()} ${value.toUpperCase()}`,
    ),
  );
  const [only = ""] = named;
  const match = /^sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/.exec(only);
  return named.size === 1 ? match?.[1] : undefined;
}

interface CertificateFields {
  readonly type?: string;
  readonly localCertificateId?: string;
  readonly remoteCertificateId?: string;
  readonly base64Certificate?: string;
}

async function certificates(source: FingerprintSource): Promise<(string | undefined)[]> {
  const stats = new Map<string, CertificateFields>();
  (await source.getStats()).forEach((fields: CertificateFields, id: string) => {
    stats.set(id, fields);
  });
  const transports = [...stats.values()].filter(({ type }) => type === "transport");
  // More than one: without bundling, which calls of this package do not do.
  if (transports.length !== 1) return [];
  const { localCertificateId = "", remoteCertificateId = "" } = transports[0] ?? {};
  return Promise.all(
    [localCertificateId, remoteCertificateId].map((id) => read(stats.get(id)?.base64Certificate)),
  );
}

async function read(base64: string | undefined): Promise<string | undefined> {
  if (base64 === undefined) return undefined;
  return fingerprintOf(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}
