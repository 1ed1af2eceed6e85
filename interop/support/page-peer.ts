import type {
  RTCIceCandidateInit,
  RTCSessionDescriptionInit,
} from "../../packages/webrtc/src/node/index.ts";
import type { OtherPeer, OtherPeerOptions } from "./other-peer.ts";

/** Evaluates in a page. The page's globals are typed nowhere, hence the text. */
export type Evaluate = (code: string) => Promise<unknown>;

/** A peer in a browser's page: `peer.pc` and `peer.channels` there. */
export class PagePeer implements OtherPeer {
  readonly #evaluate: Evaluate;
  readonly #close: () => Promise<unknown>;
  readonly addCandidate?: (candidate: RTCIceCandidateInit) => Promise<unknown>;

  private constructor(evaluate: Evaluate, close: () => Promise<unknown>, trickles: boolean) {
    this.#evaluate = evaluate;
    this.#close = close;
    if (trickles) {
      // Those of an offer that was taken back find no description there.
      this.addCandidate = (candidate) =>
        evaluate(`peer.pc.addIceCandidate(${JSON.stringify(candidate)}).catch(() => {})`);
    }
  }

  /** A page that trickles has to have a function `tell` that takes candidates. */
  static async start(
    page: { readonly evaluate: Evaluate; readonly close: () => Promise<unknown> },
    { servers, isRelayed }: Pick<OtherPeerOptions, "servers" | "isRelayed">,
    { trickles }: { readonly trickles: boolean },
  ): Promise<PagePeer> {
    const configuration = {
      iceServers: servers,
      iceTransportPolicy: isRelayed ? "relay" : "all",
    };
    await page.evaluate(`(${program})(${JSON.stringify(configuration)}, ${trickles})`);
    return new PagePeer(page.evaluate, page.close, trickles);
  }

  /** What an expression of the page's `peer` and its functions is. */
  run<Result>(code: string): Promise<Result> {
    return this.#evaluate(code) as Promise<Result>;
  }

  createChannel(label: string, init: object = {}): Promise<unknown> {
    const args = `${JSON.stringify(label)}, ${JSON.stringify(init)}`;
    return this.run(`peer.use(peer.pc.createDataChannel(${args}))`);
  }

  offer({ restart }: { readonly restart: boolean }): Promise<RTCSessionDescriptionInit> {
    return this.run(`${restart ? "peer.pc.restartIce(), " : ""}peer.describe()`);
  }

  answer(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    const set = `peer.pc.setRemoteDescription(${JSON.stringify(offer)})`;
    return this.run(`${set}.then(() => peer.describe())`);
  }

  accept(answer: RTCSessionDescriptionInit): Promise<unknown> {
    return this.run(`peer.pc.setRemoteDescription(${JSON.stringify(answer)})`);
  }

  closeChannel(): Promise<unknown> {
    return this.run("peer.channels[0].close()");
  }

  channelClosed(): Promise<unknown> {
    return this.run(`new Promise((resolve) => {
      const [channel] = peer.channels;
      if (channel.readyState === "closed") resolve();
      else channel.addEventListener("close", () => resolve());
    })`);
  }

  close(): Promise<unknown> {
    return this.run("peer.pc.close()");
  }

  dispose(): Promise<unknown> {
    return this.#close();
  }
}

/** What runs in the page. Plain JavaScript, as the browser takes it. */
const program = `(configuration, trickles) => {
  const pc = new RTCPeerConnection(configuration);
  const channels = [];
  const use = (channel) => {
    channels.push(channel);
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => channel.send(data);
  };
  // Its state of gathering is that of before a restart for a while; the last candidate's word is not.
  const gathered = () => new Promise((resolve) => {
    pc.onicecandidate = ({ candidate }) => candidate ?? resolve();
  });
  const describe = async () => {
    const all = trickles || gathered();
    await pc.setLocalDescription();
    await all;
    return pc.localDescription.toJSON();
  };
  if (trickles) pc.onicecandidate = ({ candidate }) => candidate && tell(candidate.toJSON());
  pc.ondatachannel = ({ channel }) => use(channel);
  globalThis.peer = { pc, channels, use, describe };
}`;
