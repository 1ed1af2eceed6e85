import { REFUSALS, type RefusalCode } from "@tincan/signaling";

/** What the server did not do for a client, beside the codes of PROTOCOL.md also a full room and a slow handshake. */
export type RefusalName = RefusalCode | "full" | "handshake-timeout";

/** How a connection took its seat. */
export type JoinName = "created" | "joined" | "resumed";

/** Counts what happened since the server started. */
export class Tally {
  readonly #joins: Record<JoinName, number> = { created: 0, joined: 0, resumed: 0 };
  readonly #refusals = new Map<RefusalName, number>(
    [...REFUSALS, "full" as const, "handshake-timeout" as const].map((name) => [name, 0]),
  );
  #messages = 0;

  /** A connection took a seat. */
  join(name: JoinName): void {
    this.#joins[name] += 1;
  }

  /** A message between peers was answered with `ok`. */
  message(): void {
    this.#messages += 1;
  }

  refusal(name: RefusalName): void {
    this.#refusals.set(name, (this.#refusals.get(name) ?? 0) + 1);
  }

  get joins(): Readonly<Record<JoinName, number>> {
    return { ...this.#joins };
  }

  get messages(): number {
    return this.#messages;
  }

  get refusals(): Readonly<Record<RefusalName, number>> {
    return Object.fromEntries(this.#refusals) as Record<RefusalName, number>;
  }
}
