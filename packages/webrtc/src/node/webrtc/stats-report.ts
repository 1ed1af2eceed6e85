import { type DtlsVersion, type Fingerprint, fingerprintOf } from "../../dtls/index.ts";
import type { LocalCandidate, RemoteCandidate } from "../../ice/index.ts";
import type { PeerConnection } from "../../peer/index.ts";
import { parseCandidate } from "../../sdp/index.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import { channelInside, type RTCDataChannel } from "./rtc-data-channel.ts";
import { type RTCStats, RTCStatsReport } from "./rtc-stats-report.ts";
import type { StatsIds } from "./stats-ids.ts";
import type { TransportView } from "./transport-view.ts";
import { internal } from "./web-idl.ts";

/** What is reported on. */
export interface StatsSource {
  readonly peer: PeerConnection;
  readonly view: TransportView;
  readonly ids: StatsIds;
  readonly channels: readonly RTCDataChannel[];
  readonly channelsOpened: number;
  readonly channelsClosed: number;
  readonly localCertificate: Uint8Array;
}

/** The figures of this moment, by the names of W3C webrtc-stats. What is not known has no member. */
export function statsReport(source: StatsSource): RTCStatsReport {
  const timestamp = performance.timeOrigin + performance.now();
  const report = new Map<string, RTCStats>();
  const add = (id: string, type: string, rest: Readonly<Record<string, unknown>>): string => {
    const known = Object.entries(rest).filter(([, value]) => value !== undefined);
    report.set(id, { id, type, timestamp, ...Object.fromEntries(known) });
    return id;
  };
  const { peer, view, ids } = source;
  add("PC", "peer-connection", {
    dataChannelsOpened: source.channelsOpened,
    dataChannelsClosed: source.channelsClosed,
  });
  for (const channel of source.channels) {
    add(ids.of("D", channel), "data-channel", {
      label: channel.label,
      protocol: channel.protocol,
      dataChannelIdentifier: channel.id ?? undefined,
      state: channel.readyState,
      ...channelInside.countersOf(channel),
    });
  }
  if (!peer.hasDataSection) return new RTCStatsReport(internal, report);
  const localCertificateId = add("CL", "certificate", certificateStats(source.localCertificate));
  const [remoteCertificateId] = (view.session?.peerCertificates ?? [])
    .slice(0, 1)
    .map((bytes) => add("CR", "certificate", certificateStats(bytes)));
  const { ice, counters, pairTraffic, dtlsState, dtlsRole, selectedPair } = peer.transport;
  for (const candidate of ice.localCandidates) {
    add(ids.of("IL", candidate), "local-candidate", {
      transportId: "T",
      ...localStats(candidate, peer),
      usernameFragment: ice.localCredentials.ufrag,
    });
  }
  const told = toldAddresses(peer);
  for (const candidate of ice.remoteCandidates) {
    add(ids.of("IR", candidate), "remote-candidate", {
      transportId: "T",
      ...candidateStats(candidate),
      // A page is not to learn an address by being called from it.
      address: told.has(candidate.address.ip) ? candidate.address.ip : null,
      usernameFragment: ice.remoteCredentials?.ufrag,
    });
  }
  for (const pair of ice.pairs) {
    const { totalRttMs, ...checks } = pair.counters;
    add(ids.of("CP", pair), "candidate-pair", {
      transportId: "T",
      localCandidateId: ids.of("IL", pair.local),
      remoteCandidateId: ids.of("IR", pair.remote),
      // A pair that works is checked again to be nominated.
      state: pair.valid === undefined ? pair.state : "succeeded",
      nominated: pair.isNominated,
      ...pairTraffic.of(pair),
      totalRoundTripTime: totalRttMs / 1000,
      currentRoundTripTime: pair.rttMs === undefined ? undefined : pair.rttMs / 1000,
      ...checks,
    });
  }
  add("T", "transport", {
    ...counters,
    iceRole: ice.role,
    iceLocalUsernameFragment: ice.localCredentials.ufrag,
    iceState: ice.state,
    dtlsState,
    dtlsRole: dtlsRole ?? "unknown",
    dtlsCipher: view.session && `TLS_${view.session.cipherSuite}`,
    srtpCipher: view.session?.srtpProfile,
    tlsVersion: view.session && tlsVersions[view.session.version],
    localCertificateId,
    remoteCertificateId,
    selectedCandidatePairId: selectedPair && ids.of("CP", selectedPair),
    selectedCandidatePairChanges: view.selectedPairChanges,
  });
  return new RTCStatsReport(internal, report);
}

/** ProtocolVersion as the standard wants it written: four hexadecimal digits (RFC 6347 §4.1, RFC 9147 §5.3). */
const tlsVersions: Readonly<Record<DtlsVersion, string>> = { "1.2": "FEFD", "1.3": "FEFC" };

type AnyCandidate = LocalCandidate | RemoteCandidate;

function candidateStats({
  address,
  transport,
  type,
  priority,
  foundation,
  tcpType,
}: AnyCandidate): Readonly<Record<string, unknown>> {
  return {
    address: address.ip,
    port: address.port,
    protocol: transport,
    candidateType: type,
    priority,
    foundation,
    tcpType,
  };
}

/** What is told of a candidate, for a name may stand for its address there. */
function localStats(
  candidate: LocalCandidate,
  peer: PeerConnection,
): Readonly<Record<string, unknown>> {
  const { address, relatedAddress, relatedPort } = peer.attributeOf(candidate);
  const { url, relayProtocol } = candidate;
  return { ...candidateStats(candidate), address, url, relayProtocol, relatedAddress, relatedPort };
}

function toldAddresses({ remoteEnd }: PeerConnection): ReadonlySet<string> {
  const parsed = remoteEnd?.candidates.map(parseCandidate) ?? [];
  return new Set(parsed.flatMap((one) => (one.ok ? [one.value.address] : [])));
}

function certificateStats(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const { algorithm, value }: Fingerprint = fingerprintOf(nodeDtlsCrypto, bytes);
  return {
    fingerprint: value,
    fingerprintAlgorithm: algorithm,
    base64Certificate: Buffer.from(bytes).toString("base64"),
  };
}
