import { describe, expect, it } from "vitest";
import { initialOf, participantOf } from "./participants.ts";

const peer = {
  id: "p1",
  name: "Amy",
  here: true,
  connection: "connected" as const,
  recording: false,
};
const stream = { id: "s" } as MediaStream;

describe("a participant", () => {
  it("has a tile for each stream", () => {
    const { tiles } = participantOf({
      ...peer,
      streams: [
        { stream, source: "camera", audio: "on", video: "off" },
        { stream, source: "screen", audio: "none", video: "on" },
      ],
    });
    expect(tiles.map(({ id, audio, video }) => [id, audio, video])).toEqual([
      ["p1/camera/0", "on", "off"],
      ["p1/screen/1", "none", "on"],
    ]);
  });

  it("has a place while publishing nothing, and keeps it when the camera comes", () => {
    const [vacant] = participantOf({ ...peer, streams: [] }).tiles;
    const [camera] = participantOf({
      ...peer,
      streams: [{ stream, source: "camera", audio: "on", video: "on" }],
    }).tiles;
    expect(vacant).toMatchObject({ stream: undefined, video: "none" });
    expect(vacant?.id).toBe(camera?.id);
  });
});

it.each([
  ["amy", "A"],
  ["  élodie", "É"],
  ["小明", "小"],
  ["👩‍🚀 Sally", "👩‍🚀"],
  ["", ""],
])("the initial of %j is %j", (name, initial) => {
  expect(initialOf(name)).toBe(initial);
});
