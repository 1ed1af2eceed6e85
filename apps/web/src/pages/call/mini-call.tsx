import phoneIcon from "lucide-static/icons/phone.svg?raw";
import { createEffect, createMemo, type JSX, Show } from "solid-js";
import { delegateEvents, render } from "solid-js/web";
import { t } from "../../i18n/translate.ts";
import { DeviceToggle } from "../../parts/device-toggle.tsx";
import { RoundButton } from "../../parts/round-button.tsx";
import type { CallDesk } from "../../room/call-desk.ts";
import { initialOf, type Tile } from "../../room/participants.ts";
import { featuredTile } from "../../room/view-state.ts";
import "./mini-call.css";

/** Draws the call into a small window of its own; the function that it answers takes it away. */
export function drawMiniCall(desk: CallDesk, into: Window): () => void {
  delegateEvents(["click"], into.document);
  into.document.body.className = "mini";
  return render(() => <MiniCall desk={desk} />, into.document.body);
}

/** The one who matters most right now, and the controls that one needs without the page. */
function MiniCall(props: { readonly desk: CallDesk }): JSX.Element {
  const { session } = props.desk;
  let video!: HTMLVideoElement;
  const shown = createMemo(() => mostImportant(props.desk));
  const name = (): string => {
    const peer = shown()?.peer;
    return peer === undefined ? t("call.waiting.title") : props.desk.nameOf(peer);
  };
  const seen = (): boolean => shown()?.tile.video === "on";
  createEffect(() => {
    video.muted = true;
    video.srcObject = shown()?.tile.stream ?? null;
    // Without sound it may always play.
    if (video.srcObject !== null) video.play().catch(() => {});
  });
  return (
    <div class="mini-call">
      {/* biome-ignore lint/a11y/useMediaCaption: the sound is in the page itself */}
      <video ref={video} playsinline classList={{ "is-unseen": !seen() }} />
      <Show when={!seen()}>
        <div class="tile-vacant">
          <span class="initial" aria-hidden="true">
            {initialOf(name())}
          </span>
        </div>
      </Show>
      <span class="tile-label">
        <span class="tile-name">{name()}</span>
      </span>
      <div class="mini-controls">
        <DeviceToggle kind="audio" device={session.media.audio} />
        <DeviceToggle kind="video" device={session.media.video} />
        <RoundButton
          svg={phoneIcon}
          label={t("call.hang-up")}
          class="button-danger"
          onClick={() => void session.leave()}
        />
      </div>
    </div>
  );
}

/** As in the speaker view, whatever the page itself shows. */
function mostImportant(desk: CallDesk): { readonly peer: string; readonly tile: Tile } | undefined {
  const tiles = desk.model.participants.flatMap(({ id: peer, tiles: all }) =>
    all.map((tile) => ({ peer, tile, id: tile.id, source: tile.source })),
  );
  const id = featuredTile(tiles, {
    mode: "speaker",
    pinned: desk.view.pinned(),
    speaker: desk.voices.speaker(),
  });
  return tiles.find((one) => one.id === id) ?? tiles[0];
}
