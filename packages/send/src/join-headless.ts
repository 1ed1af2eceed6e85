import type { JoinOptions } from "@tincan/client";
import { RTCPeerConnection } from "@tincan/webrtc/node";

/** What a participant without a browser needs beside the options of `join` and `meet`. */
export type HeadlessOptions = Required<Pick<JoinOptions, "createConnection">>;

/**
 * Lets `join` and `meet` run in Node, on the protocol stack of @tincan/webrtc: channels, chat and files,
 * no media. `await join({ ...joinHeadless(), server, room })`
 */
export function joinHeadless(): HeadlessOptions {
  return {
    // lib.dom's class has media as well, which the SDK leaves alone where nothing is published.
    createConnection: (configuration) =>
      new RTCPeerConnection(nodeConfiguration(configuration)) as unknown as BrowserConnection,
  };
}

type BrowserConnection = ReturnType<HeadlessOptions["createConnection"]>;
type Configuration = Parameters<HeadlessOptions["createConnection"]>[0];
type NodeConfiguration = NonNullable<ConstructorParameters<typeof RTCPeerConnection>[0]>;

/** Certificates are of the browser's class, which nobody has here. */
function nodeConfiguration({ certificates: _, ...rest }: Configuration): NodeConfiguration {
  return rest as NodeConfiguration;
}
