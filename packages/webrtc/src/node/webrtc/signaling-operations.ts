import type { PeerConnection } from "../../peer/index.ts";
import type { OperationsChain } from "./operations-chain.ts";
import type { PeerDriver } from "./peer-driver.ts";
import { domException } from "./rtc-error.ts";
import { checkCandidate, type RTCIceCandidateInit } from "./rtc-ice-candidate.ts";
import {
  checkDescription,
  checkLocalDescription,
  type RTCLocalSessionDescriptionInit,
  type RTCSdpType,
  type RTCSessionDescriptionInit,
} from "./rtc-session-description.ts";
import { dictionary } from "./web-idl.ts";

/** W3C webrtc §4.4.3 */
export interface RTCOfferOptions {
  iceRestart?: boolean;
}

/** What operations ask of their connection. */
export interface SignalingOwner {
  task(act: () => void): void;
  /** A description was set; called in the task that shows it. */
  described(): void;
  candidateAdded(): void;
}

/** Offer and answer as operations of the chain (W3C webrtc §4.4.2). */
export class SignalingOperations {
  readonly #driver: PeerDriver;
  readonly #chain: OperationsChain;
  readonly #owner: SignalingOwner;

  constructor(driver: PeerDriver, chain: OperationsChain, owner: SignalingOwner) {
    this.#driver = driver;
    this.#chain = chain;
    this.#owner = owner;
  }

  createOffer(options: RTCOfferOptions | null): Promise<{ type: "offer"; sdp: string }> {
    return this.#enqueue(
      () => Boolean(dictionary(options).iceRestart),
      async (iceRestart) => {
        this.#run((peer) => peer.createOffer({ iceRestart }));
        return { type: "offer", sdp: await this.#due("offer") };
      },
    );
  }

  createAnswer(options: object | null = {}): Promise<{ type: "answer"; sdp: string }> {
    return this.#enqueue(
      () => dictionary(options),
      async () => {
        this.#run((peer) => peer.createAnswer());
        return { type: "answer", sdp: await this.#due("answer") };
      },
    );
  }

  setLocal(description: RTCLocalSessionDescriptionInit | null): Promise<void> {
    return this.#enqueue(
      () => checkLocalDescription(description),
      async (given) => {
        const state = this.#driver.peer.signalingState;
        const isOffersTurn =
          state === "stable" || state === "have-local-offer" || state === "have-remote-pranswer";
        const type = given.type ?? (isOffersTurn ? "offer" : "answer");
        const isMissing = given.sdp === "" && type !== "rollback";
        const sdp = isMissing ? await this.#due(type) : given.sdp;
        await this.#set((peer, now) => peer.setLocalDescription({ type, sdp }, now));
      },
    );
  }

  setRemote(description: RTCSessionDescriptionInit): Promise<void> {
    return this.#enqueue(
      () => checkDescription(description),
      async (given) => {
        if (given.type === "offer" && this.#driver.peer.signalingState === "have-local-offer") {
          const rollback = { type: "rollback", sdp: "" } as const;
          await this.#set((peer, now) => peer.setLocalDescription(rollback, now));
        }
        await this.#set((peer, now) => peer.setRemoteDescription(given, now));
      },
    );
  }

  addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    return this.#enqueue(
      () => checkCandidate(candidate),
      (init) =>
        this.#settled(
          (peer, now) => peer.addIceCandidate(init, now),
          () => this.#owner.candidateAdded(),
        ),
    );
  }

  /** What the caller gave is read now, whatever becomes of it until its turn has come. */
  #enqueue<Given, Result>(
    read: () => Given,
    operation: (given: Given) => Promise<Result>,
  ): Promise<Result> {
    try {
      const given = read();
      return this.#chain.run(() => operation(given));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** What is due now says in the end what is due in the task after (W3C webrtc §4.4.2), so that it lacks nothing. */
  #due(type: Exclude<RTCSdpType, "rollback">): Promise<string> {
    const make = (): string =>
      this.#run((peer) => (type === "offer" ? peer.offerDue() : peer.answerDue()));
    make();
    return new Promise((resolve) => {
      this.#owner.task(() => resolve(make()));
    });
  }

  #set(act: (peer: PeerConnection, now: number) => void): Promise<void> {
    return this.#settled(act, () => this.#owner.described());
  }

  /** W3C webrtc §4.4.1.5: what has changed shows in a task, events come next, and the promise last. */
  #settled(act: (peer: PeerConnection, now: number) => void, tell: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      try {
        this.#driver.run((peer, now) => {
          act(peer, now);
          // Before whatever else comes of it.
          this.#owner.task(() => {
            tell();
            resolve();
          });
        });
      } catch (error) {
        reject(domException(error));
      }
    });
  }

  #run<Result>(act: (peer: PeerConnection) => Result): Result {
    try {
      return this.#driver.run(act);
    } catch (error) {
      throw domException(error);
    }
  }
}
