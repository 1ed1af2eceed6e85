import { type DtlsVersion, type Fingerprint, fingerprintOf } from "../../dtls/index.ts";
import type { Pair } from "../../ice/index.ts";
import type { PeerConnection } from "../../peer/index.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import { RTCDataChannel } from "./rtc-data-channel.ts";

/** W3C webrtc-stats §8: what every entry has, and what it has of its own. */
export interface RTCStats {
  readonly id: string;
  readonly type: string;
  readonly timestamp: number;
  readonly [name: string]: unknown;
}

/** W3C webrtc §8.4 */
export type RTCStatsReport = ReadonlyMap<string, RTCStats>;

/** What is reported on. */
export interface StatsSource {
  readonly peer: PeerConnection;
  readonly channels: readonly RTCDataChannel[];
  readonly channelsOpened: number;
  readonly channelsClosed: number;
  readonly localCertificate: Uint8Array;
  readonly remoteCertificates: readonly Uint8Array[];
  readonly selectedPairChanges: number;
  readonly cipherSuite: string | undefined;
  readonly dtlsVersion: DtlsVersion | undefined;
}

/** The figures of this moment, by the names of W3C webrtc-stats. */
export function statsReport(source: StatsSource): RTCStatsReport {
  const timestamp = performance.timeOrigin + performance.now();
  const report = new Map<string, RTCStats>();
  const add = (id: string, type: string, rest: Readonly<Record<string, unknown>>): string => {
    report.set(id, { id, type, timestamp, ...rest });
    return id;
  };
  const { peer } = source;
  add("PC", "peer-connection", {
    dataChannelsOpened: source.channelsOpened,
    dataChannelsClosed: source.channelsClosed,
  });
  for (const channel of source.channels) {
    add(`D${channel.id ?? `?${channel.label}`}`, "data-channel", {
      label: channel.label,
      protocol: channel.protocol,
      dataChannelIdentifier: channel.id ?? undefined,
      state: channel.readyState,
      ...RTCDataChannel.inside.counters(channel),
    });
  }
  if (!peer.hasDataSection) return report;
  const [localCertificateId] = [source.localCertificate].map((bytes) =>
    add("CL", "certificate", certificateStats(bytes)),
  );
  const [remoteCertificateId] = source.remoteCertificates
    .slice(0, 1)
    .map((bytes) => add("CR", "certificate", certificateStats(bytes)));
  const { ice, counters, dtlsState, dtlsRole, selectedPair } = peer.transport;
  for (const candidate of ice.localCandidates) {
    const { type, url, relayProtocol, address } = candidate;
    add(candidateId("IL", candidate), "local-candidate", {
      transportId: "T",
      ...candidateStats(candidate),
      candidateType: type,
      url,
      relayProtocol,
      usernameFragment: ice.localCredentials.ufrag,
      ...(candidate.related && {
        relatedAddress: candidate.related.ip,
        relatedPort: candidate.related.port,
      }),
      networkType: address.ip.startsWith("127.") ? "unknown" : undefined,
    });
  }
  for (const candidate of ice.remoteCandidates) {
    add(candidateId("IR", candidate), "remote-candidate", {
      transportId: "T",
      ...candidateStats(candidate),
      candidateType: candidate.type,
      usernameFragment: ice.remoteCredentials?.ufrag,
    });
  }
  for (const pair of ice.pairs) {
    const isSelected = pair === selectedPair;
    const rtt = pair.rttMs === undefined ? undefined : pair.rttMs / 1000;
    add(pairId(pair), "candidate-pair", {
      transportId: "T",
      localCandidateId: candidateId("IL", pair.local),
      remoteCandidateId: candidateId("IR", pair.remote),
      // A pair that works is checked again to be nominated.
      state: pair.valid === undefined ? pair.state : "succeeded",
      nominated: pair.isNominated,
      currentRoundTripTime: rtt,
      ...(isSelected && counters),
    });
  }
  add("T", "transport", {
    ...counters,
    iceRole: ice.role,
    iceLocalUsernameFragment: ice.localCredentials.ufrag,
    iceState: ice.state,
    dtlsState,
    dtlsRole: dtlsRole ?? "unknown",
    dtlsCipher: source.cipherSuite && `TLS_${source.cipherSuite}`,
    tlsVersion: source.dtlsVersion && tlsVersions[source.dtlsVersion],
    localCertificateId,
    remoteCertificateId,
    selectedCandidatePairId: selectedPair && pairId(selectedPair),
    selectedCandidatePairChanges: source.selectedPairChanges,
  });
  return report;
}

/** ProtocolVersion as the standard wants it written: four hexadecimal digits (RFC 6347 §4.1, RFC 9147 §5.3). */
const tlsVersions: Readonly<Record<DtlsVersion, string>> = { "1.2": "FEFD", "1.3": "FEFC" };

interface AnyCandidate {
  readonly address: { readonly ip: string; readonly port: number };
  readonly transport: string;
  readonly priority: number;
  readonly foundation: string;
}

function candidateStats({ address, transport, priority, foundation }: AnyCandidate) {
  return { address: address.ip, port: address.port, protocol: transport, priority, foundation };
}

function candidateId(prefix: string, { address, transport }: AnyCandidate): string {
  return `${prefix}${transport}${address.ip}_${address.port}`;
}

function pairId({ local, remote }: Pair): string {
  return `CP${candidateId("", local)}-${candidateId("", remote)}`;
}

function certificateStats(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const { algorithm, value }: Fingerprint = fingerprintOf(nodeDtlsCrypto, bytes);
  return {
    fingerprint: value,
    fingerprintAlgorithm: algorithm,
    base64Certificate: Buffer.from(bytes).toString("base64"),
  };
}
