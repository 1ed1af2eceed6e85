import { createSignal, type JSX, Show } from "solid-js";
import { t } from "../../../i18n/translate.ts";
import { Switch } from "../../../parts/switch.tsx";
import type { CallDesk } from "../../../room/call-desk.ts";
import { MAX_PASSWORD_LENGTH } from "../../../router/route.ts";

/** Who gets into the room: the host's to say, and everybody's to know. */
export function RoomSection(props: { readonly desk: CallDesk }): JSX.Element {
  const { room } = props.desk;
  return (
    <section class="room-section" aria-labelledby="room-section-title">
      <h3 id="room-section-title">{t("room.title")}</h3>
      <Show
        when={room.isHost()}
        fallback={
          <p class="panel-note">
            {t(room.isLocked() ? "room.locked" : "room.unlocked")}{" "}
            {t(room.hasPassword() ? "room.password.set" : "room.password.none")}
          </p>
        }
      >
        <Switch
          label={t("room.lock")}
          hint={t("room.lock.hint")}
          on={room.isLocked()}
          onChange={(locked) => room.setLocked(locked)}
        />
        <PasswordForm desk={props.desk} />
      </Show>
    </section>
  );
}

function PasswordForm(props: { readonly desk: CallDesk }): JSX.Element {
  const { room, session } = props.desk;
  const [text, setText] = createSignal(session.password());
  const set = async (password: string): Promise<void> => {
    if (await room.setPassword(password || undefined)) session.setPassword(password);
    setText(session.password());
  };
  return (
    <form
      class="room-password"
      onSubmit={(event) => {
        event.preventDefault();
        if (text() !== "") void set(text());
      }}
    >
      <label class="labelled">
        <span>{t("door.password")}</span>
        <input
          class="field"
          type="text"
          name="new-room-password"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxlength={MAX_PASSWORD_LENGTH}
          value={text()}
          placeholder={t(room.hasPassword() ? "room.password.unknown" : "room.password.none")}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <small class="hint">{t("room.password.hint")}</small>
      </label>
      <div class="button-row">
        <button
          type="submit"
          class="button"
          aria-disabled={text() === "" || text() === session.password()}
        >
          {t(room.hasPassword() ? "room.password.change" : "room.password.do")}
        </button>
        <Show when={room.hasPassword()}>
          <button type="button" class="button" onClick={() => void set("")}>
            {t("room.password.remove")}
          </button>
        </Show>
      </div>
    </form>
  );
}
