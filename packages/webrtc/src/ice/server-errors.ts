import type { CandidateError } from "./agent-event.ts";

/** No STUN error tells what happened (W3C webrtc §4.8.3). */
export const unreachedCode = 701;

/**
 * What is told of servers that gave no candidate (W3C webrtc §4.8.3): an error of the server's own at
 * once; that nobody reached it once for each URL, when gathering ends and nobody has.
 */
export class ServerErrors {
  readonly #tell: (error: CandidateError) => void;
  readonly #reached = new Set<string>();
  readonly #unreached = new Map<string, CandidateError>();

  constructor(tell: (error: CandidateError) => void) {
    this.#tell = tell;
  }

  begin(): void {
    this.#reached.clear();
    this.#unreached.clear();
  }

  /** The server has answered to one of our addresses, with whatever. */
  reached(url: string): void {
    this.#reached.add(url);
  }

  add(error: CandidateError): void {
    if (error.code !== unreachedCode) {
      this.reached(error.url);
      this.#tell(error);
    } else if (!this.#unreached.has(error.url)) this.#unreached.set(error.url, error);
  }

  /** Gathering is complete, for which these were to be asked. */
  settle(servers: readonly { readonly url: string }[]): void {
    const text = "No address of this machine can reach the server.";
    for (const { url } of servers) {
      if (this.#reached.has(url)) continue;
      this.add({ url, code: unreachedCode, text, address: undefined });
    }
    for (const [url, error] of this.#unreached) if (!this.#reached.has(url)) this.#tell(error);
    this.begin();
  }
}
