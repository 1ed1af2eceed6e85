import type { JSX } from "solid-js";
import { navigate } from "../router/navigation.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { Logo } from "./logo.tsx";

/** The top of every page but the call. */
export function Header(): JSX.Element {
  const home = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate("/");
  };
  return (
    <header class="header">
      <a class="header-home" href="/" onClick={home}>
        <Logo />
      </a>
      <LanguageSwitch />
    </header>
  );
}
