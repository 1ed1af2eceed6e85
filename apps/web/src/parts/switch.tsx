import { type JSX, Show } from "solid-js";

/** A switch with its name, and a line below that says more. */
export function Switch(props: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}): JSX.Element {
  return (
    <label class="switch">
      <span class="switch-words">
        <span>{props.label}</span>
        <Show when={props.hint}>
          <small class="hint">{props.hint}</small>
        </Show>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={props.on}
        checked={props.on}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span class="switch-track" aria-hidden="true" />
    </label>
  );
}
