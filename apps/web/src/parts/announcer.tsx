import { createSignal, type JSX } from "solid-js";

const [spoken, setSpoken] = createSignal("");

/** Tells screen readers something that only the eye would notice: who joined, what the connection does. */
export function announce(text: string): void {
  // The same sentence twice is two events; a reader speaks only of changes.
  setSpoken((last) => (last === text ? `${text}\u00a0` : text));
}

/** The live region that speaks what is announced; there is one, and it stays while views change. */
export function Announcer(): JSX.Element {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {spoken()}
    </div>
  );
}
