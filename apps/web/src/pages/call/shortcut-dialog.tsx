import { For, type JSX } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { Dialog } from "../../parts/dialog.tsx";
import type { Preferences } from "../../room/preferences.ts";
import { SHORTCUTS } from "../../room/shortcuts.ts";
import { keyName } from "./key-name.ts";

/** All keys of the call. */
export function ShortcutDialog(props: {
  readonly open: boolean;
  readonly preferences: Preferences;
  readonly onClose: () => void;
}): JSX.Element {
  return (
    <Dialog open={props.open} title={t("shortcuts.title")} onClose={props.onClose}>
      <dl class="shortcuts">
        <div>
          <dt>
            <kbd>{keyName(props.preferences.talkKey())}</kbd>
          </dt>
          <dd>{t("shortcuts.talk")}</dd>
        </div>
        <For each={SHORTCUTS}>
          {({ key, action }) => (
            <div>
              <dt>
                <kbd>{key.toUpperCase()}</kbd>
              </dt>
              <dd>{t(`shortcuts.${action}`)}</dd>
            </div>
          )}
        </For>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>{t("shortcuts.escape")}</dd>
        </div>
      </dl>
    </Dialog>
  );
}
