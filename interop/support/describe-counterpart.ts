import { once } from "node:events";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RTCDataChannel } from "../../packages/webrtc/src/node/index.ts";
import {
  bulkMegabytes,
  exchangeBulk,
  exchangeSizes,
  messageSizes,
  nextMessage,
} from "./channel-exchange.ts";
import { Meeting, type MeetingOptions } from "./meeting.ts";
import { describeWith } from "./needs.ts";
import type { Counterpart } from "./other-peer.ts";
import { type OurRelay, RELAY_PORTS, startOurRelay } from "./our-relay.ts";

/** What every counterpart shall do with us, whoever offers. */
export function describeCounterpart(counterpart: Counterpart): void {
  const { name, needs = [] } = counterpart;
  describeWith(needs, name, () => describeMeetings(counterpart));
}

function describeMeetings(counterpart: Counterpart): void {
  const { maxMessageSize = 262_144, restarts, relays } = counterpart;
  const { sendsLarger = false, endsSilently = false, strays = false, rests = false } = counterpart;
  beforeAll(() => counterpart.start?.(), 120_000);
  const meetings: Meeting[] = [];
  afterEach(async () => {
    for (const one of meetings.splice(0)) await one.dispose();
  });

  async function meet(
    who: "we" | "they",
    options?: MeetingOptions,
  ): Promise<Meeting & { readonly channel: RTCDataChannel }> {
    const meeting = await Meeting.of(counterpart, options);
    meetings.push(meeting);
    return Object.assign(meeting, { channel: await meeting.connect(who) });
  }

  describe.each(["we", "they"] as const)("%s offer", (who) => {
    it("messages of all sizes go both ways, and what we close is closed there", async () => {
      const { pc, other, channel } = await meet(who);
      await exchangeSizes(
        channel,
        messageSizes.filter((size) => size <= maxMessageSize),
      );
      expect(pc.connectionState).toBe("connected");
      expect(pc.sctp?.maxMessageSize).toBe(maxMessageSize);
      if (maxMessageSize < 262_144) {
        expect(() => channel.send(new Uint8Array(maxMessageSize + 1))).toThrow(TypeError);
      }
      const closed = other.channelClosed();
      channel.close();
      await once(channel, "close");
      await closed;
    });

    const takeLarger = async (): Promise<void> => {
      const { other, channel } = await meet(who);
      await exchangeSizes(channel, [1]);
      await other.send?.(262_144);
      expect(Buffer.from((await nextMessage(channel)) as ArrayBuffer)).toEqual(
        Buffer.alloc(262_144, "x"),
      );
    };
    if (sendsLarger) it("256 KiB come to us", takeLarger);

    it(
      `${bulkMegabytes} MB go both ways as they were sent`,
      async () => {
        const { channel } = await meet(who);
        await exchangeBulk(channel, bulkMegabytes * 1_000_000, { rests });
      },
      60_000 + 3000 * bulkMegabytes,
    );

    const restart = async (): Promise<void> => {
      const meeting = await meet(who);
      const { pc, other, channel } = meeting;
      for (const restarting of restarts) {
        const before = credentials(pc.currentLocalDescription?.sdp);
        if (restarting === "we") {
          pc.restartIce();
          await meeting.offer();
        } else await meeting.answer({ restart: true });
        expect(credentials(pc.currentLocalDescription?.sdp)).not.toEqual(before);
        await exchangeSizes(channel, [1000, 65_536]);
        await expect.poll(() => pc.connectionState).toBe("connected");
        // Firefox's DTLS breaks when a restart begins before the last one was nominated. Those that trickle do not say
        // that no candidate will follow.
        if (other.addCandidate) continue;
        await expect.poll(() => pc.iceConnectionState).toBe("completed");
      }
      if (endsSilently) return;
      const closed = once(channel, "close");
      await other.close();
      await closed;
      await expect.poll(() => pc.sctp?.state).toBe("closed");
    };
    // Not all can restart, and not all say goodbye.
    const parts = [
      ...(restarts.length > 0 ? ["ICE restarts keep the channel"] : []),
      ...(endsSilently ? [] : ["the other side's goodbye is heard"]),
    ];
    if (parts.length > 0) it(parts.join(", and "), restart);

    it("a channel that they close is closed here", async () => {
      const { other, channel } = await meet(who);
      await exchangeSizes(channel, [1]);
      const closed = once(channel, "close");
      await other.closeChannel();
      await closed;
    });
  });

  describe("through our TURN relay", () => {
    let relay: OurRelay | undefined;
    afterEach(() => relay?.turn.close());

    it.each(relays)("on %s", async (relayed) => {
      relay = await startOurRelay({ isWalled: relayed === "both sides" && strays });
      const { servers } = relay;
      for (const who of ["we", "they"] as const) {
        const meeting = await meet(who, { servers, relayed });
        const { local, remote } = meeting.route;
        expect(local.type).toBe("relay");
        // A check may come before the candidate was told: its type then is prflx.
        if (relayed === "both sides") {
          expect(remote.port).toBeGreaterThanOrEqual(RELAY_PORTS.firstPort);
          expect(remote.port).toBeLessThanOrEqual(RELAY_PORTS.lastPort);
        }
        await exchangeSizes(meeting.channel, [1, 1200, Math.min(maxMessageSize, 262_144)]);
        await exchangeBulk(meeting.channel, 1_000_000);
      }
    });
  });
}

function credentials(sdp: string | undefined): readonly string[] {
  return sdp?.match(/^a=ice-(?:ufrag|pwd):.*/gm) ?? [];
}
