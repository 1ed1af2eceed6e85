import type { JSX } from "solid-js";
import { navigate } from "../router/navigation.ts";

/** The way to the page that tests everything. Beside a call it opens in a tab of its own: the call goes on. */
export function DoctorLink(props: {
  readonly beside?: boolean;
  readonly children: JSX.Element;
}): JSX.Element {
  const go = (event: MouseEvent): void => {
    if (props.beside || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate("/doctor");
  };
  return (
    <a class="doctor-link" href="/doctor" target={props.beside ? "_blank" : undefined} onClick={go}>
      {props.children}
    </a>
  );
}
