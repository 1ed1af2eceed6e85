import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { createElementSize } from "../../parts/element-size.ts";
import { arrangeTiles, type Box } from "../../room/arrange-tiles.ts";
import type { CallDesk } from "../../room/call-desk.ts";
import { type Candidate, featuredTile } from "../../room/view-state.ts";
import { SelfTile } from "./self-tile.tsx";
import { SelfView } from "./self-view.tsx";
import { VideoTile } from "./video-tile.tsx";
import "./stage.css";

/** Between tiles, in CSS pixels. */
const GAP = 10;

const NOWHERE: Box = { x: 0, y: 0, width: 0, height: 0 };

/** The pictures of a call: all others as large as fits, and oneself among them or in a corner. */
export function Stage(props: {
  readonly desk: CallDesk;
  /** What is shown while nobody else is here. */
  readonly children: JSX.Element;
}): JSX.Element {
  const { model, view, voices, call } = props.desk;
  const { size, observe } = createElementSize();
  const [aspect, setAspect] = createSignal<number>();

  const others = createMemo((): readonly Candidate[] =>
    model.participants.flatMap(({ id: peer, tiles }) =>
      tiles.map(({ id, source }) => ({ id, peer, source })),
    ),
  );
  // Between two, one's own picture rests on the other's; among more it is one of them.
  const amongThem = (): boolean => view.selfShown() && others().length > 1;
  const tiles = createMemo((): readonly Candidate[] =>
    amongThem() ? [...others(), { id: SELF, peer: call.self.id, source: "camera" }] : others(),
  );
  const featured = createMemo(() =>
    featuredTile(tiles(), {
      mode: view.mode(),
      pinned: view.pinned(),
      speaker: voices.speaker(),
    }),
  );
  const boxes = createMemo((): ReadonlyMap<string, Box> => {
    const large = featured();
    const arranged = arrangeTiles({
      count: tiles().length,
      featured: large === undefined ? undefined : tiles().findIndex(({ id }) => id === large),
      stage: size(),
      gap: GAP,
      aspect: aspect(),
    });
    return new Map(tiles().map(({ id }, index) => [id, arranged[index] ?? NOWHERE]));
  });
  const boxOf = (id: string): Box => boxes().get(id) ?? NOWHERE;

  return (
    <div class="stage" ref={observe}>
      <Show when={others().length > 0} fallback={props.children}>
        <div class="tiles">
          <For each={model.participants}>
            {(participant) => (
              <For each={participant.tiles}>
                {(tile) => (
                  <VideoTile
                    desk={props.desk}
                    participant={participant}
                    tile={tile}
                    box={boxOf(tile.id)}
                    featured={featured() === tile.id}
                    small={featured() !== undefined && featured() !== tile.id}
                    pinnable={tiles().length > 1}
                    onAspect={setAspect}
                  />
                )}
              </For>
            )}
          </For>
          <Show when={amongThem()}>
            <SelfTile desk={props.desk} box={boxOf(SELF)} />
          </Show>
        </div>
      </Show>
      <Show when={view.selfShown() && !amongThem()}>
        <SelfView desk={props.desk} stage={size()} />
      </Show>
    </div>
  );
}

const SELF = "self";
