/** Where the page keeps what has to survive a reload; `sessionStorage` is made for it. */
export type TokenStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * Keeps one room's resume token in the page's storage, or in memory where the page gave none. A
 * storage that throws (full, or switched off) costs the seat after a reload and nothing else.
 */
export class ResumeStorage {
  readonly #storage: TokenStorage | undefined;
  readonly #key: string;
  #token: string | undefined;

  constructor(storage: TokenStorage | undefined, server: URL, room: string) {
    this.#storage = storage;
    this.#key = `tincan:seat:${server.origin}:${room.normalize("NFC").toLowerCase()}`;
  }

  get token(): string | undefined {
    if (this.#token !== undefined) return this.#token;
    try {
      const token = this.#storage?.getItem(this.#key) ?? undefined;
      return token !== undefined && token.length <= MAX_TOKEN ? token : undefined;
    } catch {
      return undefined;
    }
  }

  keep(token: string): void {
    this.#token = token;
    try {
      this.#storage?.setItem(this.#key, token);
    } catch {
      // See above: the seat is not kept over a reload.
    }
  }

  forget(): void {
    this.#token = undefined;
    try {
      this.#storage?.removeItem(this.#key);
    } catch {
      // The server ends the token.
    }
  }
}

/** What `JoinRequest` allows. */
const MAX_TOKEN = 512;
