import { randomUUID } from "node:crypto";
import { type MdnsEndpoint, shareMdnsEndpoint } from "./mdns-endpoint.ts";

/** The names of one connection: those that it is known by, and those that it looks up. */
export class MdnsNames {
  readonly #isHiding: boolean;
  readonly #own = new Map<string, string>();
  #endpoint: MdnsEndpoint | undefined;
  #isClosed = false;

  constructor(isHiding: boolean) {
    this.#isHiding = isHiding;
  }

  /** The name to tell in place of an address, published from now on. */
  nameOf(ip: string): string | undefined {
    if (!this.#isHiding || this.#isClosed) return undefined;
    const known = this.#own.get(ip);
    if (known !== undefined) return known;
    const name = `${randomUUID()}.local`;
    this.#own.set(ip, name);
    this.#shared().publish(name, ip);
    return name;
  }

  /** The address that a name stands for; `undefined` where nobody answers. */
  async resolve(name: string): Promise<string | undefined> {
    return this.#isClosed ? undefined : await this.#shared().resolve(name);
  }

  close(): void {
    this.#isClosed = true;
    for (const name of this.#own.values()) this.#endpoint?.unpublish(name);
    this.#endpoint?.release();
    this.#endpoint = undefined;
  }

  #shared(): MdnsEndpoint {
    this.#endpoint ??= shareMdnsEndpoint();
    return this.#endpoint;
  }
}
