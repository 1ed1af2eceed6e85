import type { MediaKind } from "../call/publication.ts";
import { embedAddress } from "./address.ts";
import {
  type EmbedCommand,
  type EmbedEvent,
  type EmbedPerson,
  type EmbedSettings,
  type EmbedTheme,
  embedMessage,
  parseEmbedEvent,
} from "./messages.ts";
import { type EmbedFault, faultMessage, noticeText } from "./notices.ts";

/** How far the call in an element is. */
export type EmbedState =
  | "idle"
  | "loading"
  | "lobby"
  /** At a locked room, for its host's answer. */
  | "waiting"
  | "in-call"
  | "ended"
  | "failed";

/** The DOM events of an element, each a `CustomEvent` with this `detail`; none bubbles. */
export type TincanCallEvents = {
  readonly [Event in EmbedEvent as Event["event"]]: Omit<Event, "event">;
};

/**
 * `<tincan-call room="tea">`: the call page of a server in a frame, with attributes, methods and
 * events. The camera belongs to the frame: the page around it sees and hears nothing of the call.
 */
export class TincanCallElement extends HTMLElement {
  static readonly observedAttributes: readonly string[] = [
    ...["room", "server", "autojoin", "password"],
    ...["name", "audio", "video", "lang", "theme"],
  ];

  readonly #shadow: ShadowRoot = this.attachShadow({ mode: "open" });
  readonly #peers = new Map<string, EmbedPerson>();
  #state: EmbedState = "idle";
  #visit: Visit | undefined;
  #isReloading = false;
  #isReflecting = false;

  constructor() {
    super();
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    this.#shadow.adoptedStyleSheets = [style];
  }

  /** How far the call is; every event below comes after the change. */
  get state(): EmbedState {
    return this.#state;
  }

  /** The others in the call. */
  get peers(): readonly EmbedPerson[] {
    return [...this.#peers.values()];
  }

  /** The room's name. Another one loads the frame anew, as another server, password or `autojoin` does. */
  get room(): string {
    return this.getAttribute("room") ?? "";
  }
  set room(room: string) {
    this.setAttribute("room", room);
  }

  /** The server's address; where it is not given, the server that the script comes from. */
  get server(): string {
    return this.getAttribute("server") ?? SCRIPT_ORIGIN;
  }
  set server(server: string) {
    this.setAttribute("server", server);
  }

  /** What the others see; counts when the call is joined. */
  get name(): string {
    return this.getAttribute("name") ?? "";
  }
  set name(name: string) {
    this.setAttribute("name", name);
  }

  /** The room's password. It does not leave the browser. */
  get password(): string {
    return this.getAttribute("password") ?? "";
  }
  set password(password: string) {
    this.setAttribute("password", password);
  }

  /** Whether the call is joined without the lobby. */
  get autojoin(): boolean {
    return this.hasAttribute("autojoin");
  }
  set autojoin(autojoin: boolean) {
    this.toggleAttribute("autojoin", autojoin);
  }

  /** The colours of the frame. */
  get theme(): EmbedTheme {
    const theme = this.getAttribute("theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  }
  set theme(theme: EmbedTheme) {
    this.setAttribute("theme", theme);
  }

  /** Whether the visitor is meant to be heard; follows what is done in the frame. Undefined while nobody said so. */
  get audio(): boolean | undefined {
    return switchOf(this.getAttribute("audio"));
  }
  set audio(on: boolean) {
    this.setAttribute("audio", on ? "on" : "off");
  }

  /** The same of being seen. */
  get video(): boolean | undefined {
    return switchOf(this.getAttribute("video"));
  }
  set video(on: boolean) {
    this.setAttribute("video", on ? "on" : "off");
  }

  mute(kind: MediaKind): void {
    this[kind] = false;
  }

  unmute(kind: MediaKind): void {
    this[kind] = true;
  }

  /** Joins, as a click on the lobby's button does. */
  join(): void {
    this.#tell({ command: "join" });
  }

  /** Hangs up, or waits no longer; resolves when that is done, or at once where there is no call. */
  async leave(): Promise<void> {
    if (this.#state !== "in-call" && this.#state !== "waiting") return;
    const left = new Promise((resolve) => {
      this.addEventListener(this.#state === "waiting" ? "refused" : "left", resolve, {
        once: true,
      });
    });
    this.#tell({ command: "leave" });
    await left;
  }

  connectedCallback(): void {
    this.#load();
  }

  disconnectedCallback(): void {
    this.#unload();
  }

  /** `moveBefore` keeps frames as they are, and so the call. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(attribute: string, before: string | null, now: string | null): void {
    if (this.#visit === undefined || before === now || this.#isReflecting) return;
    if (!isSetting(attribute)) this.#reload();
    else if (now !== null) this.#tell({ command: "set", ...this.#settings(attribute) });
  }

  #load(): void {
    const server = URL.parse(this.server, location.href);
    const visit: Visit = { ending: new AbortController(), server, frame: undefined, unsent: [] };
    this.#visit = visit;
    if (server === null || this.room === "") {
      this.#fail("malformed");
      return;
    }
    const { signal } = visit.ending;
    visit.frame = document.createElement("iframe");
    visit.frame.part.add("frame");
    visit.frame.title = this.ariaLabel || this.title || "Tincan";
    visit.frame.allow = RIGHTS.join("; ");
    visit.frame.referrerPolicy = "no-referrer";
    visit.frame.src = embedAddress({
      ...{ server, room: this.room, embedder: location.origin, autojoin: this.autojoin },
      ...this.#settings(),
      ...(this.password !== "" && { password: this.password }),
    });
    this.#state = "loading";
    window.addEventListener("message", (event) => this.#hear(event), { signal });
    this.#shadow.replaceChildren(visit.frame);
    void this.#askWhetherAllowed(server, signal);
    const patience = setTimeout(() => this.#fail("unreachable"), PATIENCE_MS);
    signal.addEventListener("abort", () => clearTimeout(patience));
    this.addEventListener("ready", () => clearTimeout(patience), { signal });
  }

  #unload(): void {
    this.#visit?.ending.abort();
    this.#visit = undefined;
    // The frame's page hangs up when it goes.
    this.#shadow.replaceChildren();
    const wasInCall = this.#state === "in-call";
    this.#state = "idle";
    this.#peers.clear();
    if (wasInCall) this.#dispatch({ event: "left", reason: "left" });
  }

  /** Once for all attributes that change in one go. */
  #reload(): void {
    if (this.#isReloading) return;
    this.#isReloading = true;
    queueMicrotask(() => {
      this.#isReloading = false;
      if (this.#visit === undefined) return;
      this.#unload();
      this.#load();
    });
  }

  /** A browser shows nobody that a frame was refused (CSP Level 3 §6.4.2.2); the server says it. */
  async #askWhetherAllowed(server: URL, signal: AbortSignal): Promise<void> {
    try {
      const answer = await fetch(new URL("/embed.json", server), { signal, credentials: "omit" });
      const { allowed } = (await answer.json()) as { readonly allowed?: unknown };
      if (allowed === false && !signal.aborted) this.#fail("embedding-refused");
    } catch {
      // The frame has the last word: where it is silent, the server is not reached.
    }
  }

  #fail(fault: EmbedFault): void {
    const { server } = this.#visit ?? {};
    const origin = server?.origin ?? this.server;
    this.#visit?.ending.abort();
    this.#state = "failed";
    const notice = document.createElement("p");
    notice.part.add("error");
    notice.role = "alert";
    notice.textContent = noticeText(fault, origin, this.lang || navigator.language);
    this.#shadow.replaceChildren(notice);
    this.#dispatch({ event: "error", code: fault, message: faultMessage(fault, origin) });
  }

  #hear({ source, origin, data }: MessageEvent): void {
    const { frame, server } = this.#visit ?? {};
    if (source === null || source !== frame?.contentWindow || origin !== server?.origin) return;
    const event = parseEmbedEvent(data);
    if (event === undefined) return;
    this.#follow(event);
    this.#dispatch(event);
  }

  #follow(event: EmbedEvent): void {
    switch (event.event) {
      case "ready":
        this.#state = "lobby";
        this.#tellUnsent();
        break;
      case "waiting":
        this.#state = "waiting";
        break;
      case "refused":
        this.#state = "lobby";
        break;
      case "joined":
        this.#state = "in-call";
        this.#peers.clear();
        for (const peer of event.peers) this.#peers.set(peer.id, peer);
        break;
      case "peer-joined":
        this.#peers.set(event.peer.id, event.peer);
        break;
      case "peer-left":
        this.#peers.delete(event.peer.id);
        break;
      case "media":
        this.#isReflecting = true;
        this.audio = event.audio;
        this.video = event.video;
        this.#isReflecting = false;
        break;
      case "left":
      case "error":
        this.#state = event.event === "left" ? "ended" : "failed";
        this.#peers.clear();
        break;
    }
  }

