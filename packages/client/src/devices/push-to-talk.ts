/** What push to talk reads of a `KeyboardEvent`. */
export type KeyPress = Pick<KeyboardEvent, "code" | "repeat" | "target" | "preventDefault"> &
  Partial<Pick<KeyboardEvent, "ctrlKey" | "altKey" | "metaKey">>;

/** Which key opens the microphone, and how. */
export interface PushToTalkOptions {
  /** Opens and closes the microphone. */
  readonly talk: (talking: boolean) => void;
  /** `KeyboardEvent.code` of the key: where it is on the keyboard, whatever it writes. `Space` unless told. */
  readonly code?: string;
  /** How long the microphone stays open after the key is let go, for the end of a word; 200 ms unless told. */
  readonly releaseMs?: number;
}

/** Talking for as long as a key, or a button, is held. `listen` binds it to the keys of a page. */
export class PushToTalk {
  readonly #talk: (talking: boolean) => void;
  readonly #releaseMs: number;
  #code: string;
  #held = false;
  #talking = false;
  #release: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PushToTalkOptions) {
    const { talk, code = "Space", releaseMs = 200 } = options;
    this.#talk = talk;
    this.#code = code;
    this.#releaseMs = releaseMs;
  }

  get talking(): boolean {
    return this.#talking;
  }

  /** The key; another one counts from the next press on. */
  get code(): string {
    return this.#code;
  }

  set code(code: string) {
    this.up();
    this.#code = code;
  }

  /** The key, or a button, is held. */
  down(): void {
    clearTimeout(this.#release);
    this.#held = true;
    this.#set(true);
  }

  /** It was let go. */
  up(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#release = setTimeout(() => this.#set(false), this.#releaseMs);
  }

  keyDown(event: KeyPress): void {
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    if (event.code !== this.#code || modified || isTyping(event.target)) return;
    // The key would scroll the page, or press the button that has the focus.
    event.preventDefault();
    if (!event.repeat) this.down();
  }

  keyUp(event: KeyPress): void {
    if (event.code !== this.#code || !this.#held) return;
    event.preventDefault();
    this.up();
  }

  /** Listens to the keys of a window until the signal aborts. A page that loses the focus hears no key let go. */
  listen(target: EventTarget, signal: AbortSignal): void {
    const options = { signal, capture: true };
    target.addEventListener("keydown", (event) => this.keyDown(event as KeyboardEvent), options);
    target.addEventListener("keyup", (event) => this.keyUp(event as KeyboardEvent), options);
    target.addEventListener(
      "blur",
      (event) => {
        if (event.target === target) this.up();
      },
      options,
    );
    signal.addEventListener("abort", () => {
      clearTimeout(this.#release);
      this.#held = false;
      this.#set(false);
    });
  }

  #set(talking: boolean): void {
    if (this.#talking === talking) return;
    this.#talking = talking;
    this.#talk(talking);
  }
}

/** Whether a key writes into something. */
function isTyping(target: EventTarget | null): boolean {
  const { tagName, type, isContentEditable } = (target ?? {}) as Partial<HTMLInputElement>;
  if (isContentEditable || tagName === "TEXTAREA" || tagName === "SELECT") return true;
  return (
    tagName === "INPUT" && !/^(button|checkbox|radio|range|submit|file|color)$/.test(type ?? "")
  );
}
