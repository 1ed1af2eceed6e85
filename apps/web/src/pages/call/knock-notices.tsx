import doorIcon from "lucide-static/icons/door-open.svg?raw";
import { For, type JSX } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import type { RoomModel } from "../../room/room-model.ts";

/** Who waits at the locked room, for its host: each with the two answers. */
export function KnockNotices(props: { readonly room: RoomModel }): JSX.Element {
  const { room } = props;
  return (
    <ul class="knocks" aria-label={t("knock.list")} hidden={room.knocks().length === 0}>
      <For each={room.knocks()}>
        {({ id, name }) => (
          <li class="toast knock" data-knock={id}>
            <Icon svg={doorIcon} />
            <p>{t("knock.title", { name: name || t("call.guest") })}</p>
            <button type="button" class="button" onClick={() => void room.deny(id)}>
              {t("knock.deny")}
            </button>
            <button type="button" class="button button-primary" onClick={() => void room.admit(id)}>
              {t("knock.admit")}
            </button>
          </li>
        )}
      </For>
    </ul>
  );
}
