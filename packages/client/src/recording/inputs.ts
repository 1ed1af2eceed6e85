import type { Call } from "../call/call.ts";

/** Whom to record: everybody, ourselves, or one of the others by id. */
export type Sides = "all" | "own" | { readonly peer: string };

/** One stream of a recording. */
export interface RecordingInput {
  readonly id: string;
  readonly name: string;
  readonly own: boolean;
  readonly screen: boolean;
  /** Undefined while it is off or not there. */
  readonly audio: MediaStreamTrack | undefined;
  readonly video: MediaStreamTrack | undefined;
}

/** What there is to record at the moment, screens first. */
export function inputsOf(call: Call, sides: Sides): readonly RecordingInput[] {
  const own =
    typeof sides === "object"
      ? []
      : call.publications.map((publication) => {
          const { stream, source } = publication;
          const [audio] = stream.getAudioTracks();
          const [video] = stream.getVideoTracks();
          return {
            id: `own ${stream.id}`,
            name: call.self.name,
            own: true,
            screen: source === "screen",
            audio: publication.isMuted("audio") ? undefined : audio,
            video:
              publication.isMuted("video") || video?.readyState === "ended" ? undefined : video,
          };
        });
  const others = [...call.peers.values()]
    .filter(({ id }) => sides === "all" || (typeof sides === "object" && id === sides.peer))
    .flatMap(({ id, name, streams }) =>
      streams.map(({ stream, source, audio, video }) => ({
        id: `${id} ${stream.id}`,
        name,
        own: false,
        screen: source === "screen",
        audio: audio === "on" ? stream.getAudioTracks()[0] : undefined,
        video: video === "on" ? stream.getVideoTracks()[0] : undefined,
      })),
    );
  return [...own, ...others].toSorted((a, b) => Number(b.screen) - Number(a.screen));
}
