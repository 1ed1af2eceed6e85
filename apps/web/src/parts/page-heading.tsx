import { type JSX, onMount } from "solid-js";
import { viewChanges } from "../router/navigation.ts";

/** The heading of a view; it takes the focus when the view took another's place, so that readers begin here. */
export function PageHeading(props: {
  readonly children: JSX.Element;
  readonly hidden?: boolean;
}): JSX.Element {
  let heading: HTMLHeadingElement | undefined;
  onMount(() => {
    if (viewChanges() > 0) heading?.focus({ preventScroll: true });
  });
  return (
    <h1 ref={heading} tabindex="-1" classList={{ "visually-hidden": props.hidden === true }}>
      {props.children}
    </h1>
  );
}
