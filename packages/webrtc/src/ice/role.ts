import type { MessageWriter, StunMessage } from "../stun/index.ts";
import { type Crypto, readU32 } from "../wire/index.ts";
import { IceControlled, IceControlling, isAtLeast, type TieBreaker } from "./attributes.ts";

/** Who nominates: one of the two agents controls, the other is controlled (RFC 8445 §6.1.1). */
export type IceRole = "controlling" | "controlled";

/** An agent's role, and how a conflict over it is settled. */
export class RoleKeeper {
  readonly #crypto: Crypto;
  #role: IceRole;
  #tieBreaker: TieBreaker;

  constructor(role: IceRole, crypto: Crypto) {
    this.#role = role;
    this.#crypto = crypto;
    this.#tieBreaker = freshTieBreaker(crypto);
  }

  get role(): IceRole {
    return this.#role;
  }

  get isControlling(): boolean {
    return this.#role === "controlling";
  }

  /** The role that signaling gives, before checks have settled it otherwise. */
  take(role: IceRole): void {
    this.#role = role;
  }

  /** Says the role in a request (RFC 8445 §7.1.1). */
  write(writer: MessageWriter): void {
    writer.add(this.isControlling ? IceControlling : IceControlled, this.#tieBreaker);
  }

  /** What becomes of a request from an agent that may believe in the same role (RFC 8445 §7.3.1.1). */
  settle(request: StunMessage): "agreed" | "switched" | "refuse" {
    const theirs = request.value(this.isControlling ? IceControlling : IceControlled);
    if (theirs === undefined) return "agreed";
    const isLarger = isAtLeast(this.#tieBreaker, theirs);
    if (isLarger === this.isControlling) return "refuse";
    this.#switch();
    return "switched";
  }

  /** A 487 came back for a request in which this role was said (RFC 8445 §7.2.5.1); tells whether it was the current one. */
  yield(said: IceRole): boolean {
    if (said !== this.#role) return false;
    this.#switch();
    this.#tieBreaker = freshTieBreaker(this.#crypto);
    return true;
  }

  #switch(): void {
    this.#role = this.isControlling ? "controlled" : "controlling";
  }
}

function freshTieBreaker(crypto: Crypto): TieBreaker {
  const bytes = crypto.random(8);
  return { high: readU32(bytes, 0), low: readU32(bytes, 4) };
}
