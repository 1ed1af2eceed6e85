import type { PeerConnection, SessionDescription } from "../../peer/index.ts";
import { RTCSessionDescription } from "./rtc-session-description.ts";

type Which = "current" | "pending";

/**
 * The descriptions as the user of a connection sees them: they change in the task that tells of the change,
 * while the peer below has them at once (W3C webrtc §4.4.1.5).
 */
export class Descriptions {
  readonly local: Slots = new Slots();
  readonly remote: Slots = new Slots();
  canTrickle: boolean | null = null;

  update(peer: PeerConnection): void {
    this.local.update((which) => peer.local(which));
    this.updateRemote(peer);
    this.canTrickle = peer.canTrickle ?? null;
  }

  /** The other side's have gained a candidate. */
  updateRemote(peer: PeerConnection): void {
    this.remote.update((which) => peer.remote(which));
  }
}

/** The descriptions of one side. */
class Slots {
  #standing: Readonly<Partial<Record<Which, SessionDescription | undefined>>> = {};
  /** What was handed out last, which is handed out again while it says the same. */
  #given: readonly RTCSessionDescription[] = [];

  update(at: (which: Which) => SessionDescription | undefined): void {
    this.#standing = { current: at("current"), pending: at("pending") };
  }

  get latest(): RTCSessionDescription | null {
    return this.pending ?? this.current;
  }

  get current(): RTCSessionDescription | null {
    return this.#wrapped("current");
  }

  get pending(): RTCSessionDescription | null {
    return this.#wrapped("pending");
  }

  #wrapped(which: Which): RTCSessionDescription | null {
    const standing = this.#standing[which];
    if (standing === undefined) return null;
    const { type, sdp } = standing;
    const known = this.#given.find((one) => one.type === type && one.sdp === sdp);
    if (known !== undefined) return known;
    const made = new RTCSessionDescription({ type, sdp });
    this.#given = [made, ...this.#given.slice(0, 1)];
    return made;
  }
}
