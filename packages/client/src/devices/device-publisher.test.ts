import { describe, expect, it } from "vitest";
import type { Publication } from "../call/publication.ts";
import { DevicePublisher } from "./device-publisher.ts";

type Kind = "audio" | "video";

/** Call that writes down what is asked of it. */
function fakeCall() {
  const asked: string[] = [];
  const muted: Record<Kind, boolean> = { audio: false, video: false };
  const publication = {
    mute: (kind: Kind) => {
      muted[kind] = true;
      asked.push(`mute ${kind}`);
    },
    unmute: (kind: Kind) => {
      muted[kind] = false;
      asked.push(`unmute ${kind}`);
    },
    isMuted: (kind: Kind) => muted[kind],
    replaceTrack: async (track: MediaStreamTrack, kind: Kind) => {
      asked.push(`replace ${kind} with ${track.id}`);
    },
  };
  const call = {
    state: "connected" as "connected" | "ended",
    publish: (stream: MediaStream) => {
      asked.push(`publish ${(stream as unknown as MediaStreamTrack[]).map(({ id }) => id)}`);
      return publication as unknown as Publication;
    },
  };
  return { asked, call };
}

function track(id: string): MediaStreamTrack {
  return { id } as MediaStreamTrack;
}

function publisherFor(call: ReturnType<typeof fakeCall>["call"]): DevicePublisher {
  return new DevicePublisher(call, (tracks) => tracks as unknown as MediaStream);
}

const none = { on: false, track: undefined };

describe("what a call publishes", () => {
  it("begins with the first device that there is", () => {
    const { asked, call } = fakeCall();
    const publisher = publisherFor(call);
    publisher.update({ audio: none, video: none });
    expect(asked).toEqual([]);
    publisher.update({ audio: { on: true, track: track("mic") }, video: none });
    publisher.update({ audio: { on: true, track: track("mic") }, video: none });
    expect(asked[0]).toBe("publish mic");
  });

  it("follows a camera that goes off and comes back with another track", () => {
    const { asked, call } = fakeCall();
    const publisher = publisherFor(call);
    const audio = { on: true, track: track("mic") };
    publisher.update({ audio, video: { on: true, track: track("cam") } });
    publisher.update({ audio, video: none });
    publisher.update({ audio, video: { on: true, track: undefined } });
    publisher.update({ audio, video: { on: true, track: track("cam2") } });
    expect(asked).toEqual([
      "publish mic,cam",
      "mute video",
      "replace video with cam2",
      "unmute video",
    ]);
  });

  it("adds a camera that was off from the start", () => {
    const { asked, call } = fakeCall();
    const publisher = publisherFor(call);
    const audio = { on: true, track: track("mic") };
    publisher.update({ audio, video: none });
    publisher.update({ audio, video: { on: true, track: track("cam") } });
    expect(asked).toEqual(["publish mic", "replace video with cam"]);
  });

  it("joins muted when the microphone was muted before", () => {
    const { asked, call } = fakeCall();
    publisherFor(call).update({ audio: { on: false, track: track("mic") }, video: none });
    expect(asked).toEqual(["publish mic", "mute audio"]);
  });

  it("asks nothing of a call that has ended", () => {
    const { asked, call } = fakeCall();
    call.state = "ended";
    publisherFor(call).update({ audio: { on: true, track: track("mic") }, video: none });
    expect(asked).toEqual([]);
  });
});
