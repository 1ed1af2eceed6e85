import { createMemo, type JSX, Show } from "solid-js";

/**
 * A switch with its name, and a line below that says more. Once the change is over it shows what is, which
 * need not be what was wanted.
 */
export function Switch(props: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void | Promise<void>;
}): JSX.Element {
  // What does not change leaves the switch alone while somebody's wish is on its way.
  const on = createMemo(() => props.on);
  const change = async (input: HTMLInputElement): Promise<void> => {
    await props.onChange(input.checked);
    input.checked = on();
  };
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
        aria-checked={on()}
        checked={on()}
        onChange={(event) => void change(event.currentTarget)}
      />
      <span class="switch-track" aria-hidden="true" />
    </label>
  );
}
