import lockIcon from "lucide-static/icons/lock-keyhole.svg?raw";
import { type JSX, onMount, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Icon } from "../../parts/icon.tsx";
import type { Door } from "../../room/door.ts";
import type { RoomSession } from "../../room/room-session.ts";
import { MAX_PASSWORD_LENGTH } from "../../router/route.ts";

/** What stands between the lobby and the call; spoken when it changes. */
export function DoorNotice(props: { readonly door: Door }): JSX.Element {
  return (
    <div role="status">
      <Show when={props.door !== "open" && props.door !== "wrong-password" && props.door}>
        {(door) => (
          <p class="notice lobby-door" data-door={door()}>
            <Icon svg={lockIcon} />
            <span>{t(`door.${door()}.text`)}</span>
          </p>
        )}
      </Show>
    </div>
  );
}

/** The password that the room wants, typed where it can be seen: people read it to each other. */
export function PasswordField(props: { readonly session: RoomSession }): JSX.Element {
  const { session } = props;
  const isWrong = (): boolean => session.door() === "wrong-password";
  let field!: HTMLInputElement;
  onMount(() => field.focus());
  return (
    <label class="labelled">
      <span>{t("door.password")}</span>
      <input
        ref={field}
        class="field"
        type="text"
        name="room-password"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        required
        maxlength={MAX_PASSWORD_LENGTH}
        aria-invalid={isWrong()}
        aria-describedby="door-wrong"
        value={session.password()}
        onChange={(event) => session.setPassword(event.currentTarget.value)}
      />
      <small id="door-wrong" class="field-fault" role="alert">
        {isWrong() ? t("door.wrong-password.text") : ""}
      </small>
    </label>
  );
}
