import { createSignal, For, type JSX, Show } from "solid-js";
import { createElementSize } from "../../parts/element-size.ts";
import type { Participant } from "../../room/participants.ts";
import type { Playback } from "../../room/playback.ts";
import type { RoomSession } from "../../room/room-session.ts";
import { layOutSingle, layOutTiles, type Size } from "../../room/tile-layout.ts";
import { SelfView } from "./self-view.tsx";
import { VideoTile } from "./video-tile.tsx";

/** Between tiles, in CSS pixels; `.tiles` in call-page.css has the same. */
const GAP = 10;

/** The pictures of a call: all others as large as fits, and oneself in a corner. */
export function Stage(props: {
  readonly participants: readonly Participant[];
  readonly session: RoomSession;
  readonly playback: Playback;
  /** What is shown while nobody else is here. */
  readonly children: JSX.Element;
}): JSX.Element {
  const { size, observe } = createElementSize();
  const [aspect, setAspect] = createSignal<number>();
  const count = (): number =>
    props.participants.reduce((sum, participant) => sum + participant.tiles.length, 0);
  const tile = (): Size =>
    count() > 1 ? layOutTiles(count(), size(), GAP).tile : layOutSingle(size(), aspect());
  return (
    <div class="stage" ref={observe}>
      <Show when={count() > 0} fallback={props.children}>
        <div
          class="tiles"
          style={{
            "--tile-width": `${tile().width}px`,
            "--tile-height": `${tile().height}px`,
          }}
        >
          <For each={props.participants}>
            {(participant) => (
              <For each={participant.tiles}>
                {(one) => (
                  <VideoTile
                    participant={participant}
                    tile={one}
                    box={tile()}
                    playback={props.playback}
                    onAspect={setAspect}
                  />
                )}
              </For>
            )}
          </For>
        </div>
      </Show>
      <SelfView session={props.session} stage={size()} />
    </div>
  );
}
