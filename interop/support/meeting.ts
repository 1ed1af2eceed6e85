import { once } from "node:events";
import {
  type RTCDataChannel,
  type RTCIceCandidateInit,
  type RTCIceCandidatePair,
  type RTCIceServer,
  RTCPeerConnection,
  type RTCSessionDescriptionInit,
} from "../../packages/webrtc/src/node/index.ts";
import { opened } from "./channel-exchange.ts";
import type { Counterpart, OtherPeer } from "./other-peer.ts";

export interface MeetingOptions {
  readonly servers?: RTCIceServer[];
  /** Who may only use candidates of relays. */
  readonly relayed?: "ours" | "both sides";
}

/** A connection of ours and the other side's, and the signaling between them. */
export class Meeting {
  readonly pc: RTCPeerConnection;
  readonly other: OtherPeer;
  readonly #theirs: CandidateGate;

  private constructor(pc: RTCPeerConnection, other: OtherPeer, theirs: CandidateGate) {
    this.pc = pc;
    this.other = other;
    this.#theirs = theirs;
    pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== "") {
        void tolerantly(() => other.addCandidate?.(candidate.toJSON()));
      }
    };
  }

  static async of(counterpart: Counterpart, options: MeetingOptions = {}): Promise<Meeting> {
    const { servers = [], relayed } = options;
    const pc = new RTCPeerConnection({
      iceServers: servers,
      iceTransportPolicy: relayed === undefined ? "all" : "relay",
    });
    const theirs = new CandidateGate(pc);
    const other = await counterpart.make({
      servers: relayed === "both sides" ? servers : [],
      isRelayed: relayed === "both sides",
      onCandidate: (candidate) => theirs.take(candidate),
    });
    return new Meeting(pc, other, theirs);
  }

  /** We offer, the other side answers. */
  async offer(): Promise<void> {
    this.#theirs.shut();
    await this.pc.setLocalDescription();
    const answer = await this.other.answer(await this.#described());
    await this.pc.setRemoteDescription(answer);
    this.#theirs.open();
  }

  /** The other side offers, we answer. */
  async answer({ restart = false } = {}): Promise<void> {
    this.#theirs.shut();
    await this.pc.setRemoteDescription(await this.other.offer({ restart }));
    this.#theirs.open();
    await this.pc.setLocalDescription();
    await this.other.accept(await this.#described());
  }

  /** A channel of the offering side, open. */
  async connect(who: "we" | "they"): Promise<RTCDataChannel> {
    if (who === "we") {
      const channel = this.pc.createDataChannel("chat");
      await this.offer();
      await opened(channel);
      return channel;
    }
    await this.other.createChannel("chat");
    const announced = once(this.pc, "datachannel");
    await this.answer();
    const [{ channel }] = await announced;
    await opened(channel);
    return channel;
  }

  /** The two candidates that packets go between. */
  get route(): RTCIceCandidatePair {
    const pair = this.pc.sctp?.transport.iceTransport.getSelectedCandidatePair();
    if (!pair) throw new Error("not connected");
    return pair;
  }

  async dispose(): Promise<void> {
    this.pc.close();
    await this.other.dispose();
  }

  async #described(): Promise<RTCSessionDescriptionInit> {
    if (this.other.addCandidate === undefined) {
      while (this.pc.iceGatheringState !== "complete") {
        await once(this.pc, "icegatheringstatechange");
      }
    }
    const { localDescription } = this.pc;
    if (localDescription === null) throw new Error("nothing described");
    return localDescription.toJSON();
  }
}

/** Lets the other side's candidates through when the description that they belong to is there. */
class CandidateGate {
  readonly #pc: RTCPeerConnection;
  readonly #early: RTCIceCandidateInit[] = [];
  #isOpen = false;

  constructor(pc: RTCPeerConnection) {
    this.#pc = pc;
  }

  take(candidate: RTCIceCandidateInit): void {
    this.#early.push(candidate);
    if (this.#isOpen) this.open();
  }

  open(): void {
    this.#isOpen = true;
    for (const one of this.#early.splice(0)) void tolerantly(() => this.#pc.addIceCandidate(one));
  }

  shut(): void {
    this.#isOpen = false;
  }
}

/** Some throw for candidates that come early, or twice. */
async function tolerantly(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch {
    // Whether enough of them were understood is seen by the connection.
  }
}
