import {
  type Attribute,
  type Media,
  type Setup,
  writeCandidate,
  writeTransport,
} from "../sdp/index.ts";
import type { LocalCandidates, LocalParameters } from "./local-parameters.ts";

/** The shape of a section, which offer and answer share. */
export interface SectionShape {
  readonly kind: string;
  readonly mid: string;
  readonly protocol: string;
  readonly formats: readonly string[];
}

/** The discard port, where no candidate is known yet (RFC 9429 §5.2.1). */
const discardPort = 9;

/** A section for data channels as browsers write it. */
export function newDataShape(mid: string): SectionShape {
  return {
    kind: "application",
    mid,
    protocol: "UDP/DTLS/SCTP",
    formats: ["webrtc-datachannel"],
  };
}

/** The section of the data channels (RFC 8841, RFC 9429 §5.2.1). */
export function writeDataSection(
  shape: SectionShape,
  setup: Setup,
  parameters: LocalParameters,
): Media {
  const { credentials, fingerprints, tlsId, sctpPort, maxMessageSize } = parameters;
  // What older peers write (draft-ietf-mmusic-sctp-sdp before its revision 21) is answered in kind.
  const isOldForm = shape.protocol === "DTLS/SCTP";
  const ports: readonly Attribute[] = isOldForm
    ? [{ name: "sctpmap", value: `${sctpPort} webrtc-datachannel 65535` }]
    : [{ name: "sctp-port", value: String(sctpPort) }];
  return {
    kind: shape.kind,
    port: discardPort,
    protocol: shape.protocol,
    formats: isOldForm ? [String(sctpPort)] : shape.formats,
    connection: nowhere,
    attributes: [
      { name: "mid", value: shape.mid },
      ...writeTransport({
        ...credentials,
        iceOptions: ["trickle", "ice2"],
        fingerprints,
        setup,
        tlsId,
      }),
      ...ports,
      { name: "max-message-size", value: String(maxMessageSize) },
    ],
  };
}

/** A section that is off: of a kind that is not taken, or no longer used (RFC 9429 §5.3.1). */
export function writeRejectedSection(shape: SectionShape): Media {
  return {
    kind: shape.kind,
    port: 0,
    protocol: shape.protocol,
    formats: shape.formats,
    connection: nowhere,
    attributes: [{ name: "inactive" }, { name: "mid", value: shape.mid }],
  };
}

/** A section with what has been gathered; the default is the candidate most likely to work (RFC 9429 §5.2.2). */
export function withCandidates(media: Media, { candidates, isComplete }: LocalCandidates): Media {
  if (candidates.length === 0 && !isComplete) return media;
  const attributes = [
    ...media.attributes,
    ...candidates.map((candidate) => {
      const text = writeCandidate(candidate);
      return { name: "candidate", value: text.slice(text.indexOf(":") + 1) };
    }),
    ...(isComplete ? [{ name: "end-of-candidates" }] : []),
  ];
  const preferred = ["relay", "srflx", "host"];
  const byDefault = candidates
    .filter(({ address }) => !address.endsWith(".local"))
    .sort((a, b) => preferred.indexOf(a.type) - preferred.indexOf(b.type))[0];
  if (byDefault === undefined) return { ...media, attributes };
  const { address, port } = byDefault;
  const addressType = address.includes(":") ? "IP6" : "IP4";
  return { ...media, port, connection: { addressType, address }, attributes };
}

const nowhere = { addressType: "IP4", address: "0.0.0.0" } as const;
