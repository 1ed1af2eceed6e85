import { type LocalPublication, MEDIA_KINDS, type MediaKind } from "../call/publication.ts";

/** Sends publications over one RTCPeerConnection, each track on a transceiver of its own. */
export class Senders {
  readonly #pc: RTCPeerConnection;
  readonly #senders = new Map<LocalPublication, Map<MediaKind, RTCRtpSender>>();
  /** Senders that have sent for another publication before. */
  readonly #reused = new Set<RTCRtpSender>();

  constructor(pc: RTCPeerConnection) {
    this.#pc = pc;
  }

  /** Sends the tracks that the publication has now; what is new is negotiated, what is another track is not. */
  async sync(publication: LocalPublication): Promise<void> {
    const senders = this.#senders.get(publication) ?? new Map<MediaKind, RTCRtpSender>();
    this.#senders.set(publication, senders);
    const replaced: Promise<void>[] = [];
    for (const kind of MEDIA_KINDS) {
      const track = publication.track(kind);
      const sender = senders.get(kind);
      if (sender !== undefined) {
        if (sender.track !== track) replaced.push(sender.replaceTrack(track ?? null));
      } else if (track !== undefined) {
        const { sender: added, ready } = this.#add(track, publication.stream);
        senders.set(kind, added);
        replaced.push(ready);
      }
    }
    await Promise.all(replaced);
  }

  remove(publication: LocalPublication): void {
    for (const sender of this.#senders.get(publication)?.values() ?? []) {
      this.#pc.removeTrack(sender);
    }
    this.#senders.delete(publication);
  }

  /**
   * Names the streams of transceivers that are used again once more: Chromium (seen in 156) goes back
   * to the stream of the time before when it takes an offer back, and the other side would hear of
   * a stream that is not there. To be called before each description is made.
   */
  nameStreams(): void {
    for (const [{ stream }, senders] of this.#senders) {
      for (const sender of senders.values())
        if (this.#reused.has(sender)) sender.setStreams(stream);
    }
  }

  #add(
    track: MediaStreamTrack,
    stream: MediaStream,
  ): { sender: RTCRtpSender; ready: Promise<void> } {
    const idle = this.#pc.getTransceivers().find((transceiver) => this.#isIdle(transceiver, track));
    if (idle === undefined) {
      return { sender: this.#pc.addTrack(track, stream), ready: Promise.resolve() };
    }
    this.#reused.add(idle.sender);
    idle.sender.setStreams(stream);
    idle.direction = "sendrecv";
    return { sender: idle.sender, ready: idle.sender.replaceTrack(track) };
  }

  /**
   * Whether this transceiver sent something once and is free now. `addTrack` takes only those that
   * never sent, so that without this every screen that is shared would leave another m-section
   * behind. Only when the other side knows that nothing is sent: it hears of another stream on the
   * same m-section for sure when sending begins anew.
   */
  #isIdle(transceiver: RTCRtpTransceiver, track: MediaStreamTrack): boolean {
    const { sender, receiver, direction, currentDirection } = transceiver;
    return (
      receiver.track.kind === track.kind &&
      sender.track === null &&
      "setStreams" in sender &&
      (direction === "recvonly" || direction === "inactive") &&
      (currentDirection === "recvonly" || currentDirection === "inactive") &&
      !this.#isOurs(sender)
    );
  }

  #isOurs(sender: RTCRtpSender): boolean {
    for (const senders of this.#senders.values()) {
      for (const used of senders.values()) if (used === sender) return true;
    }
    return false;
  }
}
