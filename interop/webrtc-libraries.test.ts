import { once } from "node:events";
import wrtc from "@roamhq/wrtc";
import { RTCPeerConnection as DataChannelPeer } from "node-datachannel/polyfill";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RTCPeerConnection as WeriftPeer } from "werift";
import {
  type RTCDataChannel,
  RTCPeerConnection,
  type RTCSessionDescriptionInit,
} from "../packages/webrtc/src/node/index.ts";
import {
  bulkMegabytes,
  exchangeSizes,
  opened,
  receiveBulk,
  sendBulk,
} from "./support/channel-exchange.ts";

/** The other WebRTC libraries for Node against ours: libdatachannel, libwebrtc, and werift. */

/** As much of a channel of theirs as is needed here. */
interface ForeignChannel {
  readonly label: string;
  readonly readyState: string;
  binaryType?: string;
  onmessage: ((event: { data: unknown }) => void) | null | undefined;
  send(data: unknown): void;
  close(): void;
}

/** As much of a connection of theirs as is needed here. */
interface ForeignPeer {
  onicecandidate: ((event: { candidate?: unknown }) => void) | null | undefined;
  ondatachannel: ((event: { channel: ForeignChannel }) => void) | null | undefined;
  readonly localDescription: unknown;
  createDataChannel(label: string): ForeignChannel;
  createOffer(options?: object): Promise<unknown>;
  createAnswer(): Promise<unknown>;
  setLocalDescription(description: unknown): Promise<unknown>;
  setRemoteDescription(description: unknown): Promise<unknown>;
  addIceCandidate(candidate: unknown): Promise<unknown>;
  close(): unknown;
}

interface Library {
  readonly make: () => ForeignPeer;
  /** libdatachannel gathers for itself, and restarts with libjuice alone cannot be asked for. */
  readonly canRestart: boolean;
  /** The largest of its messages, or of those that it takes. */
  readonly sizes?: readonly number[];
  /**
   * Werift numbers the channel that it offers when its own start comes round, and our INIT may be
   * there before: then the channel never opens, and we open another one.
   */
  readonly mayLoseItsFirst?: boolean;
}

const libraries: Readonly<Record<string, Library>> = {
  "node-datachannel": {
    make: () => new DataChannelPeer({ iceServers: [] }) as unknown as ForeignPeer,
    canRestart: false,
  },
  werift: {
    make: () => new WeriftPeer({ iceServers: [] }) as unknown as ForeignPeer,
    canRestart: true,
    mayLoseItsFirst: true,
    sizes: [1, 100, 1200, 16_384, 65_536],
  },
  "@roamhq/wrtc": {
    make: () => new wrtc.RTCPeerConnection() as unknown as ForeignPeer,
    canRestart: true,
  },
};

/** werift throws for chunks of SCTP that it does not know, such as PAD (RFC 4820), in nobody's hands. */
const others = process.listeners("unhandledRejection");
beforeAll(() => {
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error, promise) => {
    if (error instanceof Error && error.stack?.includes("werift")) return;
    for (const listener of others) listener(error, promise);
  });
});
afterAll(() => {
  process.removeAllListeners("unhandledRejection");
  for (const listener of others) process.on("unhandledRejection", listener);
});

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

describe.each(Object.entries(libraries))(
  "%s",
  (_, { make, canRestart, sizes, mayLoseItsFirst }) => {
    function both() {
      const ours = new RTCPeerConnection();
      const theirs = make();
      endings.push(
        () => ours.close(),
        () => theirs.close(),
      );
      const told: unknown[] = [];
      let isReady = false;
      ours.onicecandidate = ({ candidate }) => {
        if (candidate !== null && candidate.candidate !== "") {
          void tolerantly(() => theirs.addIceCandidate(candidate.toJSON()));
        }
      };
      theirs.onicecandidate = ({ candidate }) => {
        if (candidate) told.push(candidate);
        if (isReady) flush();
      };
      const flush = (): void => {
        isReady = true;
        for (const one of told.splice(0))
          void tolerantly(() => ours.addIceCandidate(one as object));
      };
      return { ours, theirs, flush };
    }

    type Both = ReturnType<typeof both>;

    async function weOffer({ ours, theirs, flush }: Both): Promise<void> {
      await ours.setLocalDescription();
      await theirs.setRemoteDescription(ours.localDescription?.toJSON());
      const answer = await theirs.createAnswer();
      await theirs.setLocalDescription(answer);
      await ours.setRemoteDescription(plain(answer));
      flush();
    }

    async function theyOffer({ ours, theirs, flush }: Both): Promise<void> {
      const offer = await theirs.createOffer();
      await theirs.setLocalDescription(offer);
      await ours.setRemoteDescription(plain(offer));
      flush();
      await ours.setLocalDescription();
      await theirs.setRemoteDescription(ours.localDescription?.toJSON());
    }

    async function connect(
      pair: Both,
      who: "we" | "they",
    ): Promise<{ channel: RTCDataChannel; other: ForeignChannel }> {
      if (who === "we") {
        const channel = pair.ours.createDataChannel("chat");
        const announced = new Promise<ForeignChannel>((resolve) => {
          pair.theirs.ondatachannel = (event) => {
            echo(event.channel);
            resolve(event.channel);
          };
        });
        await weOffer(pair);
        await opened(channel);
        return { channel, other: await announced };
      }
      const other = pair.theirs.createDataChannel("chat");
      echo(other);
      if (mayLoseItsFirst) {
        pair.theirs.ondatachannel = (event) => echo(event.channel);
        await theyOffer(pair);
        const channel = pair.ours.createDataChannel("ours");
        await opened(channel);
        return { channel, other };
      }
      const announced = once(pair.ours, "datachannel");
      await theyOffer(pair);
      const [{ channel }] = await announced;
      await opened(channel);
      return { channel, other };
    }

    it.each(["we", "they"] as const)(
      "%s offer: messages go both ways, in bulk as well, and the channel closes",
      async (who) => {
        const pair = both();
        const { channel } = await connect(pair, who);
        await exchangeSizes(channel, sizes);
        const bytes = Math.min(bulkMegabytes, 5) * 1_000_000;
        const received = receiveBulk(channel, bytes);
        const sent = await sendBulk(channel, bytes);
        expect(await received).toBe(sent);
        channel.close();
        await once(channel, "close");
      },
      60_000,
    );

    it("the other side's closing is noticed", async () => {
      const pair = both();
      const { channel, other } = await connect(pair, "we");
      const closed = once(channel, "close");
      other.close();
      await closed;
    });

    it.runIf(canRestart)("an ICE restart keeps the channel", async () => {
      const pair = both();
      const { channel } = await connect(pair, "we");
      pair.ours.restartIce();
      await weOffer(pair);
      await exchangeSizes(channel, [1000, 16_384]);
      expect(pair.ours.connectionState).toBe("connected");
    });
  },
);

/** Sends back whatever comes. */
function echo(channel: ForeignChannel): void {
  channel.binaryType = "arraybuffer";
  channel.onmessage = ({ data }) => channel.send(data);
}

function plain(description: unknown): RTCSessionDescriptionInit {
  const { type, sdp } = description as RTCSessionDescriptionInit;
  return { type, ...(sdp !== undefined && { sdp }) };
}

async function tolerantly(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch {
    // Some throw for candidates that come early, or twice.
  }
}
