import { type Accessor, createSignal } from "solid-js";

/** What can be open beside the stage; on phones over it. */
export type PanelName = "chat" | "people" | "files" | "settings" | "connection" | "safety";

/** Which panel is open, and who gets the focus back. */
export interface PanelState {
  readonly open: Accessor<PanelName | undefined>;
  /** Opens a panel, or closes it when it is the open one. */
  toggle(name: PanelName): void;
  close(): void;
}

/** One panel at a time. */
export function createPanelState(): PanelState {
  const [open, setOpen] = createSignal<PanelName>();
  let opener: Element | null = null;
  const close = (): void => {
    setOpen(undefined);
    // A button in a menu that has closed meanwhile cannot take it.
    if (opener instanceof HTMLElement && opener.checkVisibility()) opener.focus();
  };
  return {
    open,
    close,
    toggle(name) {
      if (open() === name) {
        close();
        return;
      }
      if (open() === undefined) opener = document.activeElement;
      setOpen(name);
    },
  };
}
