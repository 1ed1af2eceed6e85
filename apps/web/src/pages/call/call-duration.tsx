import { createSignal, type JSX, onCleanup } from "solid-js";
import { t } from "../../i18n/translate.ts";
import { formatDuration } from "../../room/duration.ts";

/** How long the call has lasted, counted in seconds. */
export function CallDuration(props: { readonly since: number }): JSX.Element {
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), 1000);
  onCleanup(() => clearInterval(timer));
  return (
    <span class="call-duration" role="timer" aria-label={t("call.duration")}>
      {formatDuration(now() - props.since)}
    </span>
  );
}
