/** Numbers for the channels of one side: even for the DTLS client, odd for the server (RFC 8832 §6). */
export class ChannelIds {
  readonly #parity: 0 | 1;
  #next: number;

  constructor(role: "client" | "server") {
    this.#parity = role === "client" ? 0 : 1;
    this.#next = this.#parity;
  }

  /** A number below `limit` that is not in use; each is used once before any is used again. */
  next(limit: number, isInUse: (id: number) => boolean): number | undefined {
    for (let tried = 0; tried < limit; tried += 2) {
      const id = this.#next;
      this.#next = id + 2 < limit ? id + 2 : this.#parity;
      if (id < limit && !isInUse(id)) return id;
    }
    return undefined;
  }
}
