import type { JSX } from "solid-js";

/** A Lucide icon, inlined; it says nothing to screen readers, the control around it has the name. */
export function Icon(props: { readonly svg: string }): JSX.Element {
  return <span class="icon" aria-hidden="true" innerHTML={props.svg} />;
}
