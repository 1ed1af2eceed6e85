import type {
  CandidateSnapshot,
  PeerSnapshot,
  ReceivedTrack,
  SentTrack,
} from "@tincan/client/stats";
import { formatBitrate, formatBytes } from "../../../room/amounts.ts";

/** What a row of numbers is about; `stat.KEY` in the catalogue. */
export type StatKey =
  | "way"
  | "protocol"
  | "local"
  | "remote"
  | "rtt"
  | "available"
  | "encryption"
  | "codec"
  | "size"
  | "bitrate"
  | "target"
  | "bytes"
  | "lost"
  | "jitter"
  | "buffer"
  | "concealed"
  | "freezes"
  | "dropped"
  | "encoder"
  | "decoder"
  | "limited"
  | "echo"
  | "requests";

export interface StatRow {
  readonly key: StatKey;
  readonly value: string;
}

/** The rows of a connection; what the browser does not tell is left out. */
export function connectionRows({ connection }: PeerSnapshot, language: string): readonly StatRow[] {
  if (connection === undefined) return [];
  const { local, remote, rttMs, availableOutgoingBps, tlsVersion, srtpCipher } = connection;
  const types = [local?.type, remote?.type].map((type) => type ?? "?").join(" – ");
  return rows([
    ["way", types],
    ["protocol", protocolOf(local)],
    ["local", addressOf(local)],
    ["remote", addressOf(remote)],
    ["rtt", rttMs === undefined ? undefined : `${Math.round(rttMs)} ms`],
    [
      "available",
      availableOutgoingBps === undefined
        ? undefined
        : formatBitrate(availableOutgoingBps, language),
    ],
    ["encryption", encryption(tlsVersion, srtpCipher)],
  ]);
}

/** The rows of one track; what the browser does not tell is left out. */
export function trackRows(track: ReceivedTrack | SentTrack, language: string): readonly StatRow[] {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const ms = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : `${number.format(value)} ms`;
  const { bitrateBps, bytes, packetsLost, lossRatio } = track;
  const share = lossRatio === undefined ? "" : ` (${number.format(lossRatio * 100)} %)`;
  return rows([
    ["codec", track.codec?.mimeType.split("/")[1]],
    ["size", sizeOf(track)],
    ["bitrate", bitrateBps === undefined ? undefined : formatBitrate(bitrateBps, language)],
    ["bytes", bytes === undefined ? undefined : formatBytes(bytes, language)],
    ["lost", packetsLost === undefined ? undefined : `${packetsLost}${share}`],
    ["jitter", ms(track.jitterMs)],
    ...(track.direction === "sent" ? sentRows(track, language) : receivedRows(track, ms)),
  ]);
}

type Given = readonly [StatKey, string | undefined];

function sentRows(track: SentTrack, language: string): readonly Given[] {
  const { targetBitrateBps, rttMs, qualityLimitation, echoReturnLossDb, nackCount, pliCount } =
    track;
  return [
    [
      "target",
      targetBitrateBps === undefined ? undefined : formatBitrate(targetBitrateBps, language),
    ],
    ["rtt", rttMs === undefined ? undefined : `${Math.round(rttMs)} ms`],
    ["encoder", track.encoder],
    ["limited", qualityLimitation],
    ["echo", echoReturnLossDb === undefined ? undefined : `${Math.round(echoReturnLossDb)} dB`],
    ["requests", requests(nackCount, pliCount)],
  ];
}

function receivedRows(
  track: ReceivedTrack,
  ms: (value: number | undefined) => string | undefined,
): readonly Given[] {
  const { concealedRatio, freezeCount, framesDropped, nackCount, pliCount } = track;
  return [
    ["buffer", ms(track.jitterBufferDelayMs)],
    [
      "concealed",
      track.kind === "audio" && concealedRatio !== undefined
        ? `${(concealedRatio * 100).toFixed(1)} %`
        : undefined,
    ],
    ["freezes", track.kind === "video" ? freezeCount?.toString() : undefined],
    ["dropped", track.kind === "video" ? framesDropped?.toString() : undefined],
    ["decoder", track.decoder],
    ["requests", requests(nackCount, pliCount)],
  ];
}

function rows(given: readonly Given[]): readonly StatRow[] {
  return given.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}

function sizeOf({ width, height, fps }: ReceivedTrack | SentTrack): string | undefined {
  if (width === undefined || height === undefined) return undefined;
  return `${width} × ${height}${fps === undefined ? "" : `, ${Math.round(fps)} fps`}`;
}

function requests(nacks: number | undefined, plis: number | undefined): string | undefined {
  if (nacks === undefined && plis === undefined) return undefined;
  return `NACK ${nacks ?? 0}, PLI ${plis ?? 0}`;
}

function protocolOf(local: CandidateSnapshot | undefined): string | undefined {
  const { protocol, relayProtocol, networkType } = local ?? {};
  const words = [protocol?.toUpperCase(), relayProtocol && `TURN/${relayProtocol}`, networkType];
  const known = words.filter((word) => word !== undefined && word !== "");
  return known.length === 0 ? undefined : known.join(", ");
}

function addressOf(candidate: CandidateSnapshot | undefined): string | undefined {
  const { address, port } = candidate ?? {};
  if (address === undefined || address === "") return undefined;
  const host = address.includes(":") ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}

function encryption(tls: string | undefined, srtp: string | undefined): string | undefined {
  const version = { FEFD: "DTLS 1.2", FEFC: "DTLS 1.3" }[tls ?? ""] ?? tls;
  const known = [version, srtp].filter((word) => word !== undefined);
  return known.length === 0 ? undefined : known.join(", ");
}
