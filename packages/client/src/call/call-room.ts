import type { HostMessage, KnockInfo, RoomState, Seated } from "@tincan/signaling";
import { passwordVerifier } from "../signaling/password-verifier.ts";
import type { CallEvents } from "./call.ts";
import type { MediaKind } from "./publication.ts";

/** Somebody who waits before a locked room. */
export type Knock = KnockInfo;

export interface CallRoomOptions {
  readonly seated: Seated;
  /** The verifier that we came with. */
  readonly password: string | undefined;
  readonly command: (message: HostMessage) => Promise<void>;
  /** What a server is to be told that has forgotten the room. */
  readonly remember: (door: {
    readonly password: string | undefined;
    readonly locked: boolean;
  }) => void;
  readonly emit: <Name extends RoomEventName>(name: Name, detail: CallEvents[Name]) => void;
}

type RoomEventName =
  | "host-changed"
  | "locked-changed"
  | "password-changed"
  | "knock"
  | "knock-gone";

/** The room that a call is in: whose it is, who gets in, and what its host can do. */
export class CallRoom {
  readonly #options: CallRoomOptions;
  readonly #name: string;
  #self: string;
  #state: RoomState | undefined;
  #password: string | undefined;
  #knocks: readonly Knock[];

  constructor(options: CallRoomOptions) {
    const { seated, password } = options;
    this.#options = options;
    this.#name = seated.room;
    this.#self = seated.self.id;
    this.#state = seated.state;
    this.#password = password;
    this.#knocks = seated.knocks ?? [];
    this.#remember();
  }

  get host(): string | undefined {
    return this.#state?.host;
  }

  get isHost(): boolean {
    return this.host === this.#self;
  }

  get isLocked(): boolean {
    return this.#state?.locked === true;
  }

  get hasPassword(): boolean {
    return this.#state?.password === true;
  }

  get knocks(): readonly Knock[] {
    return this.#knocks;
  }

  /** The room has changed. */
  changed(state: RoomState): void {
    const before = this.#state;
    this.#state = state;
    this.#remember();
    if (!this.isHost) this.knocked([]);
    if (before?.host !== state.host) this.#options.emit("host-changed", state.host);
    if (before?.locked !== state.locked) this.#options.emit("locked-changed", state.locked);
    if (before?.password !== state.password) {
      this.#options.emit("password-changed", state.password);
    }
  }

  /** These wait now. */
  knocked(knocks: readonly Knock[]): void {
    const before = this.#knocks;
    this.#knocks = knocks;
    const isIn = (list: readonly Knock[], { id }: Knock) => list.some((other) => other.id === id);
    for (const gone of before) if (!isIn(knocks, gone)) this.#options.emit("knock-gone", gone);
    for (const knock of knocks) if (!isIn(before, knock)) this.#options.emit("knock", knock);
  }

  /** The same seat; what changed meanwhile comes as events, except who waits. */
  resumed({ knocks = [] }: Seated): void {
    this.knocked(knocks);
  }

  /** A seat at a server that may have forgotten how the room was; its host sets that right. */
  reseated({ self, state, knocks = [] }: Seated): void {
    const { isLocked, hasPassword } = this;
    this.#self = self.id;
    if (state === undefined) return;
    this.changed(state);
    this.knocked(knocks);
    if (!this.isHost) return;
    const again: Promise<void>[] = [];
    if (isLocked && !state.locked) again.push(this.lock(true));
    const verifier = this.#password;
    // Also where there is one: who came back first may have known an older one.
    if (hasPassword && verifier !== undefined) {
      again.push(this.#options.command({ type: "password", verifier }));
    }
    // Where the connection broke again, there will be another seat.
    for (const command of again) command.catch(() => {});
  }

  async lock(locked: boolean): Promise<void> {
    await this.#options.command({ type: "lock", locked });
    if (this.#state !== undefined) this.changed({ ...this.#state, locked });
  }

  async setPassword(password: string | undefined): Promise<void> {
    const verifier =
      password === undefined ? undefined : await passwordVerifier(this.#name, password);
    await this.#options.command({ type: "password", verifier: verifier ?? null });
    this.#password = verifier;
    const isSet = verifier !== undefined;
    if (this.#state !== undefined) this.changed({ ...this.#state, password: isSet });
  }

  admit(knock: string, allow: boolean): Promise<void> {
    return this.#options.command({ type: "admit", knock, allow });
  }

  remove(peer: string): Promise<void> {
    return this.#options.command({ type: "remove", peer });
  }

  askToMute(peer: string, kind: MediaKind): Promise<void> {
    return this.#options.command({ type: "ask", peer, what: `mute-${kind}` });
  }

  #remember(): void {
    const password = this.hasPassword ? this.#password : undefined;
    this.#options.remember({ password, locked: this.isLocked });
  }
}
