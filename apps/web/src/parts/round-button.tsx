import { type JSX, Show } from "solid-js";
import { Icon } from "./icon.tsx";

/** A round control of the call: an icon, and its name for readers and as a tooltip. */
export function RoundButton(props: {
  readonly svg: string;
  readonly label: string;
  readonly class?: string;
  /** For what is on or off; leave it out for what just happens. */
  readonly pressed?: boolean | undefined;
  /** For what opens something. */
  readonly expanded?: boolean | undefined;
  /** A small number on it; nothing for 0. */
  readonly badge?: number;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class={`button-round ${props.class ?? ""}`}
      classList={{ "is-active": props.pressed === true || props.expanded === true }}
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      onClick={() => props.onClick()}
    >
      <Icon svg={props.svg} />
      <Show when={(props.badge ?? 0) > 0}>
        <span class="badge" aria-hidden="true">
          {(props.badge ?? 0) > 99 ? "99+" : props.badge}
        </span>
      </Show>
    </button>
  );
}
