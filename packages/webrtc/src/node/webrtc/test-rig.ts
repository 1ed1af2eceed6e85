import { once } from "node:events";
import {
  type NodeConfiguration,
  type RTCDataChannel,
  RTCPeerConnection,
  RTCSessionDescription,
  type RTCSessionDescriptionInit,
} from "./index.ts";

/** Two connections, and the two ends of a channel between them. */
export interface ConnectedPeers {
  readonly a: RTCPeerConnection;
  readonly b: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  readonly other: RTCDataChannel;
}

/** The connections that a test makes. */
export class Peers {
  readonly #made: RTCPeerConnection[] = [];

  /** One on loopback, whatever interfaces there are. */
  make(configuration: NodeConfiguration | null = {}): RTCPeerConnection {
    const local = { localAddresses: ["127.0.0.1"] };
    return this.keep(new RTCPeerConnection(configuration && { ...local, ...configuration }));
  }

  /** Two that talk. */
  async connected(configuration: NodeConfiguration = {}): Promise<ConnectedPeers> {
    const [a, b] = [this.make(configuration), this.make(configuration)];
    trickle(a, b);
    const channel = a.createDataChannel("chat");
    const announced = once(b, "datachannel");
    await Promise.all([negotiate(a, b), once(channel, "open")]);
    const [{ channel: other }] = (await announced) as [{ channel: RTCDataChannel }];
    return { a, b, channel, other };
  }

  /** Sees to its end. */
  keep(one: RTCPeerConnection): RTCPeerConnection {
    this.#made.push(one);
    return one;
  }

  closeAll(): void {
    for (const one of this.#made.splice(0)) one.close();
  }
}

/** Tells each the other's candidates; those of an earlier talk fit no section of a later one, and are refused. */
export function trickle(a: RTCPeerConnection, b: RTCPeerConnection): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.addEventListener("icecandidate", ({ candidate }) => {
      void to.addIceCandidate(candidate).catch(() => undefined);
    });
  }
}

/** Offer and answer. */
export async function negotiate(
  a: RTCPeerConnection,
  b: RTCPeerConnection,
  change: (offer: RTCSessionDescriptionInit) => RTCSessionDescriptionInit = (offer) => offer,
): Promise<void> {
  await a.setLocalDescription();
  await b.setRemoteDescription(change(described(a)));
  await b.setLocalDescription();
  await a.setRemoteDescription(described(b));
}

/** The local description, which is there. */
export function described(one: RTCPeerConnection): RTCSessionDescription {
  return one.localDescription ?? new RTCSessionDescription({ type: "rollback" });
}

/** What both hear of what they say to each other over a new channel. */
export async function talk(a: RTCPeerConnection, b: RTCPeerConnection): Promise<string[]> {
  const announced = once(b, "datachannel");
  const channel = a.createDataChannel("talk");
  const [{ channel: other }] = (await announced) as [{ channel: RTCDataChannel }];
  const heard = [once(channel, "message"), once(other, "message")];
  other.send("from b");
  if (channel.readyState !== "open") await once(channel, "open");
  channel.send("from a");
  return (await Promise.all(heard)).map(([{ data }]) => data);
}

/** Done when all that was due in a connection has happened: two operations have passed through its chain since. */
export async function settled(one: RTCPeerConnection): Promise<void> {
  for (let i = 0; i < 2; i += 1) await one.createOffer();
}

/** The name of the error that is thrown at once. */
export function thrown(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).name;
  }
  return "none";
}

/** The name of the error that is thrown, at once or later. */
export async function refusal(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    return (error as Error).name;
  }
  return "none";
}
