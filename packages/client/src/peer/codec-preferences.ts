/** Preferred codecs by the subtype of their MIME type, first first: `{ video: ["VP9", "H264"] }`. */
export interface CodecPreferences {
  readonly audio?: readonly string[] | undefined;
  readonly video?: readonly string[] | undefined;
}

/** Puts the preferred codecs first for every transceiver; all others stay possible behind them. */
export function preferCodecs(
  transceivers: Iterable<RTCRtpTransceiver>,
  preferences: CodecPreferences,
): void {
  for (const transceiver of transceivers) {
    const kind = transceiver.receiver.track.kind === "audio" ? "audio" : "video";
    const wanted = preferences[kind] ?? [];
    // Not in Firefox before 128.
    if (wanted.length === 0 || !("setCodecPreferences" in transceiver)) continue;
    const codecs = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
    if (transceiver.direction !== "stopped")
      transceiver.setCodecPreferences(sortCodecs(codecs, wanted));
  }
}

/** `codecs` with the `wanted` first, in that order, and each other one where it was. */
export function sortCodecs<Codec extends { readonly mimeType: string }>(
  codecs: readonly Codec[],
  wanted: readonly string[],
): Codec[] {
  const order = wanted.map((subtype) => subtype.toLowerCase());
  const rank = ({ mimeType }: Codec) => {
    const index = order.indexOf(mimeType.slice(mimeType.indexOf("/") + 1).toLowerCase());
    return index < 0 ? order.length : index;
  };
  return codecs.toSorted((a, b) => rank(a) - rank(b));
}