  #dispatch({ event, ...detail }: EmbedEvent): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }

  /** Sends a command; before the frame listens it waits. */
  #tell(command: EmbedCommand): void {
    if (this.#visit === undefined) return;
    this.#visit.unsent.push(command);
    if (this.#state !== "loading") this.#tellUnsent();
  }

  #tellUnsent(): void {
    const { frame, server, unsent } = this.#visit ?? {};
    for (const command of unsent?.splice(0) ?? []) {
      frame?.contentWindow?.postMessage(embedMessage(command), server?.origin ?? "");
    }
  }

  /** What the attributes say, or one of them. */
  #settings(only?: string): EmbedSettings {
    const { audio, video, theme } = this;
    const all: EmbedSettings = {
      ...(this.hasAttribute("name") && { name: this.name }),
      ...(audio !== undefined && { audio }),
      ...(video !== undefined && { video }),
      ...(this.lang !== "" && { lang: this.lang }),
      ...(this.hasAttribute("theme") && { theme }),
    };
    if (only === undefined) return all;
    return Object.fromEntries(Object.entries(all).filter(([name]) => name === only));
  }
}

/** One loading of the frame. */
interface Visit {
  readonly ending: AbortController;
  readonly server: URL | null;
  frame: HTMLIFrameElement | undefined;
  /** What is to be told once the frame listens. */
  readonly unsent: EmbedCommand[];
}

declare global {
  interface HTMLElementTagNameMap {
    "tincan-call": TincanCallElement;
  }
}

const SCRIPT_ORIGIN: string = new URL(import.meta.url).origin;

/** What the frame's page may do as if it were a page of its own (Permissions Policy §6.2). */
const RIGHTS = [
  ...["autoplay", "camera", "clipboard-write", "display-capture", "fullscreen", "microphone"],
  ...["picture-in-picture", "screen-wake-lock", "speaker-selection", "web-share"],
];

/** A slow phone on a slow network has the page by then. */
const PATIENCE_MS = 30_000;

const STYLE = `
:host { display: block; box-sizing: border-box; width: 100%; aspect-ratio: 16 / 10; min-height: 22rem; }
:host([hidden]) { display: none; }
iframe { display: block; width: 100%; height: 100%; border: 0; }
p { margin: 0; padding: 1rem; font: inherit; overflow-wrap: anywhere; }
`;

function isSetting(attribute: string): boolean {
  return ["name", "audio", "video", "lang", "theme"].includes(attribute);
}

function switchOf(value: string | null): boolean | undefined {
  return value === null ? undefined : value !== "off";
}
