import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RTCDataChannel } from "../../packages/webrtc/src/node/index.ts";
import {
  bulkMegabytes,
  exchangeBulk,
  exchangeSizes,
  messageSizes,
  nextMessage,
} from "./channel-exchange.ts";
import { Meeting, type MeetingOptions } from "./meeting.ts";
import type { Counterpart } from "./other-peer.ts";
import { type OurRelay, startOurRelay } from "./our-relay.ts";

/** What every counterpart shall do with us, whoever offers. */
export function describeCounterpart(counterpart: Counterpart): void {
  const { name, maxMessageSize = 262_144, restarts, relays } = counterpart;
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

  describe.each(["we", "they"] as const)(`${name}, %s offer`, (who) => {
    it("messages of all sizes go both ways, and what we close is closed there", async () => {
      const { pc, other, channel } = await meet(who);
      await exchangeSizes(
        channel,
        messageSizes.filter((size) => size <= maxMessageSize),
      );
      expect(pc.connectionState).toBe("connected");
      expect(pc.sctp?.maxMessageSize).toBe(maxMessageSize);
      const closed = other.channelClosed();
      channel.close();
      await once(channel, "close");
      await closed;
    });

    it.runIf(maxMessageSize < 262_144)("256 KiB come to us, and are not sent there", async () => {
      const { other, channel } = await meet(who);
      await exchangeSizes(channel, [1]);
      expect(() => channel.send(new Uint8Array(262_144))).toThrow(TypeError);
      await other.send?.(262_144);
      expect(Buffer.from((await nextMessage(channel)) as ArrayBuffer)).toEqual(
        Buffer.alloc(262_144, "x"),
      );
    });

    it(
      `${bulkMegabytes} MB go both ways as they were sent`,
      async () => {
        const { channel } = await meet(who);
        await exchangeBulk(channel, bulkMegabytes * 1_000_000);
      },
      60_000 + 3000 * bulkMegabytes,
    );

    it("ICE restarts keep the channel, and the other side's end is noticed", async () => {
      const meeting = await meet(who);
      const { pc, other, channel } = meeting;
      for (const restart of restarts) {
        const before = credentials(pc.currentLocalDescription?.sdp);
        if (restart === "we") {
          pc.restartIce();
          await meeting.offer();
        } else await meeting.answer({ restart: true });
        expect(credentials(pc.currentLocalDescription?.sdp)).not.toEqual(before);
        await exchangeSizes(channel, [1000, 65_536]);
        await expect.poll(() => pc.connectionState).toBe("connected");
      }
      const closed = once(channel, "close");
      await other.close();
      await closed;
      await expect.poll(() => pc.sctp?.state).toBe("closed");
    });

    it("a channel that they close is closed here", async () => {
      const { other, channel } = await meet(who);
      await exchangeSizes(channel, [1]);
      const closed = once(channel, "close");
      await other.closeChannel();
      await closed;
    });
  });

  describe(`${name}, through our TURN relay`, () => {
    let relay: OurRelay;
    beforeAll(async () => {
      relay = await startOurRelay();
    });
    afterAll(() => relay?.turn.close());

    it.each(relays)("on %s", async (relayed) => {
      const { servers } = relay;
      for (const who of ["we", "they"] as const) {
        const meeting = await meet(who, { servers, relayed });
        const [ours, theirs] = meeting.route;
        expect(ours).toBe("relay");
        if (relayed === "both sides") expect(theirs).toBe("relay");
        await exchangeSizes(meeting.channel, [1, 1200, Math.min(maxMessageSize, 262_144)]);
        await exchangeBulk(meeting.channel, 1_000_000);
      }
    });
  });
}

function credentials(sdp: string | undefined): readonly string[] {
  return sdp?.match(/^a=ice-(?:ufrag|pwd):.*/gm) ?? [];
}
