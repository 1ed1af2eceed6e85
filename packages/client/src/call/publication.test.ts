import { expect, test } from "vitest";
import { LocalPublication } from "./publication.ts";

function published() {
  const log: string[] = [];
  const tracks = [track("audio"), track("video")];
  const stream = {
    id: "s",
    getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
    getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
    addTrack: (added: MediaStreamTrack) => tracks.push(added),
    removeTrack: (removed: MediaStreamTrack) => tracks.splice(tracks.indexOf(removed), 1),
  } as unknown as MediaStream;
  const publication = new LocalPublication({
    stream,
    source: "camera",
    onTracks: async () => {
      log.push("tracks");
    },
    onState: () => log.push(`${publication.info.audio} ${publication.info.video}`),
    onUnpublish: () => log.push("unpublish"),
  });
  return { publication, tracks, log };
}

function track(kind: "audio" | "video"): MediaStreamTrack {
  return { kind, enabled: true } as MediaStreamTrack;
}

test("a mute switches the track off and is told once", () => {
  const { publication, tracks, log } = published();
  publication.mute("audio");
  publication.mute("audio");
  expect(tracks[0]?.enabled).toBe(false);
  publication.unmute("audio");
  expect(tracks[0]?.enabled).toBe(true);
  expect(log).toEqual(["off on", "on on"]);
});

test("another track stays muted, none is told as none, and the stream follows", async () => {
  const { publication, tracks, log } = published();
  publication.mute("video");
  const other = track("video");
  await publication.replaceTrack(other, "video");
  expect(other.enabled).toBe(false);
  expect(tracks).toContain(other);
  await publication.replaceTrack(undefined, "video");
  expect(tracks.map(({ kind }) => kind)).toEqual(["audio"]);
  expect(log).toEqual(["on off", "on off", "tracks", "on none", "tracks"]);
});

test("what is taken back stays so", async () => {
  const { publication, log } = published();
  publication.unpublish();
  publication[Symbol.dispose]();
  publication.mute("audio");
  expect(log).toEqual(["unpublish"]);
  await expect(publication.replaceTrack(undefined, "audio")).rejects.toMatchObject({
    code: "ended",
  });
});
